from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.numbers import check_numbers, missing_numbers, numbers_away

Beside = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param(
            "Sales rose 7% to $1.4 trillion.", "Sales rose by 7 per cent to $1.4tn.", id="percent_and_magnitude"
        ),
        pytest.param("It cost 1,400,000 euros.", "It cost €1.4 million.", id="currency_word"),
        pytest.param("24 workers left.", "Two dozen workers left.", id="dozen"),
        pytest.param("It finished 5th.", "It finished fifth.", id="ordinal"),
        pytest.param("It began on October 8, 2019.", "It began. 2019-10-08", id="iso_date"),
        pytest.param("More than 1,000 staff left.", "In all, 1,180 staff left.", id="rounded_down"),
        pytest.param("Nearly 2,000 staff left.", "In all, 1,960 staff left.", id="rounded_up"),
        pytest.param("About 1,200 staff left.", "In all, 1,180 staff left.", id="rounded"),
        pytest.param("It cost $1.4 million.", "It cost $1,412,000.", id="a_magnitude_rounds"),
        pytest.param("The path is 16 km long.", "The path is 10 miles long.", id="converted"),
        pytest.param("It closed in 2019.", "It closed last year. 2020-03-01", id="last_year"),
        pytest.param("It closed on 8 October.", "It closed on Tuesday. 2019-10-10", id="weekday"),
        pytest.param("Half of the 40 to 50% agreed.", "Some 40-50 per cent agreed.", id="range"),
        pytest.param("The first of one agreed.", "They agreed.", id="words_that_seldom_count"),
        pytest.param("The 5G network works.", "The network works.", id="part_of_a_name"),
    ],
)
def test_same_number(beside: Beside, claim: str, source: str) -> None:
    assert check_numbers(beside(claim, source)) is None


@pytest.mark.parametrize(
    ("claim", "source", "why"),
    [
        ("Rents rose 8%.", "Rents rose 7 per cent.", "the number 8% is not in the cited passage"),
        ("Three of 90 left.", "They left.", "the numbers three, 90 are not in the cited passage"),
        ("It cost 4.2 billion.", "It cost 4.2 million.", "the number 4.2 billion is not in the cited passage"),
        ("It cost 1,000 euros.", "It cost 1,180 euros.", "the number 1,000 euros is not in the cited passage"),
        ("More than 1,200 left.", "In all, 1,180 left.", "the number 1,200 is not in the cited passage"),
        ("About 2,000 people left.", "They left in 2019.", "the number 2,000 is not in the cited passage"),
        (
            "It cost $45 million.",
            "It cost £45 million.",
            'says "$45 million" where the cited passage says "£45 million"',
        ),
        (
            "The path is 10 km long.",
            "The path is 10 miles long.",
            'says "10 km" where the cited passage says "10 miles"',
        ),
        ("It took 3 weeks.", "It took 3 days.", 'says "3 weeks" where the cited passage says "3 days"'),
        ("It cut 45 jobs.", "It cut 60 jobs in 45 stores.", 'says "45 jobs" where the cited passage says "60 jobs"'),
        (
            "More than 300 people came.",
            "Nearly 300 people came.",
            'says "More than 300 people" where the cited passage says "Nearly 300 people"',
        ),
    ],
)
def test_another_number(beside: Beside, claim: str, source: str, why: str) -> None:
    assert check_numbers(beside(claim, source)) == why


def test_a_number_may_stand_in_any_source(beside: Beside) -> None:
    assert missing_numbers(beside("It cut 60 jobs.", "It cut jobs.", "There were 60 jobs.")) == []


def test_numbers_away_counts_those_outside_the_best_sentences(beside: Beside) -> None:
    far = "The mill cut jobs. " + "Nothing happened here. " * 5 + "In all, 60."
    assert numbers_away(beside("The mill cut 60 jobs.", far)) == 1
    assert numbers_away(beside("The mill cut 60 jobs.", "The mill cut jobs. In all, 60.")) == 0
