from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.retrieval_judgements import (
    FILE,
    JudgedPair,
    check_judgements,
    judged_table,
    load_judgements,
    rescore,
    with_judged,
)
from eval.cases import GoldCase
from eval.outcomes import Outcome, Scored
from rag.errors import GoldSetError
from rag.records import Article

TEXT = "The ferry to Cape Clear sank on Tuesday."
OTHERS = [f"other{n}" for n in range(12)]
GOOD = {"question": "q1", "article": "harbour", "relevant": True, "start": 0, "end": 40}
BAD = {"question": "q1", "article": "market", "relevant": False, "start": None, "end": None}


class Shelf:
    """Articles by id; `wire` and `wire-copy` tell one story."""

    def article(self, article_id: str, /) -> Article | None:
        if article_id == "lost":
            return None
        return Article(article_id, "", story_id=article_id.removesuffix("-copy"), text=TEXT)


def case(**changes: Any) -> GoldCase:
    return replace(GoldCase("q1", "Which ferry sank?", answerable=True, support=("gold",)), **changes)


def relevant(article: str, sample: str | None = None, question: str = "q1") -> JudgedPair:
    return JudgedPair(question, article, (0, 9), sample)


def irrelevant(article: str, sample: str | None = None, question: str = "q1") -> JudgedPair:
    return JudgedPair(question, article, None, sample)


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "judged.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def values(outcomes: Sequence[Outcome]) -> list[float]:
    return [o.value for o in outcomes if isinstance(o, Scored)]


