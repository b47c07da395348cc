"""A limit on the processor time that one document may take, whatever a parser does with it.

Sizes are limited elsewhere, and what is known to take quadratic time is refused before it is parsed; this is
for what is not known. A timer of the process's own processor time interrupts Python code and patterns wherever
they are; a single call into C (libxml2, zlib) ends first. Such calls are bounded by the size of the document.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

from ingest.records import Unreadable

MAX_SECONDS = 60.0
"""Of this process's own work: a loaded or sleeping machine does not count."""
_AGAIN = 0.5
"""Seconds until a parser that swallowed the first interruption is interrupted again."""

T = TypeVar("T")


class _TimeUp(BaseException):
    """No `Exception`, which parsers catch and go on."""


def within_time(read: Callable[[], T]) -> T:
    """What a call gives, if it gives it in time; other threads than the main one cannot be interrupted, and wait.

    Raises:
        Unreadable: It does not.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return read()
    is_over = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        if not is_over:
            raise _TimeUp

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS, _AGAIN)
    try:
        try:
            return read()
        finally:
            is_over = True
    except _TimeUp:
        raise Unreadable(f"takes more than {MAX_SECONDS:g} s to read: damaged, or made to take long") from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def each_within_time(items: Iterator[T]) -> Iterator[T]:
    """The items, each read in time.

    Raises:
        Unreadable: One is not; those after it are lost.
    """
    end = object()
    while (item := within_time(lambda: next(items, end))) is not end:
        yield item  # type: ignore[misc]
