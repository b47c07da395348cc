"""How far a run has come, on stderr: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol, TextIO

from ingest.counting import INDEXING, READING

LINE_SECONDS = 5.0
_WINDOW_SECONDS = 60.0
"""The rate is that of the last minute: unchanged articles pass quickly, new ones are embedded."""


class Display(Protocol):
    """What shows a progress, see `ingest.indexing.Progress`; used in a `with` block."""

    def __enter__(self) -> Display: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, done: int, total: int, title: str) -> None:
        """Takes a step."""
        ...


def open_display() -> Display:
    """A bar when stderr is a terminal, else lines."""
    return ProgressBar() if sys.stderr.isatty() else ProgressLines(sys.stderr)


class Rate:
    """Articles per second over the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: deque[tuple[float, int]] = deque([(clock(), 0)])

    def add(self, done: int) -> None:
        """Takes the number of articles done so far."""
        now = self._clock()
        if done == 0:
            self._steps.clear()  # reading is over only with the first article
        self._steps.append((now, done))
        while len(self._steps) > 2 and self._steps[0][0] < now - _WINDOW_SECONDS:
            self._steps.popleft()

    @property
    def per_second(self) -> float:
        """0 while nothing is known."""
        (start, before), (end, done) = self._steps[0], self._steps[-1]
        return (done - before) / (end - start) if end > start else 0.0


def describe(done: int, total: int, title: str, rate: float) -> str:
    """One step in words."""
    if title.startswith(INDEXING):
        return f"{done:,} articles done, {INDEXING}"
    if done == 0:
        return title if title.startswith(READING) else f"0 of {total:,} articles"
    speed = f", {rate:.1f} articles/s, {_duration((total - done) / rate)} left" if rate else ""
    return f"{done:,} of {total:,} articles{speed}"


def _duration(seconds: float) -> str:
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole} s" if minutes else f"{whole} s"


class ProgressLines:
    """A line every few seconds, for logs."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._rate = Rate(clock)
        self._next = clock() + LINE_SECONDS

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the lines that were printed."""

    def show(self, done: int, total: int, title: str) -> None:
        """See `Display`."""
        self._rate.add(done)
        if self._clock() >= self._next:
            self._next = self._clock() + LINE_SECONDS
            print(describe(done, total, title, self._rate.per_second), file=self._stream, flush=True)


class ProgressBar:
    """A bar that is gone when the run is."""

    def __enter__(self) -> ProgressBar:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._rate = Rate()
        self._bar = Progress(
            BarColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, done: int, total: int, title: str) -> None:
        """See `Display`."""
        self._rate.add(done)
        text = describe(done, total, title, self._rate.per_second)
        self._bar.update(self._task, completed=done, total=total or None, description=text)
