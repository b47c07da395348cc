from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.dating import check_dating
from rag.claims.evidence import Evidence

Beside = Callable[..., Evidence]

HEAD = "Ferry line sold. Fjord Post. 2023-07-07.\n"
SALE = (
    HEAD + "The sale takes effect on August 1. Buyers met on Thursday, and talks go on next Monday. The line has been "
    "for sale since May. Norlink took over the quay in 2017. Last year Norlink bought two tugs."
)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The sale takes effect on July 1.", "the date July 1 is not"),
        ("The line has been for sale since October.", '"since May"'),
        ("Norlink took over the quay in 2022.", '"2017"'),
    ],
)
def test_a_wrong_date(beside: Beside, claim: str, reason: str) -> None:
    assert reason in (check_dating(beside(claim, SALE)) or "")


@pytest.mark.parametrize(
    "claim",
    [
        "The sale takes effect on August 1, 2023.",
        "Buyers met on 6 July 2023.",
        "Talks go on on July 10.",
        "The line has been for sale since May 2023.",
        "Norlink bought two tugs in 2022.",
        "On July 7 the line was sold.",
    ],
)
def test_a_date_written_or_counted_passes(beside: Beside, claim: str) -> None:
    assert check_dating(beside(claim, SALE)) is None


def test_a_month_with_the_year_of_another(beside: Beside) -> None:
    source = "October 2019: the ferry is sold. December 2020: the quay closes."
    assert '"October 2019"' in (check_dating(beside("The ferry was sold in October 2020.", source)) or "")
    assert check_dating(beside("The ferry was sold in October 2019.", source)) is None


def test_days_of_a_list_and_in_figures(beside: Beside) -> None:
    assert check_dating(beside("Boats leave on October 21.", "Boats leave on October 7, 12 and 21.")) is None
    assert check_dating(beside("Boats leave on October 9.", "Boats leave on 09/10/2021.")) is None
    assert check_dating(beside("Boats leave on October 9.", "Boats leave on October 7.")) is not None
