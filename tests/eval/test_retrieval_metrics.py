from __future__ import annotations

import math
from typing import Any

import pytest

from eval.cases import GoldCase
from eval.metrics.catalog import BY_NAME
from eval.metrics.retrieval import ranked_stories
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored
from rag.answer_records import Answer
from tests.eval.building import abstain, evidence, gold, passage, ranking


def value(outcome: Outcome) -> float:
    assert isinstance(outcome, Scored)
    return outcome.value


def scores(given: Answer, **case: Any) -> dict[str, float]:
    seen = evidence(gold(**case), given)
    names = ("hit@1", "hit@3", "mrr", "ndcg@10", "recall@5")
    return {name: round(value(BY_NAME[name].score(seen)), 6) for name in names}


def test_gold_article_at_rank_two() -> None:
    # nDCG: gain 1 at rank 2 over gain 1 at rank 1 = (1 / log2 3) / (1 / log2 2)
    expected = {"hit@1": 0, "hit@3": 1, "mrr": 0.5, "ndcg@10": round(1 / math.log2(3), 6), "recall@5": 1}
    assert scores(abstain(retrieved=ranking("ferry", "harbour", "market"))) == expected


def test_an_article_stands_at_its_first_passage() -> None:
    twice = (passage("ferry", 1), passage("ferry", 2), passage("harbour", 3))
    assert scores(abstain(retrieved=twice))["mrr"] == 0.5


def test_ranks_count_not_the_order_in_the_document() -> None:
    assert scores(abstain(retrieved=(passage("ferry", 2), passage("harbour", 1))))["hit@1"] == 1


def test_one_of_two_gold_stories() -> None:
    found = scores(abstain(retrieved=ranking("ferry")), support=("ferry", "market"))
    # ideal gain of two gold articles: 1 + 1 / log2 3
    assert found["recall@5"] == 0.5
    assert found["ndcg@10"] == round(1 / (1 + 1 / math.log2(3)), 6)


def test_a_copy_stands_at_the_rank_of_the_story() -> None:
    by_also_in = abstain(retrieved=(passage("ferry", 1), passage("harbour", 2, also_in=("wire",))))
    assert scores(by_also_in, support=("wire",))["mrr"] == 0.5


def test_copies_in_gold_and_ranking_are_one_story() -> None:
    # harbour and wire share a story in the library although the ranking does not say so
    found = scores(abstain(retrieved=ranking("wire", "harbour", "ferry")), support=("harbour", "ferry"))
    assert found == {"hit@1": 1, "hit@3": 1, "mrr": 1, "ndcg@10": 1, "recall@5": 1}


def test_maybe_support_is_neither_hit_nor_miss() -> None:
    given = abstain(retrieved=ranking("market", "ferry", "harbour"))
    assert scores(given, maybe_support=frozenset({"market"}))["mrr"] == 0.5
    assert ranked_stories(evidence(gold(maybe_support=frozenset({"market"})), given)) == ["ferry", "harbour"]


def test_a_copy_of_gold_listed_as_maybe_is_gold() -> None:
    assert scores(abstain(retrieved=ranking("wire")), maybe_support=frozenset({"wire"}))["hit@1"] == 1


def test_nothing_retrieved_scores_zero() -> None:
    assert set(scores(abstain()).values()) == {0.0}


@pytest.mark.parametrize("case", [gold(None), gold(support=())])
def test_without_gold_support_there_is_nothing_to_find(case: GoldCase) -> None:
    assert isinstance(BY_NAME["mrr"].score(evidence(case, abstain())), NotApplicable)


def test_support_missing_from_the_library_is_the_instrument_s_fault() -> None:
    outcome = BY_NAME["mrr"].score(evidence(gold(support=("harbour", "gone")), abstain()))
    assert outcome == Unscored("support article gone is not in the library")
