from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.tokens import content_stems, normalise, stem, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("China’s 1,400 firms", ["china", "1400", "firms"]),
        ("the U.S. told us", ["the", "usa", "told", "us"]),
        ("US-China at 5 p.m.", ["usa", "china", "at", "5", "pm"]),
        ("2.5% of $1.4tn", ["2.5", "of", "1.4", "tn"]),
        ("won’t ﬁnd", ["won't", "find"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_function_words_and_words_of_reporting_do_not_count() -> None:
    assert content_stems("How many firms did the officials say were listed?") == ["firm", "offici", "list"]


@given(st.text(max_size=200))
def test_any_text_gives_lower_case_words(text: str) -> None:
    assert all(t and t == t.lower() for t in tokens(text))


def by_definition(text: str) -> list[str]:
    """The words as the patterns would be written if speed were no matter."""
    plain = re.sub(r"\b(?:USA?|U\.S\.(?:A\.)?)(?!\w)", "usa", normalise(text))
    plain = re.sub(r"\b((?:[^\W\d_]\.){2,})", lambda m: m[1].replace(".", ""), plain)
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain).lower()
    return [t.removesuffix("'s") for t in re.findall(r"[^\W_]+(?:[.,][0-9]+)*(?:'[^\W\d_]+)?", plain)]


PIECES = (
    "U.S. US USA u.s. U.S.A. p.m. D.C. J.K. . , ' ’s 's _ a B é 1 23 456 1,234,567 1.5m - ` “ ß İ Σ 中 ² … ٣".split()
)


@given(st.lists(st.sampled_from([*PIECES, " ", "\u00a0", "\u200b", "\u0301"]), max_size=12).map("".join))
def test_tokens_are_those_of_the_plain_definition(text: str) -> None:
    assert tokens(text) == by_definition(text)


@given(st.text(alphabet="abdegilnosuyt'", min_size=1, max_size=8).filter(lambda t: t[0] != "'"))
def test_a_stem_begins_as_its_word_does(word: str) -> None:
    assert stem(word)[0] == word[0]  # coverage looks up only words of the question's initials
