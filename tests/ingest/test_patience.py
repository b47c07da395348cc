"""A document that takes for ever is a skip with a reason; nothing around it notices."""

from __future__ import annotations

import contextlib
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.articles import read_articles
from ingest.readers.patience import each_within_time, within_time
from ingest.records import Skipped, Unreadable
from rag.records import Article
from rag.settings import Settings


@pytest.fixture(autouse=True)
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.patience.MAX_SECONDS", 0.1)
    monkeypatch.setattr("ingest.readers.patience._AGAIN", 0.05)


def _loop() -> None:
    while True:
        pass


def _loop_that_catches() -> None:
    while True:
        with contextlib.suppress(Exception):
            _loop()


def _loop_that_catches_everything_once() -> None:
    try:
        _loop()
    except BaseException:
        _loop()


def _blow_up() -> None:
    re.match(r"(a+)+b", "a" * 60)


@pytest.mark.parametrize("endless", [_loop, _loop_that_catches, _loop_that_catches_everything_once, _blow_up])
def test_what_does_not_end_is_ended(endless: Callable[[], None]) -> None:
    handler = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(Unreadable, match=r"takes more than 0\.1 s to read"):
        within_time(endless)
    assert signal.getsignal(signal.SIGVTALRM) is handler
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_what_ends_in_time_gives_what_it_gives_and_waiting_costs_nothing() -> None:
    def sleepy() -> str:
        time.sleep(0.3)
        return "read"

    assert within_time(sleepy) == "read"
    with pytest.raises(ValueError, match="sea"):
        within_time(lambda: int("sea"))
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_of_many_those_before_the_endless_one_are_kept() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        _loop()

    read = each_within_time(items())
    assert (next(read), next(read)) == (1, 2)
    with pytest.raises(Unreadable):
        next(read)


def test_another_thread_reads_without_a_limit() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(within_time(lambda: "read")))
    thread.start()
    thread.join()
    assert found == ["read"]


def test_a_page_that_takes_long_is_skipped_and_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.patience.MAX_SECONDS", 60.0)
    assert isinstance(
        next(read_articles([_page(tmp_path / "a.html", 9)], Settings())), Article
    )  # imports take long too
    monkeypatch.setattr("ingest.readers.patience.MAX_SECONDS", 0.1)
    _page(tmp_path / "a.html", 8_000)
    (tmp_path / "b.txt").write_text("The board met.\n\nIt rained. Nobody came to the harbour.")
    read = list(read_articles([tmp_path / "a.html", tmp_path / "b.txt"], Settings()))
    assert [type(item) for item in read] == [Skipped, Article]
    assert isinstance(read[0], Skipped)
    assert "takes more than" in read[0].reason


def _page(path: Path, paragraphs: int) -> Path:
    lines = "".join(f"<p>Paragraph {n} says that fees rose by {n} <b>euros</b>.</p>" for n in range(paragraphs))
    path.write_text(f"<html><body><article>{lines}</article></body></html>")
    return path
