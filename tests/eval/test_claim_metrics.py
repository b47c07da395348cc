from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from eval.claims import ClaimCheck, ClaimsUnclear, GoldClaim, ResponseClaim, check_claims, split_by_sentence
from eval.judges.judge import JudgeVerdict
from eval.metrics.catalog import BY_NAME
from eval.metrics.correctness import followup_correct
from eval.metrics.effort import model_cost
from eval.outcomes import NotApplicable, Scored, Unscored
from eval.price import Price
from eval.runs import evaluate
from eval.scoring import reported
from rag.records import Turn
from tests.eval.building import (
    SHELF,
    ScriptedChatbot,
    ScriptedJudge,
    UndecidedJudge,
    abstain,
    answer,
    evidence,
    gold,
    ranking,
    say,
)

CLAIMS = ClaimCheck(
    response=(
        ResponseClaim("right, in the relevant passage", True, (True, False), True),
        ResponseClaim("right, in none", True, (False, False), False),
        ResponseClaim("wrong, in the relevant passage", False, (True, True), True),
        ResponseClaim("wrong, in the irrelevant one", False, (False, True), True),
        ResponseClaim("wrong, in none, but in both together", False, (False, False), True),
    ),
    gold=(
        GoldClaim("found and stated", True, (True, False)),
        GoldClaim("found, not stated", False, (True, False)),
        GoldClaim("neither", False, (False, False)),
    ),
)
BY_HAND = {
    "claim_precision": 2 / 5,
    "claim_recall": 1 / 3,
    "claim_f1": 2 * (2 / 5) * (1 / 3) / (2 / 5 + 1 / 3),
    "context_claim_recall": 2 / 3,
    "context_precision": 1 / 2,
    "context_utilization": 1 / 2,
    "claim_faithfulness": 3 / 5,
    "ragas_faithfulness": 4 / 5,
    "claim_hallucination": 1 / 5,
    "self_knowledge": 1 / 5,
    "noise_relevant": 1 / 5,
    "noise_irrelevant": 1 / 5,
}


@pytest.mark.parametrize(("name", "expected"), BY_HAND.items())
def test_each_claim_metric_by_hand(name: str, expected: float) -> None:
    seen = replace(evidence(gold(), answer(say("x"))), claims=CLAIMS)
    outcome = BY_NAME[name].score(seen)
    assert isinstance(outcome, Scored)
    assert outcome.value == pytest.approx(expected)


@pytest.mark.parametrize("name", BY_HAND)
def test_claim_metrics_apply_only_when_asked_for_and_are_unscored_when_unclear(name: str) -> None:
    plain = evidence(gold(), answer(say("x")))
    assert isinstance(BY_NAME[name].score(plain), NotApplicable)
    unclear = replace(plain, claims=ClaimCheck(unclear="no verdict"))
    assert BY_NAME[name].score(unclear) == Unscored("no verdict")


def test_an_unanswerable_question_has_no_correct_claims_but_faithful_ones() -> None:
    claims = ClaimCheck(response=(ResponseClaim("x", None, (True,), True),))
    seen = replace(evidence(gold(None), answer(say("x"))), claims=claims)
    assert BY_NAME["claim_faithfulness"].score(seen) == Scored(1.0)
    for name in ("claim_precision", "claim_recall", "claim_f1", "claim_hallucination", "noise_relevant"):
        assert isinstance(BY_NAME[name].score(seen), NotApplicable)


def test_saying_nothing_has_recall_0_and_no_precision() -> None:
    seen = replace(evidence(gold(), abstain()), claims=ClaimCheck(gold=(GoldClaim("x", False, ()),)))
    assert BY_NAME["claim_recall"].score(seen) == Scored(0.0)
    assert BY_NAME["claim_f1"].score(seen) == Scored(0.0)
    assert isinstance(BY_NAME["claim_precision"].score(seen), NotApplicable)
    assert BY_NAME["context_precision"].score(seen) == Scored(0.0, detail="nothing was retrieved")


def test_claims_are_asked_of_gold_response_and_every_passage() -> None:
    judge = ScriptedJudge("budget")
    given = answer(say("The budget is large.", 1), say("Withheld.", shown=False), retrieved=ranking("harbour", "ferry"))
    found = check_claims(gold(), given, judge, split_by_sentence)
    assert [c.text for c in found.response] == ["The budget is large."]
    assert found.response[0].by_passage == (True, False)
    assert found.response[0].correct is False  # the gold answer alone does not hold the word
    assert [g.text for g in found.gold] == ["4.2 million euros"]
    assert found.gold[0].in_response is True
    assert all("Withheld" not in claim for claim, _ in judge.asked)


def test_any_callable_splits_claims_and_may_fail_with_a_reason() -> None:
    def halves(question: str, text: str) -> list[str]:
        return text.split(" and ")

    def fails(question: str, text: str) -> list[str]:
        raise ClaimsUnclear("no list in the reply")

    given = answer(say("It rained and it snowed."))
    assert len(check_claims(gold(), given, ScriptedJudge(), halves).response) == 2
    assert check_claims(gold(), given, ScriptedJudge(), fails) == ClaimCheck(unclear="no list in the reply")
    undecided = check_claims(gold(), replace(given, retrieved=ranking("harbour")), UndecidedJudge(), halves)
    assert undecided.unclear == "the reply had no verdict"


def test_a_run_with_claims_reports_them_and_one_without_leaves_them_out() -> None:
    class Whole:
        name = "whole"

        def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
            return JudgeVerdict(True, 1.0, "yes")

    script = {gold().question: answer(say("4.2 million euros."), retrieved=ranking("harbour"))}
    with_claims = evaluate(
        [gold()], ScriptedChatbot(dict(script)).ask, judge=Whole(), articles=SHELF, splitter=split_by_sentence
    )
    assert with_claims.summaries["claim_f1"].value == 1.0
    assert "claim_f1" in {metric.name for metric in reported(with_claims.summaries)}
    without = evaluate([gold()], ScriptedChatbot(dict(script)).ask, articles=SHELF)
    assert not {metric.name for metric in reported(without.summaries)} & set(BY_HAND)


# ------------------------------------------------------------------ cost and follow-ups
def test_cost_is_tokens_at_their_prices() -> None:
    given = answer(say("x"), usage={"prompt_tokens": 2000, "completion_tokens": 500})
    priced = replace(evidence(gold(), given), price=Price(3.0, 15.0))
    assert model_cost(priced) == Scored(2000 * 3 / 1e6 + 500 * 15 / 1e6)
    assert isinstance(model_cost(evidence(gold(), given)), NotApplicable)
    assert isinstance(model_cost(replace(priced, answer=answer(say("x")))), NotApplicable)
    assert isinstance(model_cost(replace(priced, answer=answer(say("x"), usage={"total_tokens": 3}))), Unscored)


def test_followups_are_the_cases_with_history() -> None:
    said = answer(say("4.2 million euros"))
    assert isinstance(followup_correct(evidence(gold(), said)), NotApplicable)
    case = gold(history=(Turn("Which board?", "The harbour's."),))
    assert followup_correct(evidence(case, said)) == Scored(1.0, detail="holds '4.2 million euros'")
    assert followup_correct(evidence(case, abstain())) == Scored(0.0, detail="abstained")
