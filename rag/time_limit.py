"""A stream of results with a wall-clock limit on all of it, whatever it computes or waits for.

Python cannot interrupt a computation, so it runs in a thread of its own. When the time is up its consumer gets an
error at once, and the thread ends at its next result.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Result = TypeVar("Result")


class _Reader(Generic[Result]):
    """A stream being read: its results, then what ended it."""

    def __init__(self, stream: Iterator[Result]) -> None:
        self.inbox: SimpleQueue[tuple[Result] | BaseException | None] = SimpleQueue()
        self.over = threading.Event()
        self._stream = stream

    def read(self) -> None:
        try:
            for result in self._stream:
                self.inbox.put((result,))
                if self.over.is_set():
                    break
            self.inbox.put(None)
        except BaseException as error:
            self.inbox.put(error)
        finally:
            close = getattr(self._stream, "close", None)
            if close is not None:
                close()


def within(seconds: float, stream: Iterator[Result], late: Callable[[], Exception]) -> Iterator[Result]:
    """The results of a stream as they come, for that many seconds from the first one asked for.

    Args:
        late: Makes what is raised when the time is up.

    Raises:
        Whatever the stream raises.
    """
    end = time.monotonic() + seconds
    reader = _Reader(stream)
    threading.Thread(target=reader.read, name="answer", daemon=True).start()
    try:
        while True:
            try:
                item = reader.inbox.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                raise late() from None
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        reader.over.set()
