from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.bindings import check_bindings
from rag.claims.evidence import Evidence
from rag.claims.mentions import known_names, mentions, statements
from rag.claims.texts import read, read_sources

Beside = Callable[..., Evidence]

TALKS = (
    "Pia Ruud, the transport minister, said the tunnel would open in spring. Oddvar Lie, head of the seamen's union, "
    "warned that the ferries would lose half of their crews. He accused Norlink of hiding the contract."
)


@pytest.mark.parametrize(
    ("claim", "whose"),
    [
        ("Pia Ruud warned that the ferries would lose half of their crews.", "Oddvar Lie"),
        ("Oddvar Lie said the tunnel would open in spring.", "Pia Ruud"),
        ("Analysts warned that the ferries would lose half of their crews.", "Oddvar Lie"),
    ],
)
def test_words_in_the_wrong_mouth(beside: Beside, claim: str, whose: str) -> None:
    assert whose in (check_bindings(beside(claim, TALKS)) or "")


@pytest.mark.parametrize(
    "claim",
    [
        "Transport minister Pia Ruud said the tunnel would open in spring.",
        "Lie warned that the ferries would lose half of their crews.",
        "Oddvar Lie accused Norlink of hiding the contract.",
        "The ferries would lose half of their crews, Oddvar Lie said.",
    ],
)
def test_the_right_speaker_passes_by_surname_and_pronoun(beside: Beside, claim: str) -> None:
    assert check_bindings(beside(claim, TALKS)) is None


def test_the_deed_of_one_company_told_of_another(beside: Beside) -> None:
    source = (
        "Crews of Norlink met. Norlink spoke of a sad day. Fjordia added that it had spent years repairing the quay."
    )
    assert "Fjordia" in (check_bindings(beside("Norlink spent years repairing the quay.", source)) or "")
    assert check_bindings(beside("Fjordia spent years repairing the quay.", source)) is None


def test_a_noun_for_a_company_means_those_named_before(beside: Beside) -> None:
    source = "Shares in Norlink fell. The company said it expected no effect on its winter timetable. Fjordia is new."
    assert check_bindings(beside("Norlink said it expected no effect on its winter timetable.", source)) is None


def test_a_name_that_opens_a_sentence_is_one_when_it_is_elsewhere() -> None:
    sources = read_sources(("The owner is Norlink. Norlink closed the quay. Rain closed the road.",))
    known = known_names(sources)
    assert [m.shown for s in sources.sentences for m in mentions(s, known)] == ["Norlink", "Norlink"]


def test_an_office_is_not_its_country() -> None:
    (sentence,) = read("Yesterday the Chinese embassy in Oslo objected.")
    assert [(m.shown, m.is_country) for m in mentions(sentence, frozenset())] == [
        ("Chinese embassy", False),
        ("Oslo", False),
    ]


def test_every_word_of_the_sources_is_in_one_statement() -> None:
    sources = read_sources((TALKS,))
    assert sum(len(s.span) for s in statements(sources)) == sum(len(s.words) for s in sources.sentences)
