from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web import scenes
from tests.web.test_escaping import text_of
from web.disagreements import disagreements_html
from web.statements import MACHINE_NOTE

(DISAGREEMENT,) = scenes.disagreement().disagreements
CITED = scenes.disagreement().citations


def test_each_side_shows_its_value_speaker_outlet_and_date_and_opens_its_source() -> None:
    shown = disagreements_html(3, [DISAGREEMENT], CITED)
    herald, post = shown.split("</li>")[:2]
    assert "40" in text_of(herald.partition("<li>")[2])
    for words in ("Bay Herald · 1 Mar 2021", ">the port authority<", "and 1 more story", 'href="#s-3-1"'):
        assert words in herald
    for words in ("53", "Coast Post · 2 Mar 2021", 'href="#s-3-2"'):
        assert words in post
    assert "more story" not in post


def test_a_side_whose_source_is_unknown_has_no_link() -> None:
    assert 'href="#s-1-2"' not in disagreements_html(1, [DISAGREEMENT], CITED[:1])


@pytest.mark.parametrize(
    ("kind", "words"),
    [("figure", "The articles give different figures: x"), ("claim", "The articles disagree: x"), ("?", "disagree: x")],
)
def test_the_kind_is_said_in_words(kind: str, words: str) -> None:
    assert words in disagreements_html(1, [replace(DISAGREEMENT, kind=kind, subject="x")], CITED)


def test_nothing_is_shown_where_nothing_is_opposed() -> None:
    assert disagreements_html(1, [], CITED[:1]) == ""
    assert disagreements_html(1, [replace(DISAGREEMENT, sides=())], CITED[:1]) == ""


def test_a_side_from_a_passage_with_an_order_says_so() -> None:
    assert MACHINE_NOTE not in disagreements_html(1, [DISAGREEMENT], CITED)
    marked = [CITED[0], replace(CITED[1], speaks_to_machine=True)]
    herald, post = disagreements_html(1, [DISAGREEMENT], marked).split("</li>")[:2]
    assert MACHINE_NOTE not in herald
    assert MACHINE_NOTE in post
