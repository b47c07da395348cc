from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.slots import check_slots

Beside = Callable[..., Evidence]

HARVEST = (
    "The farms of Skane grew 80 per cent of the barley and 60 per cent of the rye. Exports rose by 6.0 per cent in the "
    "autumn, while prices fell by 5.6 per cent over the year. The list names 28 firms: 20 mills and eight bakeries."
)


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("The farms of Skane grew 60 per cent of the barley and 80 per cent of the rye.", "80%"),
        ("The farms grew 60% of the barley in Skane.", "80%"),
        ("Exports rose by 5.6 per cent in the autumn.", "6.0%"),
        ("Eight mills and 20 bakeries are on the list.", "20"),
    ],
)
def test_a_number_of_something_else(beside: Beside, claim: str, other: str) -> None:
    assert f'"{other}"' in (check_slots(beside(claim, HARVEST)) or "")


@pytest.mark.parametrize(
    "claim",
    [
        "The farms of Skane grew 60 per cent of the rye and 80 per cent of the barley.",
        "Exports rose 6% in the autumn.",
        "Twenty mills and 8 bakeries are on the list.",
        "The list names 28 firms.",
    ],
)
def test_a_number_in_its_place_passes(beside: Beside, claim: str) -> None:
    assert check_slots(beside(claim, HARVEST)) is None


def test_days_and_years_are_left_to_the_check_of_dates(beside: Beside) -> None:
    source = "8 October 2019. On Monday the town named 20 mills and eight bakeries."
    assert check_slots(beside("On 7 October 2019 the town named 20 mills and 8 bakeries.", source)) is None
