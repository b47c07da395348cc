from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.alterations import check_alterations
from rag.claims.evidence import Evidence

Beside = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("claim", "source", "said", "there"),
    [
        ("Orla won the long regatta.", "Finn won the long regatta. Orla lost.", "Orla won", "Finn won"),
        ("It hit 4 of 71 in Cork.", "It hit 4 of 18 in Cork. It was 71.", "of 71 in", "of 18 in"),
        ("The ban ended after the vote.", "The ban ended before the vote.", "ended after the", "ended before the"),
        ("The ban has not ended in Cork.", "The ban has ended in Cork.", "has not ended", "has ended"),
        ("The ban has ended in Cork.", "The ban has not ended in Cork.", "has ended", "has not ended"),
        ("It closed the mill on Friday.", "It closed the mill on Monday. Friday passed.", "on Friday", "on Monday"),
    ],
)
def test_an_exchanged_word(beside: Beside, claim: str, source: str, said: str, there: str) -> None:
    assert check_alterations(beside(claim, source)) == f'says "{said}" where the cited passage says "{there}"'


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("Brandt won the long regatta.", "Orla Brandt won the long regatta.", id="part_of_the_name"),
        pytest.param("Brandt won the long regatta.", "He won the long regatta.", id="pronoun"),
        pytest.param("It closed the mill on 8 October.", "It closed the mill on Tuesday. 8 October 2019", id="date"),
        pytest.param("The mill cost $1.4 million to run.", "The mill cost $1.4m to run.", id="same_amount"),
        pytest.param(
            "The mill had sales of 95 in 2022.", "The mill had sales of 90 in 2021. In 2022, 95.", id="ellipsis"
        ),
        pytest.param("Orla won a different prize in Oslo.", "Finn won the long regatta. Orla lost.", id="no_near_copy"),
    ],
)
def test_no_alteration(beside: Beside, claim: str, source: str) -> None:
    assert check_alterations(beside(claim, source)) is None
