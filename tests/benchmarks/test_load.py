"""Three chats on a real page while articles are added; and that the benchmark notices what it is there to notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.baselines.page_chats import Page, Turn, stories, take_turn, town
from benchmarks.load import Adding, counted, run
from ingest.indexing import ingest as ingest_here
from rag.settings import load_settings

QUESTION, ANSWER = stories(0)[0].turns[0]
OWN, OTHERS = town(0), [town(1), town(2)]


class ScriptedPage(Page):
    """Shows a given conversation."""

    def __init__(self, *bubbles: str) -> None:
        self._bubbles = list(bubbles)

    def ask(self, question: str) -> list[str]:
        """See `Page`."""
        if not self._bubbles:
            raise RuntimeError("queue is full")
        return self._bubbles


def turn(*bubbles: str) -> Turn:
    return take_turn(ScriptedPage(*bubbles), [QUESTION], ANSWER, OWN, OTHERS)


def test_a_right_turn_of_ones_own_chat_is_counted_as_such() -> None:
    right = turn(QUESTION, f"Searched for: Who built the bridge of {OWN}? It cost {ANSWER} crowns.")
    assert (right.error, right.mixed, right.right) == (None, None, True)
    assert not turn(QUESTION, "It cost much.").right


@pytest.mark.parametrize(
    "bubbles",
    [
        (QUESTION, f"The bridge of {OTHERS[0]} is open."),
        ("Another question?", "It cost much."),
        (QUESTION, "It cost much.", QUESTION, "It cost much."),
        (QUESTION, "Searched for: Who built the bridge of Elsewhere? It cost much."),
    ],
)
def test_what_is_of_another_chat_is_noticed(bubbles: Sequence[str]) -> None:
    assert turn(*bubbles).mixed


def test_errors_are_noticed() -> None:
    assert turn().error
    assert turn(QUESTION, "No answer. The model does not answer.").error


def test_lost_articles_and_growing_memory_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The port reopened on Monday.")
    library = tmp_path / "library"
    ingest_here([tmp_path / "a.txt"], load_settings(library=library))
    adding = Adding(tmp_path, library, first_town=1, acknowledged=["gone"], runs=1)
    result = counted([Turn(1.0)], [100.0] * 6 + [120.0] * 2, adding, [], 1, 8.0)
    assert result.lost == 1
    assert result.memory_growth == 1.2
    assert not result.holds


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_chats_and_an_ingest_at_once(tmp_path: Path) -> None:
    result = run(tmp_path, chats=3, seconds=25.0)
    assert result.problems == []
    assert (result.errors, result.mixed, result.lost, result.not_found) == (0, 0, 0, 0)
    assert result.answers >= 6
    assert result.right == result.answers
    assert result.ingest_runs >= 1
