from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from rag.citations import DraftSentence
from rag.structured_reply import StructuredParser

REPLY = '{"sentences": [{"text": "It said \\"no {way}\\".", "passages": [1, 3, 1]}, {"text": "Two.", "passages": []}]}'


def parsed(text: str, size: int = 1) -> list[DraftSentence]:
    parser = StructuredParser()
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    return [s for piece in pieces for s in parser.feed(piece)] + parser.finish()


@given(st.integers(1, 200))
def test_no_way_of_cutting_the_stream_changes_the_sentences(size: int) -> None:
    assert parsed(REPLY, size) == [DraftSentence('It said "no {way}".', (1, 3)), DraftSentence("Two.")]


def test_a_sentence_appears_as_soon_as_its_object_is_closed() -> None:
    parser = StructuredParser()
    assert parser.feed('{"sentences": [{"text": "One.", "passages": [2]') == []
    assert parser.feed("}") == [DraftSentence("One.", (2,))]


def test_a_sentence_that_was_cut_is_dropped() -> None:
    assert parsed(REPLY[:-30]) == [DraftSentence('It said "no {way}".', (1, 3))]


def test_markers_in_the_text_count_too_and_are_taken_out_of_it() -> None:
    (one, two) = parsed('{"sentences": [{"text": "One [2]. Two.", "passages": [3]}]}')
    assert (one, two) == (DraftSentence("One.", (2, 3)), DraftSentence("Two.", (3,)))


def test_what_names_no_passage_is_kept_as_malformed() -> None:
    (sentence,) = parsed('{"sentences": [{"text": "One.", "passages": ["first", 0, -1, true, 2.5, 4]}]}')
    assert sentence.markers == (4,)
    assert sentence.malformed == ("first", "0", "-1", "True", "2.5")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_is_read_without_an_error(document: object) -> None:
    for wrapped in (document, {"sentences": [document]}, {"sentences": [{"text": document, "passages": document}]}):
        assert all(s.text for s in parsed(json.dumps(wrapped), 7))


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    parsed(text)
    parsed('{"sentences": [{' + text)
