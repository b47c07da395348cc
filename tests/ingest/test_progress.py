"""A run says how far it has come, also where there is no terminal."""

from __future__ import annotations

import io

from ingest.counting import INDEXING
from ingest.progress import LINE_SECONDS, ProgressLines, Rate, describe


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_every_few_seconds_with_rate_and_time_left() -> None:
    clock, stream = Clock(), io.StringIO()
    with ProgressLines(stream, clock) as lines:
        for done in range(201):
            lines.show(done, 1500, "a title" if done else "reading /news/a.txt")
            clock.now += 0.1
    printed = stream.getvalue().splitlines()
    assert 20 / LINE_SECONDS - 1 <= len(printed) <= 20 / LINE_SECONDS
    assert printed[-1].endswith(" of 1,500 articles, 10.0 articles/s, 2 min 15 s left")


def test_a_short_run_prints_nothing() -> None:
    stream = io.StringIO()
    with ProgressLines(stream, Clock()) as lines:
        lines.show(1, 2, "a title")
    assert stream.getvalue() == ""


def test_the_rate_forgets_what_was_long_ago() -> None:
    clock = Clock()
    rate = Rate(clock)
    rate.add(1000)  # unchanged articles, in no time
    for done in range(1001, 1121):
        clock.now += 1.0
        rate.add(done)
    assert 0.95 < rate.per_second < 1.05


def test_reading_and_indexing_are_named_as_such() -> None:
    assert describe(0, 10, "reading /news/a.txt", 0.0) == "reading /news/a.txt"
    assert describe(10, 10, INDEXING, 3.0) == f"10 articles done, {INDEXING}"
    assert describe(0, 7300, "first", 0.0) == "0 of 7,300 articles"
    assert describe(100, 7300, "a title", 1.0).endswith("1.0 articles/s, 2 h 0 min left")
