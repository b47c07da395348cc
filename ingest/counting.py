"""How many articles a run is through with, told to whoever watches it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called as (articles done, articles in all as far as known, title); also while reading and indexing."""

READING, INDEXING = "reading", "bringing the index up to date"
"""What the title begins with while nothing is acknowledged."""


def silent(done: int, total: int, title: str) -> None:
    """The progress of a run that nobody watches."""


class Counted:
    """Progress that knows how much there is: about, while it is being read, and then what was read."""

    def __init__(self, progress: Progress | None, estimate: int) -> None:
        self._progress = progress or silent
        self._estimate = estimate
        self._documents = 0

    def read(self, name: str) -> None:
        self._documents += 1
        self._progress(0, max(self._documents, self._estimate), f"{READING} {name}")

    def advance(self, done: int, total: int, title: str) -> None:
        self._progress(done, max(self._documents, done), title)
