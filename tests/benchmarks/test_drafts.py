from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.drafts import Checked, Share, conveyed, groundedness, instead, leak, mistakes, report, withheld
from benchmarks.labelled_drafts import HALVES, KINDS, Draft, SampleTexts, agreement, load_drafts, load_read
from benchmarks.redrafting import _read
from rag.answer_records import VerdictState


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return load_drafts()


def test_a_right_sentence_is_conveyed_as_drafted_or_by_what_is_quoted_as_two_readers_found() -> None:
    quoted = Checked(draft(), VerdictState.QUOTED, "", True)
    dropped = Checked(draft(), VerdictState.NOT_FOUND, "", True)
    replaced = [Checked(draft(), VerdictState.PARAPHRASE, "", True, (text,)) for text in ("one", "two", "three")]
    read = {replaced[0].digest: "all", replaced[1].digest: "part"}
    assert [conveyed(row, read) for row in (quoted, dropped, *replaced)] == ["all", "none", "all", "part", "unread"]
    line = instead([("dev", [quoted, dropped, *replaced])], read).splitlines()[2]
    assert [cell.split(" ")[1] for cell in line.split(" |")[2:6]] == ["0.20", "0.20", "0.40", "1"]


def test_the_lesser_of_what_two_readers_found_counts(tmp_path: Path) -> None:
    file = tmp_path / "read.jsonl"
    file.write_text('{"sha256": "a", "readers": ["all", "part"]}\n{"sha256": "b", "readers": ["all", "all"]}\n')
    assert load_read(file) == {"a": "part", "b": "all"}


def draft(supported: bool = True, kind: str | None = None) -> Draft:
    return Draft("d", "written-right", "dev", "It fell.", (), supported, kind, False, supported)


def test_the_set_is_as_large_and_as_mixed_as_it_says(drafts: list[Draft]) -> None:
    assert len({d.id for d in drafts}) == len(drafts) >= 330
    assert sum(bool(d.text) for d in drafts) >= 200
    assert {d.kind for d in drafts} == {None, *KINDS}
    for half in HALVES:
        labels = Counter(d.supported for d in drafts if d.half == half)
        assert min(labels.values()) >= 80


def test_no_article_is_in_both_halves(drafts: list[Draft]) -> None:
    for key in (lambda d: {c["article"] for c in d.cites} if d.text else {d.case},):
        halves = {half: set().union(*(key(d) for d in drafts if d.half == half)) for half in HALVES}
        assert halves["dev"].isdisjoint(halves["held-out"])


def test_what_is_cited_stands_in_the_sample_articles(drafts: list[Draft]) -> None:
    texts = SampleTexts()
    for d in drafts:
        if d.text:
            sources = " ".join(" ".join(texts.sources(d)).split())
            assert all(" ".join(c["quote"].split()) in sources for c in d.cites), d.id
    with pytest.raises(ValueError, match="no passage holds"):
        texts.sources(replace(draft(), cites=({"article": "wire-2019-10-08-blacklist", "quote": "Not there."},)))


def test_sentences_about_other_news_are_digests_alone(drafts: list[Draft]) -> None:
    others = [d for d in drafts if d.origin == "smollm2-news"]
    assert others
    assert all(not d.text and len(d.sha256 or "") == 64 and "quote" not in c for d in others for c in d.cites)


def test_a_line_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "drafts.jsonl"
    row = {"id": "x", "origin": "written-right", "half": "dev", "text": "It fell.", "cites": [], "supported": True,
           "kind": "negation", "borderline": False, "second": True}  # fmt: skip
    file.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(ValueError, match=r"drafts.jsonl:1"):
        load_drafts(file)


def test_figures_by_hand() -> None:
    right, wrong = draft(), draft(False, "wrong_number")
    rows = [
        Checked(right, VerdictState.QUOTED, "", True),
        Checked(right, VerdictState.PARAPHRASE, "", False),
        Checked(right, VerdictState.NOT_FOUND, "lost", True),
        Checked(wrong, VerdictState.PARAPHRASE, "", True),
        Checked(wrong, VerdictState.NOT_FOUND, "", False),
    ]
    assert leak(rows, "balanced") == Share(1, 2)
    assert leak(rows, "strict", ("wrong_number",)) == Share(0, 2)
    assert leak(rows, "balanced", ("negation",)) == Share(0, 0)
    assert withheld(rows, "balanced") == Share(1, 3)
    assert withheld(rows, "strict") == Share(2, 3)
    assert groundedness(rows, "balanced") == Share(2, 3)
    assert str(Share(1, 2)) == "0.50 (0.09-0.91), 1 of 2"
    assert len(list(mistakes(rows))) == 2
    assert "| dev | balanced | 0.50 (0.09-0.91), 1 of 2 |" in report(rows, HALVES, {})


def test_agreement_is_one_for_equal_readings_and_kappa_discounts_chance() -> None:
    same = [draft(), draft(False, "negation")]
    assert agreement(same) == (1.0, 1.0)
    other = [replace(d, second=not d.second) for d in same]
    assert agreement(same + other) == (0.5, 0.0)


def test_what_was_written_before_is_found_by_digest(tmp_path: Path) -> None:
    file = tmp_path / "cache.jsonl"
    assert _read(file) == {}
    file.write_text('"It fell."\n', encoding="utf-8")
    assert list(_read(file).values()) == ["It fell."]
