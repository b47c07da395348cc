"""The quick looks at a text: what they leave out is never what a slow look would have found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.captions import _CAPTIONS, is_caption
from ingest.characters import unusual
from ingest.cleaning import normalise_characters, tidy_lines
from ingest.language import _words

TEXTS = st.text(
    st.sampled_from("aZé.:-_7 \t\n\r\v\u00a0\u200b\u200d\u2028\u3000\ufeff\x00\x85’می中\ud800\U0001f468"), max_size=60
)


@given(TEXTS)
def test_unusual_is_everything_but_printable_ascii_and_line_feeds(text: str) -> None:
    assert unusual(text) == "".join(c for c in text if not (" " <= c <= "~" or c == "\n"))


@given(TEXTS)
def test_lines_come_out_as_if_every_character_were_looked_at(text: str) -> None:
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n")]
    assert tidy_lines(text) == re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x85\u00a0\u200b\u2028\ufeff\ud800]|  | \n|\n ", normalise_characters(text)
    )


@given(TEXTS)
def test_words_are_runs_of_letters(text: str) -> None:
    assert _words(text) == [word.encode("utf-8", "surrogatepass") for word in re.findall(r"[^\W\d_]+", text)]


@pytest.mark.parametrize("rule", [rule for _, rule in _CAPTIONS])
def test_every_caption_holds_what_is_looked_for_first(rule: re.Pattern[str]) -> None:
    @settings(max_examples=12)
    @given(st.from_regex(rule, fullmatch=True))
    def found(line: str) -> None:
        assert is_caption(line) or len(line) > 500 or line.endswith(" Prev Next")

    found()
