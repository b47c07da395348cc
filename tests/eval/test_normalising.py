from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.normalising import canonical_tokens, contains
from rag.tokens import NUMBER_WORDS

WORD_OF = {number: word for word, number in NUMBER_WORDS.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("25%", "twenty-five per cent"),
        ("1,000 people", "one thousand people"),
        ("4.2 million", "4,200,000"),
        ("$1.5bn", "1.5 billion"),
        ("£300m", "300 million"),
        ("$5k", "5,000"),
        ("a million", "1,000,000"),
        ("two dozen", "24"),
        ("two hundred and five", "205"),
        ("three hundred thousand", "300,000"),
        ("5.0", "five"),
        ("the third", "3rd"),
        ("8 October 2019", "October 8, 2019"),
        ("Oct. 8th", "8 october"),
        ("U.S. sanctions", "US sanctions"),
        ("Mbappé", "Mbappe"),
        ("the harbour\u2019s budget", "harbour budget"),
        ("NFKC \u00bd", "nfkc 1\u20442"),
    ],
)
def test_ways_to_write_the_same(one: str, other: str) -> None:
    assert canonical_tokens(one) == canonical_tokens(other)


@pytest.mark.parametrize(
    ("one", "other"), [("4.2", "42"), ("12", "1.2"), ("2019", "2020"), ("twenty", "twelve"), ("5%", "5")]
)
def test_ways_to_write_something_else(one: str, other: str) -> None:
    assert canonical_tokens(one) != canonical_tokens(other)


def spell(n: int) -> str:
    """English number words of 0..999999."""
    if n >= 1000:
        return f"{spell(n // 1000)} thousand"
    if n >= 100:
        rest = f" and {spell(n % 100)}" if n % 100 else ""
        return f"{spell(n // 100)} hundred{rest}"
    if n in WORD_OF:
        return WORD_OF[n]
    return f"{WORD_OF[n - n % 10]}-{WORD_OF[n % 10]}"


@given(st.integers(0, 999))
def test_number_words_below_a_thousand_are_their_digits(n: int) -> None:
    assert canonical_tokens(spell(n)) == [str(n)]


@given(st.integers(1, 999))
def test_round_thousands_are_their_digits(n: int) -> None:
    assert canonical_tokens(spell(1000 * n)) == canonical_tokens(f"{1000 * n:,}") == [str(1000 * n)]


@given(st.text(max_size=80))
def test_any_text_gives_clean_tokens_and_holds_itself(text: str) -> None:
    found = canonical_tokens(text)
    assert all(token and not token.isspace() for token in found)
    assert contains(found, found) == bool(found)


def test_containment_is_of_whole_tokens_in_order() -> None:
    text = canonical_tokens("The budget of 4.2 million euros passed")
    assert contains(text, canonical_tokens("4.2 million euros"))
    assert not contains(text, canonical_tokens("euros 4.2 million"))
    assert not contains(text, canonical_tokens("2 million"))
    assert not contains(text, [])
