from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.visible import visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain text", "plain text"),
        ("\x1b[31mred\x07", "[31mred"),
        ("a\u200bb\u202ec\ufeff", "abc"),
        ("x" + chr(0xE0041), "x"),
        ("\ud800x", "x"),
        ("two\nlines\u00a0here", "two\nlines\u00a0here"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200cb", "ab"),
        ("", ""),
    ],
)
def test_what_acts_or_hides_is_left_out(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text())
def test_letters_digits_and_signs_stay_in_their_order(text: str) -> None:
    printed = [c for c in text if unicodedata.category(c)[0] in "LNPSM"]
    assert [c for c in visible(text) if unicodedata.category(c)[0] in "LNPSM"] == printed
    assert visible(visible(text)) == visible(text)
