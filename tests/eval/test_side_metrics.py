from __future__ import annotations

from dataclasses import replace

from eval.answers import read_answer
from eval.cases import GoldSide
from eval.metrics.sides import disagreement_set_out, sides_shown
from eval.outcomes import NotApplicable, Scored
from rag.answer_records import Citation, Disagreement, Form, Side
from tests.eval.building import answer, cite, evidence, gold, quote, say

MONEY = cite(1, "harbour", "a budget of 4.2 million euros")
BRIDGES = cite(2, "harbour", "two bridges")
SIDES = (
    GoldSide("the board", "4.2", (quote("harbour", "4.2 million euros"),)),
    GoldSide("the director", None, (quote("harbour", "repair two bridges"),)),
)
CASE = replace(gold(), sides=SIDES)


def opposed(*citations: Citation) -> Disagreement:
    sides = tuple(Side(c.quote, None, None, c.outlet, c.published, c.marker) for c in citations)
    return Disagreement("figure", "budget", sides)


def test_a_side_counts_when_a_quote_of_it_is_shown_or_set_out() -> None:
    shown = answer(say("x", 1), citations=[MONEY, BRIDGES])
    assert sides_shown(evidence(CASE, shown)) == Scored(0.5, detail="not shown: the director")
    both = replace(shown, disagreements=(opposed(MONEY, BRIDGES),))
    assert sides_shown(evidence(CASE, both)) == Scored(1.0, detail="all shown")


def test_a_disagreement_is_set_out_when_it_holds_two_gold_sides() -> None:
    given = answer(say("x", 1, 2), citations=[MONEY, BRIDGES])
    assert disagreement_set_out(evidence(CASE, given)).value == 0.0  # type: ignore[union-attr]
    assert disagreement_set_out(evidence(CASE, replace(given, disagreements=(opposed(MONEY, BRIDGES),)))) == Scored(
        1.0, detail="budget"
    )


def test_a_case_without_gold_sides_does_not_count() -> None:
    given = answer(say("x", 1), citations=[MONEY])
    assert isinstance(sides_shown(evidence(gold(), given)), NotApplicable)
    assert isinstance(disagreement_set_out(evidence(gold(), given)), NotApplicable)


def test_an_answer_with_a_form_and_disagreements_is_read_back_as_it_was() -> None:
    given = replace(
        answer(say("x", 1), citations=[MONEY, BRIDGES]), disagreements=(opposed(MONEY, BRIDGES),), form=Form.TIMELINE
    )
    again = read_answer(given.to_json())
    assert (again.disagreements, again.form) == (given.disagreements, Form.TIMELINE)
