from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.polarity import check_negation, lost_hedges

Beside = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("A loan will not be offered to the yard.", "The bank offered a loan to the yard in May."),
        ("The bank offered the yard a loan.", "The bank never offered the yard a loan."),
        ("The firm sold patents to a rival.", "The firm denied that it had sold patents to a rival."),
        ("The council refused to fund the tram.", "The council will fund the tram from May."),
    ],
)
def test_negation_of_one_side_only(beside: Beside, claim: str, source: str) -> None:
    assert check_negation(beside(claim, source)) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("No one was injured in the fire.", "The fire injured nobody.", id="both"),
        pytest.param("The fire did not injure anyone.", "Everyone in the fire escaped being injured.", id="escaped"),
        pytest.param("The shop opens in May.", "The shop will not open until May.", id="not_until"),
        pytest.param("The mill and the shop closed.", "Not only the mill but the shop closed.", id="not_only"),
        pytest.param(
            "The shop closed in May.", "The shop, not the mill, closed in May.", id="negation_of_another_word"
        ),
        pytest.param("Trams do not run on Sunday.", "The mayor opened a shop.", id="unrelated"),
    ],
)
def test_no_difference(beside: Beside, claim: str, source: str) -> None:
    assert check_negation(beside(claim, source)) is None


def test_the_reason_shows_both_sides(beside: Beside) -> None:
    why = check_negation(beside("The bank will not offer a loan.", "The bank will offer a loan."))
    assert why == 'says "will not offer" where the cited passage says "The bank will offer"'


def test_a_lost_hedge_is_named(beside: Beside) -> None:
    assert lost_hedges(beside("The fire was arson.", "The fire may have been arson.")) == ["may"]
    assert lost_hedges(beside("The fire may be arson.", "The fire may have been arson.")) == []
    assert lost_hedges(beside("The fire was in May.", "The fire was in May last year.")) == []
