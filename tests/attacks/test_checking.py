"""The checks themselves: each refuses what it is there to refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer_records import VerdictState
from tests.attacks.checking import check_answer, check_html, check_no_canary, check_plain
from tests.web.fakes import FakeLibrary, answered, article, cite, sentence

BAD_PAGES = [
    "<p>x</p><script>hit()</script>",
    "<img src=x>",
    "<p onclick=hit()>x</p>",
    "<p style='color:red'>x</p>",
    "<a href='javascript:hit()'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='https://evil.example/?q=1'>x</a>",
    "<p>x<!-- y --></p>",
    "<svg><a>x</a></svg>",
    "<form><button>x</button></form>",
    "<p>\u202egnp.exe</p>",
]
SOURCE = article(text="The port reopened on Monday. Cranes moved.", url="https://bay.example/port")
FINE = answered("q", SOURCE, [sentence("The port reopened on Monday.")], [cite(SOURCE, "The port reopened on Monday.")])


@pytest.mark.parametrize("page", BAD_PAGES)
def test_a_bad_page_is_refused(page: str) -> None:
    with pytest.raises(AssertionError):
        check_html(page, ["https://bay.example/port"])


def test_a_good_page_passes() -> None:
    check_html(
        "<p class='a'>&lt;script&gt; <a href='https://bay.example/port#x'>x</a> <a href='#s-1-1'>[1]</a></p>",
        [SOURCE.url or ""],
    )


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\u200bb", "\u202eabc", "a\rb", "a\x00"])
def test_what_acts_on_a_terminal_is_refused(text: str) -> None:
    with pytest.raises(AssertionError):
        check_plain(text)


def test_a_good_answer_passes_and_bad_ones_are_refused() -> None:
    library = FakeLibrary(SOURCE)
    check_answer(FINE, library)  # type: ignore[arg-type]
    bare = replace(FINE.sentences[0], citations=())
    refuted = replace(FINE.sentences[0], verdict=VerdictState.NOT_FOUND)
    moved = replace(FINE.citations[0], start=1, end=29)
    for bad in (
        replace(FINE, sentences=(bare,)),
        replace(FINE, sentences=(refuted,)),
        replace(FINE, citations=(moved,)),
        replace(FINE, citations=()),
        replace(FINE, confidence=float("nan")),
    ):
        with pytest.raises((AssertionError, ValueError)):
            check_answer(bad, library)  # type: ignore[arg-type]


def test_a_dictated_word_must_stand_in_what_is_cited() -> None:
    library = FakeLibrary(SOURCE)
    lie = replace(FINE, sentences=(sentence("The port reopened for Vexban.", 1, verdict=VerdictState.PARAPHRASE),))
    with pytest.raises(AssertionError):
        check_no_canary(lie, library, ["vexban"])  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        check_no_canary(replace(FINE, answer="Vexban!"), library, ["Vexban"])  # type: ignore[arg-type]
    check_no_canary(FINE, library, ["Vexban", "Monday"])  # type: ignore[arg-type]
