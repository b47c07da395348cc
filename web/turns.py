"""Whose turn it is: few answers at a time, for page and programs together, and few questions that wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import TooManyQuestions


class Turns:
    """Lets so many in at once and so many wait; whoever comes after them is told to come back.

    Args:
        patience: Seconds that one waits.
    """

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self._at_once = at_once
        self._may_wait = waiting
        self._patience = patience
        self._changed = threading.Condition()
        self._running = 0
        self._waiting = 0

    @contextmanager
    def turn(self, patience: float | None = None) -> Iterator[None]:
        """Waits for a turn and holds it within the block.

        Raises:
            TooManyQuestions: Nobody more may wait, or it took too long.
        """
        with self._changed:
            self._wait(self._patience if patience is None else patience)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()

    def _wait(self, patience: float) -> None:
        if self._is_free():
            return
        if self._waiting >= self._may_wait:
            raise self._refusal()
        self._waiting += 1
        try:
            if not self._changed.wait_for(self._is_free, patience):
                raise self._refusal()
        finally:
            self._waiting -= 1

    def _is_free(self) -> bool:
        return self._running < self._at_once

    def _refusal(self) -> TooManyQuestions:
        return TooManyQuestions(
            f"{self._running} questions are being answered and {self._waiting} wait (settings answers_at_once, "
            "answers_waiting). Ask again in some seconds."
        )
