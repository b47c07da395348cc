"""Text that was misread on its way is repaired where there is no doubt, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mojibake import repair_mojibake


def misread(text: str) -> str:
    """UTF-8 read as Windows-1252, as browsers and spreadsheets do."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "It’s “good” – really.",
        "Le président a déclaré, l’été.",
        "Źródła rządowe twierdzą, że spółka wstrzymała wysyłkę.",
        "Представитель министерства",
        "外交部发言人",
        "First line.\n\nIt’s the third.",
        "price £5 and £6",
    ],
)
def test_misread_text_is_repaired(text: str) -> None:
    assert repair_mojibake(misread(text))[0] == text
    assert repair_mojibake(misread(misread(text)))[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "«CAFÉ» est là, voilà… là.",
        "He said CAFÉ… and MALMÖ” and ÅRE”.",
        "SÃO PAULO, NÃO, AMANHÃ” disse.",
        "The page showed Ã© instead.",
        "“Itâ€™s” stood beside a right “é”.",
        "20 Â° and nothing else",
    ],
)
def test_text_that_may_be_right_is_left_alone(text: str) -> None:
    assert repair_mojibake(text) == (text, 0)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F)))
def test_what_is_repaired_was_misread(text: str) -> None:
    repaired, lines = repair_mojibake(text)
    assert (lines == 0) == (repaired == text)
    assert len(repaired) <= len(text)


@given(st.text(st.sampled_from("abc ’“”–éüß£€ñ…"), min_size=3).filter(lambda t: "’" in t))
def test_every_misread_line_comes_back(text: str) -> None:
    assert repair_mojibake(misread(text))[0] == text
