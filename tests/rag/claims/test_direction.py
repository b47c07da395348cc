from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.direction import are_opposite, check_direction
from rag.claims.evidence import Evidence

Beside = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("claim", "source", "said", "there"),
    [
        ("Profits at the yard dropped in 2021.", "In 2021 the yard saw profits climb.", "dropped", "climb"),
        ("Rents fell in the north.", "Rents rose in the north and fell in the south.", "fell", "rose"),
        ("Ystad closed.", "Lund closed; Ystad stays open.", "closed", "open"),
        ("Imports from Chile grew.", "Exports from Chile grew.", "Imports", "Exports"),
    ],
)
def test_opposite(beside: Beside, claim: str, source: str, said: str, there: str) -> None:
    assert check_direction(beside(claim, source)) == f'says "{said}" where the cited passage says "{there}"'


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("Profits at the yard increased.", "Profits at the yard climbed.", id="synonym"),
        pytest.param(
            "Rents fell in the south.", "Rents rose in the north and rents fell in the south.", id="other_clause"
        ),
        pytest.param("Profits rose while sales fell.", "Sales fell, and profits rose.", id="claim_has_both"),
        pytest.param("Profits did not rise.", "Profits fell.", id="negated"),
        pytest.param("Prices rose in Cork.", "The mayor lost a vote. Prices were high.", id="unrelated"),
    ],
)
def test_no_opposite(beside: Beside, claim: str, source: str) -> None:
    assert check_direction(beside(claim, source)) is None


def test_opposites_face_both_ways() -> None:
    assert are_opposite("rose", "fell")
    assert are_opposite("falling", "risen")
    assert not are_opposite("rose", "climbed")
    assert not are_opposite("rose", "table")
