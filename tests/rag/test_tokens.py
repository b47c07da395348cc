from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.tokens import content_stems, tokens


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
