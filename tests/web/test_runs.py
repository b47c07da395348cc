from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rag.errors import ModelUnavailable
from rag.events import Event, PassagesFound
from web.runs import Ending, Runs


class Stream:
    """Events that come only when they are let go, and a note when the stream was closed."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.gate = threading.Semaphore(0)
        self.closed = threading.Event()

    def open(self) -> Iterator[Event]:
        try:
            for number in range(self.count):
                self.gate.acquire()
                yield PassagesFound(str(number), ())
        finally:
            self.closed.set()


def test_events_pass_in_order_to_the_end() -> None:
    stream = Stream(3)
    stream.gate.release(3)
    events = list(Runs().follow("run", stream.open))
    assert [e.standalone_question for e in events if isinstance(e, PassagesFound)] == ["0", "1", "2"]


@pytest.mark.parametrize("ending", list(Ending))
def test_an_ending_comes_at_once_although_the_next_event_is_slow(ending: Ending) -> None:
    runs, stream = Runs(), Stream(3)
    stream.gate.release()
    events = runs.follow("run", stream.open)
    next(events)
    assert runs.end("run", ending)
    assert list(events) == [ending]
    stream.gate.release()
    assert stream.closed.wait(5), "the model is let go at its next event"


def test_an_ending_counts_although_everything_has_come_already() -> None:
    runs, stream = Runs(), Stream(3)
    stream.gate.release(3)
    events = runs.follow("run", stream.open)
    next(events)
    assert stream.closed.wait(5), "the stream is read to its end"
    assert runs.end("run", Ending.FORGOTTEN)
    assert list(events) == [Ending.FORGOTTEN]


def test_a_finished_run_can_no_longer_be_ended() -> None:
    runs, stream = Runs(), Stream(1)
    stream.gate.release()
    list(runs.follow("run", stream.open))
    assert not runs.end("run", Ending.STOPPED)
    assert not runs.end("never began", Ending.STOPPED)


def test_one_reader_cannot_end_the_answer_of_another() -> None:
    runs, mine, theirs = Runs(), Stream(2), Stream(2)
    my_events, their_events = runs.follow("mine", mine.open), runs.follow("theirs", theirs.open)
    for stream, events in ((mine, my_events), (theirs, their_events)):
        stream.gate.release()
        next(events)
    runs.end("mine", Ending.STOPPED)
    theirs.gate.release()
    assert list(my_events) == [Ending.STOPPED]
    assert [type(event) for event in their_events] == [PassagesFound]


def test_errors_of_the_stream_are_raised_where_it_is_followed() -> None:
    def broken() -> Iterator[Event]:
        yield PassagesFound("q", ())
        raise ModelUnavailable("down")

    events = Runs().follow("run", broken)
    next(events)
    with pytest.raises(ModelUnavailable, match="down"):
        next(events)


def test_a_reader_who_leaves_lets_the_stream_go() -> None:
    runs, stream = Runs(), Stream(2)
    stream.gate.release()
    events = runs.follow("run", stream.open)
    next(events)
    events.close()  # type: ignore[attr-defined]
    stream.gate.release()
    assert stream.closed.wait(5)
    assert not runs.end("run", Ending.STOPPED)