# ------------------------------------------------------------------ file
def test_pairs_are_read_in_order(tmp_path: Path) -> None:
    hit = GOOD | {"article": "pier", "sample": "hits"}
    assert load_judgements(written(tmp_path, GOOD, BAD, hit)) == [
        JudgedPair("q1", "harbour", (0, 40)),
        JudgedPair("q1", "market", None),
        JudgedPair("q1", "pier", (0, 40), "hits"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (GOOD | {"text": "The ferry sank."}, "unknown field 'text'"),
        (GOOD | {"question": ""}, "'question' must be an id"),
        (GOOD | {"article": 7}, "'article' must be an id"),
        (GOOD | {"relevant": "yes"}, "'relevant' must be true or false"),
        (GOOD | {"sample": "misses"}, "'sample' can only be 'hits'"),
        (GOOD | {"start": None}, "needs 0 <= start < end"),
        (GOOD | {"start": 40}, "needs 0 <= start < end"),
        (GOOD | {"start": True}, "needs 0 <= start < end"),
        (BAD | {"start": 3}, "has no 'start' and 'end'"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    other = GOOD | {"article": "pier"}
    with pytest.raises(GoldSetError, match=rf"judged\.jsonl:2: .*{message}"):
        load_judgements(written(tmp_path, other, row))


def test_a_pair_is_judged_once(tmp_path: Path) -> None:
    with pytest.raises(GoldSetError, match=r"judged\.jsonl:2: q1 with harbour was judged before"):
        load_judgements(written(tmp_path, GOOD, GOOD | {"relevant": False, "start": None, "end": None}))


def test_the_stored_file_is_well_formed_and_holds_both_kinds() -> None:
    pairs = load_judgements(FILE)
    assert {pair.sample for pair in pairs} == {None, "hits"}
    assert {pair.relevant for pair in pairs} == {True, False}


def test_judgements_fit_the_set_and_the_library() -> None:
    check_judgements([relevant("harbour"), irrelevant("market")], [case()], Shelf())


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (relevant("harbour", question="q9"), "no question 'q9'"),
        (irrelevant("lost"), "no article 'lost'"),
        (JudgedPair("q1", "harbour", (0, len(TEXT) + 1)), f"harbour ends before {len(TEXT) + 1}"),
    ],
)
def test_judgements_of_something_else_are_refused(pair: JudgedPair, message: str) -> None:
    with pytest.raises(GoldSetError, match=message):
        check_judgements([pair], [case()], Shelf())


# ------------------------------------------------------------------ scoring
def test_a_relevant_article_is_support_and_no_longer_neutral() -> None:
    judged = with_judged(
        case(maybe_support=frozenset({"harbour", "pier"})), [relevant("harbour"), irrelevant("market")]
    )
    assert judged.support == ("gold", "harbour")
    assert judged.maybe_support == {"pier"}


def test_other_questions_and_the_sample_of_hits_change_no_case() -> None:
    assert with_judged(case(), [relevant("harbour", question="q2"), relevant("pier", sample="hits")]) == case()


def test_a_miss_becomes_a_hit_by_a_relevant_article_among_the_first_ten() -> None:
    ranking = [*OTHERS[:9], "harbour", "gold"]
    found = rescore("bm25", [ranking], [case()], [relevant("harbour")], Shelf())
    assert (values(found.shipped), values(found.judged), found.missed) == ([0.0], [1.0], 1)


def test_a_relevant_article_after_the_tenth_is_still_a_miss() -> None:
    found = rescore("bm25", [[*OTHERS[:10], "harbour"]], [case()], [relevant("harbour")], Shelf())
    assert values(found.judged) == [0.0]


def test_an_irrelevant_article_changes_nothing() -> None:
    found = rescore("bm25", [["market"]], [case()], [irrelevant("market")], Shelf())
    assert (values(found.judged), found.unjudged) == ([0.0], 0)


def test_a_judgement_holds_for_copies_of_the_article() -> None:
    found = rescore("bm25", [["wire-copy"]], [case()], [relevant("wire")], Shelf())
    assert (values(found.judged), found.unjudged) == ([1.0], 0)
    found = rescore("bm25", [["wire"]], [case()], [irrelevant("wire-copy")], Shelf())
    assert (values(found.judged), found.unjudged) == ([0.0], 0)


def test_hits_stay_hits_and_need_no_judging() -> None:
    found = rescore("bm25", [["market", "gold"]], [case()], [], Shelf())
    assert (values(found.judged), found.missed, found.unjudged) == ([1.0], 0, 0)


def test_unread_articles_are_counted_down_to_the_tenth_that_counts() -> None:
    ranking = ["neutral", "neutral", *OTHERS]  # eleven articles: the neutral one and the ten that count
    neutral = case(maybe_support=frozenset({"neutral"}))
    assert rescore("bm25", [ranking], [neutral], [], Shelf()).unjudged == 11
    read = [irrelevant("neutral"), irrelevant(OTHERS[0]), irrelevant(OTHERS[10]), irrelevant(OTHERS[1], question="q2")]
    assert rescore("bm25", [ranking], [neutral], read, Shelf()).unjudged == 9


def test_a_changed_ranking_shows_as_unjudged() -> None:
    read = [irrelevant("market")]
    assert rescore("bm25", [["market"]], [case()], read, Shelf()).unjudged == 0
    assert rescore("bm25", [["market", "pier"]], [case()], read, Shelf()).unjudged == 1


# ------------------------------------------------------------------ report
def test_the_table_shows_both_figures_and_what_they_rest_on() -> None:
    cases = [case(id=f"q{n}", support=(f"gold{n}",)) for n in range(4)]
    rankings = [["gold0"], ["gold1"], ["harbour"], ["market", "pier"]]
    pairs = [
        relevant("harbour", question="q2"),
        irrelevant("market", question="q3"),
        irrelevant("gold0", sample="hits", question="q0"),
    ]
    found = rescore("bm25", rankings, cases, pairs, Shelf())
    text = judged_table([found], pairs, [c.id for c in cases])
    row = next(line for line in text.splitlines() if line.startswith("| bm25"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1].startswith("0.500 (0.")
    assert cells[2].startswith("0.750 (0.")
    assert cells[3:] == ["2", "1"]
    assert "2 question-article pairs of misses judged, 1 relevant." in text
    assert "Of 1 hits drawn at random, 1 rest on an article that does not state the answer" in text
