from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import GoldCase, Quote, case_json, gold_digest, load_cases, read_case
from rag.errors import GoldSetError
from rag.records import Turn

GOOD: dict[str, Any] = {"id": "a", "question": "Who won?", "answer": "Orla", "answerable": True, "support": ["n1"]}


def write(path: Path, *documents: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(d) for d in documents), encoding="utf-8")
    return path


def test_reads_every_field_and_ignores_keys_of_other_tools(tmp_path: Path) -> None:
    line = {
        **GOOD,
        "answer_aliases": ["Orla Finn"],
        "support_quotes": [{"article": "n1", "start": 3, "end": 11, "text": "Orla won", "question_coverage": 0.5}],
        "maybe_support": ["n2", "n3"],
        "question_date": "2024-05",
        "history": [{"question": "What race?", "answer": "The regatta."}, {"question": "When?"}],
        "tags": ["who"],
        "choices": ["Orla", "Finn"],
        "clarity": 2.1,
    }
    (case,) = load_cases(write(tmp_path / "gold.jsonl", line))
    assert case.answers == ("Orla", "Orla Finn")
    assert case.quotes == (Quote("n1", 3, 11, "Orla won"),)
    assert case.maybe_support == {"n2", "n3"}
    assert case.history == (Turn("What race?", "The regatta."), Turn("When?"))
    assert (case.question_date, case.tags) == ("2024-05", ("who",))


def test_unanswerable_keeps_what_was_withheld(tmp_path: Path) -> None:
    line = {
        "id": "u",
        "question": "?",
        "answerable": False,
        "answer": None,
        "withheld_answer": "X",
        "withheld_aliases": ["Y"],
    }
    (case,) = load_cases(write(tmp_path / "gold.jsonl", line))
    assert (case.answers, case.withheld) == ((), ("X", "Y"))


@pytest.mark.parametrize(
    ("change", "named", "fix"),
    [
        ({"id": None}, "'id'", "a string"),
        ({"id": 7}, "'id' is int", "a string"),
        ({"question": "  "}, "'question' is empty", "fill it in"),
        ({"answerable": "yes"}, "'answerable' is str", "true or false"),
        ({"answer": None}, "'answer' is missing", "write the answer"),
        ({"answerable": False}, "'answer' is given", "withheld_answer"),
        ({"answer_aliases": "Orla"}, "'answer_aliases' is str", "list"),
        ({"support": ["n1", 2]}, "'support[1]' is int", "a string"),
        (
            {"support_quotes": [{"article": "n1", "start": 0, "text": "x"}]},
            "support_quotes[0]: 'end' is missing",
            "offset",
        ),
        ({"support_quotes": [{"article": "n1", "start": 0, "end": 9, "text": "x"}]}, "length of 'text'", "code-point"),
        ({"support_quotes": [{"article": "n1", "start": True, "end": 2, "text": "x"}]}, "'start' is bool", "offset"),
        ({"question_date": "May 2024"}, "'question_date' is 'May 2024'", "2025-03-26"),
        ({"question_date": "2024-13-01"}, "'question_date'", "2025-03-26"),
        ({"history": [{"answer": "x"}]}, "history[0]: 'question' is missing", "a string"),
    ],
)
def test_a_wrong_line_is_named_with_field_and_fix(tmp_path: Path, change: dict[str, Any], named: str, fix: str) -> None:
    path = write(tmp_path / "gold.jsonl", GOOD, {**GOOD, "id": "b", **change})
    with pytest.raises(GoldSetError) as caught:
        load_cases(path)
    message = str(caught.value)
    assert f"{path}:2" in message
    assert named in message
    assert fix in message
    assert "\n" not in message


def test_a_missing_key_is_told_from_a_null(tmp_path: Path) -> None:
    line = {key: value for key, value in GOOD.items() if key != "answerable"}
    with pytest.raises(GoldSetError, match="'answerable' is missing: add it as true or false"):
        load_cases(write(tmp_path / "gold.jsonl", line))


def test_a_repeated_id_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(GoldSetError, match=r":3: id 'a' is that of line 1"):
        load_cases(write(tmp_path / "gold.jsonl", GOOD, {**GOOD, "id": "b"}, GOOD))


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "no case"), ("{nope", "not JSON"), ("[1]", "not an object"), ("\xff\xfe", "not UTF-8")],
)
def test_files_that_hold_no_cases(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(GoldSetError, match=fault):
        load_cases(path)


def test_an_absent_file_and_a_broken_archive_are_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "gold.jsonl.gz"
    broken.write_bytes(b"not gzip")
    for path in (tmp_path / "absent.jsonl", broken):
        with pytest.raises(GoldSetError, match="cannot be read"):
            load_cases(path)


def test_reads_gzip_and_a_byte_order_mark(tmp_path: Path) -> None:
    packed, marked = tmp_path / "gold.jsonl.gz", tmp_path / "gold.jsonl"
    packed.write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    marked.write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert load_cases(packed) == load_cases(marked)


texts = st.text(min_size=1).filter(lambda s: bool(s.strip()))
gold_cases = st.builds(
    GoldCase,
    id=texts,
    question=texts,
    answerable=st.just(True),
    answer=texts,
    aliases=st.lists(texts).map(tuple),
    support=st.lists(texts, unique=True).map(tuple),
    quotes=st.lists(st.builds(lambda a, s, t: Quote(a, s, s + len(t), t), texts, st.integers(0, 10**6), texts)).map(
        tuple
    ),
    maybe_support=st.frozensets(texts),
    question_date=st.none() | st.dates().map(str),
    history=st.lists(st.builds(Turn, texts, st.text())).map(tuple),
    tags=st.lists(texts).map(tuple),
)


@given(gold_cases)
def test_a_case_survives_its_own_line(case: GoldCase) -> None:
    assert read_case(json.loads(json.dumps(case_json(case))), "x:1") == case


def test_digests_follow_what_they_name() -> None:
    case = read_case(GOOD, "x:1")
    relabelled = read_case({**GOOD, "answer": "Finn"}, "x:1")
    followed_up = read_case({**GOOD, "history": [{"question": "When?"}]}, "x:1")
    assert gold_digest([case]) != gold_digest([relabelled])
    assert case.asked == relabelled.asked
    assert case.asked != followed_up.asked
