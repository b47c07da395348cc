from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.claims.quantities import quantities
from rag.claims.texts import tidy


def values(text: str) -> list[list[int | float]]:
    return [[float(r) for r in q.readings] for q in quantities(tidy(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1.4tn", 1.4e12),
        ("$1.4 trillion", 1.4e12),
        ("1,400,000,000,000", 1.4e12),
        ("1.4 million", 1.4e6),
        ("twenty-five", 25),
        ("one hundred and twenty", 120),
        ("two dozen", 24),
        ("a million", 1e6),
        ("three hundred thousand", 3e5),
        ("5th", 5),
        ("the fifth", 5),
        ("twenty-first", 21),
        ("mid-2019", 2019),
        ("1990s", 1990),
        ("16km", 16),
    ],
)
def test_one_value(text: str, expected: float) -> None:
    assert values(text) == [[expected]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("5m people", [[5e6, 5]], id="million_or_metres"),
        pytest.param("at 21:45", [[21.45, 9.45]], id="time"),
        pytest.param("2018-19", [[2018], [19, 2019]], id="season"),
        pytest.param("1 to 2 billion", [[1, 1e9], [2e9]], id="range"),
        pytest.param("won 3-1", [[3], [1]], id="result"),
        pytest.param("a third of voters", [[33, 33.3]], id="fraction"),
        pytest.param("the third quarter of 2006", [[3], [2006]], id="quarter_of_a_year_is_no_fraction"),
        pytest.param("two three", [[2], [3]], id="words_that_do_not_combine"),
    ],
)
def test_several_values(text: str, expected: list[list[float]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize("text", ["a 5G phone", "the R1", "COVID-19", "hundreds of thousands", "a b c, at a m"])
def test_no_quantity(text: str) -> None:
    assert values(text) == []


def test_unit_noun_and_rounding() -> None:
    share, money, jobs, age = quantities("45%, nearly £2 million, more than 300 new jobs and a 20-year-old")
    assert (share.unit, money.unit, money.rounding) == ("%", "£", "under")
    assert (jobs.noun, jobs.rounding, jobs.lead) == ("jobs", "over", "more than ")
    assert age.unit == "year"


def test_a_range_shares_its_unit() -> None:
    assert [q.unit for q in quantities("45-50%")] == ["%", "%"]


def test_words_that_seldom_count_are_marked() -> None:
    assert [q.counts for q in quantities("one of the first two")] == [False, False, True]


@given(st.text(alphabet=st.sampled_from("0123456789.,:-$%£ amnbk thousandmillion\u0663\u00bd")))
def test_spans_hold_what_is_shown(text: str) -> None:
    plain = tidy(text)
    end = 0
    for quantity in quantities(plain):
        assert plain[quantity.start : quantity.end] == quantity.shown
        assert end <= quantity.start < quantity.end
        assert all(isinstance(reading, Decimal) and reading >= 0 for reading in quantity.readings)
        end = quantity.end
