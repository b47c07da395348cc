from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.catalogue import PassageFacts
from rag.index.library import Candidates
from rag.question_time import Period
from rag.ranking import AskedTime, Ranking, covered_idf
from rag.records import Passage
from rag.settings import Settings


def candidates(cosine: dict[int, float], bm25: dict[int, float], published: dict[int, str] | None = None) -> Candidates:
    facts = {n: PassageFacts(str(n), str(n), (published or {}).get(n)) for n in cosine}
    return Candidates(cosine, bm25, {}, {}, facts)


def ranking(
    found: Candidates, question: str = "harbour ferry", asked: AskedTime | None = None, **weights: float
) -> Ranking:
    return Ranking(question, found, lambda _: 5.0, Settings(**weights), asked)  # type: ignore[arg-type]


def test_fusion_by_hand() -> None:
    fused = ranking(candidates({1: 0.9, 2: 0.5, 3: 0.1}, {2: 8.0, 3: 4.0}), keyword_weight=0.01).fuse()
    assert [(r.number, r.value) for r in fused] == [
        (2, pytest.approx(0.5 + 10 * 0.01 * 8)),  # two words of idf 5
        (1, pytest.approx(0.9)),
        (3, pytest.approx(0.1 + 10 * 0.01 * 4)),
    ]
    assert [r.fused_rank for r in fused] == [1, 2, 3]


def test_words_weigh_more_in_a_question_that_has_more_of_them() -> None:
    found = candidates({1: 0.6, 2: 0.5}, {2: 10.0})
    assert ranking(found, "ferry", keyword_weight=0.001).fuse()[0].number == 1
    long = "ferry harbour council bridge engineers repairs"
    assert ranking(found, long, keyword_weight=0.001).fuse()[0].number == 2


def test_the_time_asked_about_weighs_by_its_rarity_and_fades_outside() -> None:
    found = candidates({1: 0.5, 2: 0.4, 3: 0.4}, {}, {1: "2020-01-01", 2: "2025-03-26", 3: "2025-04-01"})
    period = Period(date(2025, 3, 20), date(2025, 3, 28))
    values = {r.number: r.value for r in ranking(found, asked=AskedTime(period, idf=3.0), date_weight=0.1).fuse()}
    assert values[1] == pytest.approx(0.5)
    assert values[2] == pytest.approx(0.4 + 0.3)
    assert 0.4 < values[3] < values[2]


def test_coverage_by_hand() -> None:
    sentences = ["The ferry left.", "The harbour was empty.", "Nobody saw the council."]
    text = " ".join(sentences)
    spans = tuple((text.index(s), text.index(s) + len(s)) for s in sentences)
    passage = Passage("a", 0, len(text), text, spans)
    other = Passage("b", 0, 12, "The harbour.", ((0, 12),))
    assert covered_idf({"ferri": 2.0, "harbour": 3.0, "council": 1.5}, [passage, other]) == [5.0, 3.0]
    assert covered_idf({"ferri": 2.0, "council": 1.5}, [other, passage]) == [0.0, 2.0]  # not neighbours
    assert covered_idf({}, [passage]) == [0.0]
    assert covered_idf({"ferri": 2.0}, []) == []


def test_a_passage_of_one_sentence_is_covered_by_it() -> None:
    assert covered_idf({"ferri": 2.0}, [Passage("a", 0, 10, "The ferry.", ((0, 10),))]) == [2.0]


numbers = st.dictionaries(st.integers(0, 50), st.floats(-1, 1), min_size=1)


@given(numbers, st.dictionaries(st.integers(0, 50), st.floats(0, 40)))
def test_scores_lie_between_zero_and_one_and_go_down(cosine: dict[int, float], bm25: dict[int, float]) -> None:
    order = ranking(candidates(cosine, {n: s for n, s in bm25.items() if n in cosine}))
    ranked = order.cover(order.fuse(), {})
    assert {r.number for r in ranked} == set(cosine)
    scores = [order.score(r) for r in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in scores)


def test_nothing_to_rank() -> None:
    order = ranking(candidates({}, {}))
    assert order.cover(order.fuse(), {}) == []


def test_a_question_without_words_is_ranked_by_meaning() -> None:
    ranked = ranking(candidates({1: 0.1, 2: 0.2}, {}), "who is it?").fuse()
    assert [r.number for r in ranked] == [2, 1]
