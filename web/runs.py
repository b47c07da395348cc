"""Answers while they are written: each can be ended from another request, at once and in order.

Gradio can cancel a running event, but what the event sends last and what the cancelling handler sends
then race. Here a request to end only tells the writer of the answer, which has the last word itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from enum import StrEnum
from queue import SimpleQueue

from rag.events import Event


class Ending(StrEnum):
    """Why an answer ends before it is complete."""

    STOPPED = "stopped"
    FORGOTTEN = "forgotten"


class _Run:
    """One answer: what has come of its stream, and the ending asked for."""

    def __init__(self) -> None:
        self.inbox: SimpleQueue[Event | Exception | None] = SimpleQueue()
        self.ending: Ending | None = None
        self.over = threading.Event()

    def read(self, open_stream: Callable[[], Iterator[Event]]) -> None:
        """Fills the inbox until the stream ends or nobody waits for it any more."""
        try:
            for event in open_stream():
                if self.over.is_set():
                    return
                self.inbox.put(event)
            self.inbox.put(None)
        except Exception as error:
            self.inbox.put(error)


class Runs:
    """The answers being written at this moment, by the id of their run."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._lock = threading.Lock()

    def follow(self, run_id: str, open_stream: Callable[[], Iterator[Event]]) -> Iterator[Event | Ending]:
        """The events of a stream as they come; last an Ending if one was asked for.

        The stream is read in a thread of its own, so that an ending need not wait for a slow event. After
        an ending the thread stops at the next event, which closes the stream.

        Raises:
            Whatever the stream raises.
        """
        run = self._runs[run_id] = _Run()
        threading.Thread(target=run.read, args=(open_stream,), daemon=True).start()
        try:
            while (item := run.inbox.get()) is not None and run.ending is None:
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            with self._lock:  # from here on `end` says no, so no ending it promised is lost
                del self._runs[run_id]
            run.over.set()
        if run.ending is not None:
            yield run.ending

    def end(self, run_id: str, ending: Ending) -> bool:
        """Asks a run to end; False if no such answer is being written."""
        with self._lock:
            run = self._runs.get(run_id)
            if run is None:
                return False
            run.ending = ending
        run.inbox.put(None)
        return True
