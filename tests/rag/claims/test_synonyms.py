from __future__ import annotations

from collections.abc import Callable

from rag.claims.direction import are_opposite
from rag.claims.evidence import Evidence
from rag.claims.full_names import check_full_names
from rag.claims.stems import comparable_stem
from rag.claims.synonyms import _SENSES, share_meant

Beside = Callable[..., Evidence]


def test_a_synonym_counts_and_an_invention_does_not(beside: Beside) -> None:
    source = "Norlink purchased the ferry."
    assert share_meant(beside("Norlink bought the ferry.", source)) == 1
    assert share_meant(beside("Norlink torched the ferry.", source)) < 0.75


def test_words_that_only_report_do_not_count(beside: Beside) -> None:
    assert share_meant(beside("The article mentions that Norlink is the owner.", "Norlink is the owner.")) == 1


def test_no_line_holds_rises_and_falls() -> None:
    for line in _SENSES.strip().splitlines():
        words = line.split()
        assert not ({comparable_stem("rise"), comparable_stem("fall")} <= set(map(comparable_stem, words))), line
        assert not (are_opposite("rise", words[0]) and "rise" in words), line


def test_a_name_made_of_two(beside: Beside) -> None:
    source = "The prizes are called the Orlas. On stage Finn Vester and Pia Ruud won an Orla. Orla Day is in May."
    assert '"Pia Vester"' in (check_full_names(beside("The winner was Pia Vester.", source)) or "")
    assert check_full_names(beside("The winner was Finn Vester.", source)) is None
    assert check_full_names(beside("The winners were Vester and Ruud.", source)) is None
