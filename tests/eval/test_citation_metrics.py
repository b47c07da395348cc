from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eval.judgements import judge_answer
from eval.judges.judge import JudgeVerdict
from eval.metrics.citations import citation_precision, citation_recall
from eval.metrics.exactness import citation_exact
from eval.metrics.groundedness import groundedness
from eval.metrics.spans import gold_span_hit, same_text
from eval.outcomes import NotApplicable, Scored, Unscored
from tests.eval.building import (
    BUDGET,
    ScriptedJudge,
    UndecidedJudge,
    abstain,
    answer,
    cite,
    evidence,
    gold,
    passage,
    quote,
    ranking,
    say,
)

MONEY = cite(1, "harbour", "a budget of 4.2 million euros")
BRIDGES = cite(2, "harbour", "two bridges")
RAIN = cite(3, "ferry", "Waves of five metres")


# ------------------------------------------------------------------ exactness
def test_exactness_is_the_share_of_quotes_that_are_the_stored_text() -> None:
    shifted = replace(BRIDGES, start=BRIDGES.start + 1, end=BRIDGES.end + 1)
    given = answer(say("x", 1, 2), citations=[MONEY, shifted])
    assert citation_exact(evidence(gold(), given)) == Scored(0.5, detail="inexact: [2]")


def test_a_citation_of_an_article_that_is_gone_is_inexact() -> None:
    given = answer(say("x", 1), citations=[replace(MONEY, article_id="gone")])
    assert citation_exact(evidence(gold(), given)) == Scored(0.0, detail="inexact: [1]")


def test_exactness_needs_citations_and_a_library() -> None:
    assert isinstance(citation_exact(evidence(gold(), abstain())), NotApplicable)
    unlooked = evidence(gold(), answer(say("x", 1), citations=[MONEY]), articles=None)
    assert citation_exact(unlooked) == Unscored("no library at hand to compare with")


# ------------------------------------------------------------------ gold spans
def test_a_citation_that_touches_a_gold_quote_hits() -> None:
    seen = evidence(gold(quotes=(BUDGET,)), answer(say("x", 1), citations=[MONEY]))
    assert gold_span_hit(seen) == Scored(1.0, detail="citation 1 in harbour")


def test_a_citation_beside_the_gold_quote_or_in_another_article_does_not() -> None:
    for citation in (BRIDGES, RAIN):
        seen = evidence(gold(quotes=(BUDGET,)), answer(say("x", citation.marker), citations=[citation]))
        assert gold_span_hit(seen) == Scored(0.0, detail="no citation overlaps a gold quote")


def test_the_same_text_in_a_copy_hits() -> None:
    copied = cite(1, "wire", BUDGET.text)
    assert gold_span_hit(evidence(gold(quotes=(BUDGET,)), answer(say("x", 1), citations=[copied]))) == Scored(
        1.0, detail="citation 1 in wire"
    )


def test_what_is_the_same_text() -> None:
    assert same_text("The board approved a budget.", "On Monday the board  approved a budget, it said.")
    assert not same_text("The board approved a budget.", "The board rejected a budget.")
    assert not same_text("On Monday", "On Monday")  # too short to tell anything


def test_citations_of_withheld_sentences_do_not_hit() -> None:
    given = answer(say("x", 1, shown=False), citations=[MONEY])
    assert gold_span_hit(evidence(gold(quotes=(BUDGET,)), given)) == Scored(
        0.0, detail="no citation overlaps a gold quote"
    )


def test_a_lost_gold_quote_leaves_a_miss_unscored_but_not_a_hit() -> None:
    lost = quote("ferry", "Nobody was hurt.")
    lost = replace(lost, text="Somebody was drenched.", end=lost.start + 22)
    hit, miss = answer(say("x", 1), citations=[MONEY]), answer(say("x", 2), citations=[BRIDGES])
    assert isinstance(gold_span_hit(evidence(gold(quotes=(BUDGET, lost)), hit)), Scored)
    assert gold_span_hit(evidence(gold(quotes=(BUDGET, lost)), miss)) == Unscored(
        "article ferry does not hold the quote"
    )


def test_gold_spans_do_not_apply_without_gold_quotes() -> None:
    assert isinstance(gold_span_hit(evidence(gold(), abstain())), NotApplicable)
    assert isinstance(gold_span_hit(evidence(gold(None), abstain())), NotApplicable)


