from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.sets.paraphrased import (
    DATA,
    LOW_OVERLAP,
    SET,
    load_paraphrased,
    main,
    paraphrased_cases,
    quote_digest,
    share_in_article,
    share_in_support,
)
from eval.cases import load_cases
from eval.metrics.normalising import canonical_tokens
from rag.errors import GoldSetError

KEYS = {
    "id", "question", "answer", "answer_aliases", "answerable", "support", "support_quotes", "maybe_support",
    "question_date", "tags", "withheld_answer", "withheld_aliases", "closest_article",
}  # fmt: skip
SHARED = DATA / "articles.jsonl.gz"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason=f"needs the news-dev articles, {SHARED}")

TEXTS = {
    "a1": "The Cork mill let sixty hands go in May. Its owner blamed the storm.",
    "b2": "In May, 60 jobs went at the mill.",
}


def stored() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]


def answerable() -> list[dict[str, Any]]:
    return [case for case in stored() if case["answerable"]]


def quote(article: str, start: int, end: int) -> dict[str, Any]:
    return {"article": article, "start": start, "end": end, "digest": quote_digest(TEXTS[article][start:end])}


def write_case(folder: Path, **changes: Any) -> Path:
    """A set of one invented case."""
    case = {
        "id": "x1",
        "question": "How many workers lost their posts?",
        "answer": "60",
        "answerable": True,
        "support": ["a1", "b2"],
        "support_quotes": [quote("a1", 0, 40), quote("b2", 0, 33)],
        "tags": ["paraphrased"],
    }
    path = folder / "set.jsonl"
    path.write_text(json.dumps(case | changes) + "\n", encoding="utf-8")
    return path


def test_counts() -> None:
    answerables = answerable()
    assert len(answerables) >= 160
    assert len(stored()) - len(answerables) == 40
    assert all("unanswerable" in case["tags"] for case in stored() if not case["answerable"])


def test_no_id_and_no_question_repeats() -> None:
    cases = stored()
    assert len({case["id"] for case in cases}) == len(cases)
    asked = Counter(tuple(canonical_tokens(case["question"])) for case in cases)
    assert [question for question, times in asked.items() if times > 1] == []


def test_the_file_holds_no_article_text() -> None:
    for case in stored():
        assert set(case) <= KEYS, case["id"]
        assert all(set(q) == {"article", "start", "end", "digest"} for q in case["support_quotes"]), case["id"]
        short = [case["answer"], *case.get("answer_aliases", ()), case.get("withheld_answer")]
        assert all(len(answer) <= 80 for answer in short if answer), case["id"]


def test_every_answerable_case_has_a_quote_in_each_of_its_articles() -> None:
    for case in answerable():
        assert [q["article"] for q in case["support_quotes"]] == case["support"], case["id"]
        assert all(0 <= q["start"] < q["end"] for q in case["support_quotes"]), case["id"]
        assert not set(case["support"]) & set(case.get("maybe_support", ())), case["id"]


def test_at_most_a_quarter_asks_about_articles_with_questions_already() -> None:
    known = sum("known-article" in case["tags"] for case in answerable())
    assert known <= len(answerable()) / 4


def test_quotes_get_their_text(tmp_path: Path) -> None:
    case = paraphrased_cases(TEXTS, write_case(tmp_path))[0]
    assert [q.text for q in case.quotes] == [
        "The Cork mill let sixty hands go in May.",
        "In May, 60 jobs went at the mill.",
    ]


def test_another_text_than_the_labelled_one_is_refused(tmp_path: Path) -> None:
    changed = TEXTS | {"a1": "The Cork mill let ninety hands go in May."}
    with pytest.raises(GoldSetError, match=r"set\.jsonl:1: article 'a1' has another text at 0:40"):
        paraphrased_cases(changed, write_case(tmp_path))


def test_a_quote_without_the_answer_is_refused(tmp_path: Path) -> None:
    path = write_case(tmp_path, support_quotes=[quote("a1", 41, 67)])
    with pytest.raises(GoldSetError, match="the quote of a1 does not hold the answer"):
        paraphrased_cases(TEXTS, path)


@pytest.mark.parametrize("field", ["support", "maybe_support"])
def test_an_absent_article_is_named(tmp_path: Path, field: str) -> None:
    with pytest.raises(GoldSetError, match="no article 'c3'"):
        paraphrased_cases(TEXTS, write_case(tmp_path, **{field: ["c3"]}))


def test_an_unanswerable_case_needs_no_quote(tmp_path: Path) -> None:
    path = write_case(tmp_path, answerable=False, answer=None, support=[], support_quotes=[], withheld_answer="61")
    assert paraphrased_cases(TEXTS, path)[0].withheld == ("61",)


def test_shares_count_distinct_stems_once(tmp_path: Path) -> None:
    case = paraphrased_cases(TEXTS, write_case(tmp_path, question="Whose mill, which mills blamed storms?"))[0]
    assert share_in_support(case) == pytest.approx(1 / 3)
    assert share_in_article(case, TEXTS) == pytest.approx(1.0)


def test_absent_data_is_one_line_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path)]) == 1
    assert "articles.jsonl.gz: cannot be read" in capsys.readouterr().err


def test_unlabelled_data_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"id": "a1", "text": TEXTS["a1"]}) + "\n")
    assert main(["--data", str(tmp_path), "--write", str(tmp_path / "gold.jsonl")]) == 1
    assert "Give the news-dev articles that were labelled" in capsys.readouterr().err
    assert not (tmp_path / "gold.jsonl").exists()


@needs_shared
def test_the_quotes_stand_where_the_file_says_and_hold_the_answers() -> None:
    assert len(load_paraphrased()) == len(stored())


@needs_shared
def test_the_questions_share_few_words_with_their_support() -> None:
    cases = [case for case in load_paraphrased() if case.answerable]
    low = sum(share_in_support(case) <= LOW_OVERLAP for case in cases)
    assert low / len(cases) >= 0.85


@needs_shared
def test_the_written_gold_file_reads_as_the_same_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--write", str(tmp_path / "gold.jsonl")]) == 0
    assert load_cases(tmp_path / "gold.jsonl") == load_paraphrased()
    assert "| paraphrased | the support sentence | " in capsys.readouterr().out
