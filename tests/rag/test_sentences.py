from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import sentence_spans, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("He said “No.” Then he left.", ["He said “No.”", "Then he left."]),
        ("Mr. Ross of Huawei Co. Ltd. spoke.", ["Mr. Ross of Huawei Co. Ltd. spoke."]),
        ("It rose 2.5 per cent. Then it fell.", ["It rose 2.5 per cent.", "Then it fell."]),
        ("U.S. officials agreed. J. K. Rowling did not.", ["U.S. officials agreed.", "J. K. Rowling did not."]),
        ("A title\nA paragraph. Its end", ["A title", "A paragraph.", "Its end"]),
        ("中国表示反对。美国没有回应！", ["中国表示反对。", "美国没有回应！"]),
        ("On Oct. 8 it rose. Good.", ["On Oct. 8 it rose.", "Good."]),
        (" \n ", []),
    ],
)
def test_sentences_of_news(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(alphabet=st.sampled_from("ab .!?“”\"'\n\tÄ中。…A1"), max_size=300) | st.text(max_size=300))
def test_spans_cover_everything_but_white_space_in_order(text: str) -> None:
    spans = sentence_spans(text)
    position = 0
    for start, end in spans:
        assert text[position:start].strip() == ""
        assert start < end
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""