# ------------------------------------------------------------------ groundedness, ALCE
def test_groundedness_counts_shown_sentences_and_sees_the_whole_passage() -> None:
    # "Lopez" is not in the quote but in the passage around it
    given = answer(
        say("It repairs bridges.", 2),
        say("Waves were high.", 3),
        say("Uncited."),
        say("Withheld.", 2, shown=False),
        citations=[BRIDGES, RAIN],
        retrieved=ranking("harbour", "ferry"),
    )
    seen = evidence(gold(), given, ScriptedJudge("Lopez"))
    outcome = groundedness(seen)
    assert isinstance(outcome, Scored)
    assert outcome.value == 1 / 3
    assert outcome.detail == "not found; cites nothing"
    assert citation_recall(seen) == Scored(0.0)


def test_the_citations_head_counts_for_groundedness_only() -> None:
    given = answer(say("The Courier reported a budget.", 1), citations=[MONEY])
    seen = evidence(gold(), given, ScriptedJudge("Courier"))
    assert (groundedness(seen), citation_recall(seen)) == (Scored(1.0), Scored(0.0))


def test_alce_recall_and_precision_by_hand() -> None:
    # sentence 1: [1] alone supports, [2] neither alone nor needed  → recall 1, precise: [1] only
    # sentence 2: [3] does not support                              → recall 0, precise: none
    given = answer(say("A.", 1, 2), say("B.", 3), citations=[MONEY, BRIDGES, RAIN])
    seen = evidence(gold(), given, ScriptedJudge("million"))
    assert citation_recall(seen) == Scored(0.5)
    assert citation_precision(seen) == Scored(1 / 3)


class BothNeeded(ScriptedJudge):
    """Supported only by sources that together hold all words."""

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        joined = " ".join(sources)
        return super().supported(claim, sources if all(w in joined for w in self.words) else [""])


def test_citations_that_support_only_together_are_both_precise() -> None:
    given = answer(say("A.", 1, 2), citations=[MONEY, BRIDGES])
    seen = evidence(gold(), given, BothNeeded("million", "bridges"))
    assert (citation_recall(seen), citation_precision(seen)) == (Scored(1.0), Scored(1.0))


def test_two_citations_that_each_suffice_are_both_precise() -> None:
    given = answer(say("A.", 1, 2), citations=[MONEY, replace(MONEY, marker=2, article_id="wire")])
    assert citation_precision(evidence(gold(), given, ScriptedJudge("million"))) == Scored(1.0)


def test_a_sentence_without_citation_has_no_recall_and_no_precision() -> None:
    seen = evidence(gold(), answer(say("A.")), ScriptedJudge("million"))
    assert (citation_recall(seen), citation_precision(seen)) == (Scored(0.0), Scored(0.0, detail="no citation"))


def test_at_most_three_citations_count() -> None:
    four = [replace(MONEY, marker=m) for m in (1, 2, 3)] + [replace(RAIN, marker=4)]
    judge = ScriptedJudge("Waves")
    seen = evidence(gold(), answer(say("A.", 1, 2, 3, 4), citations=four), judge)
    assert citation_recall(seen) == Scored(0.0)


def test_an_undecided_judge_leaves_the_case_unscored() -> None:
    seen = evidence(gold(), answer(say("A.", 1), citations=[MONEY]), UndecidedJudge())
    for metric in (groundedness, citation_recall, citation_precision):
        assert metric(seen) == Unscored("the reply had no verdict")


def test_an_abstention_that_shows_nothing_has_no_grounding() -> None:
    seen = evidence(gold(), abstain(), ScriptedJudge("x"))
    for metric in (groundedness, citation_recall, citation_precision):
        assert isinstance(metric(seen), NotApplicable)


# ------------------------------------------------------------------ what the judge is asked
def test_the_judge_gets_claims_without_markers_and_no_needless_questions() -> None:
    judge = ScriptedJudge("million")
    given = answer(say("It costs [1] much.", 1), citations=[MONEY], retrieved=[passage("harbour")])
    judgement = judge_answer(given, judge)
    assert judge.asked == [("It costs much.", ("a budget of 4.2 million euros",))]
    assert judgement.sentences[0].in_passages is judgement.sentences[0].in_quotes
