"""Lists of work → lists of results, in order: done here, by local processes or by Ray, and always through `map`."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

TRIES = 2
"""Times that a work is begun before its items are tried one by one, and that each of those is."""
_PATIENCE = 0.1
"""Seconds between two attempts to end what is at work."""
_NO_MEMORY = re.compile(r"bad.?alloc|(?:failed to|can't|cannot|could not) alloc", re.IGNORECASE)
"""What OpenVINO, ONNX Runtime and torch say, as a RuntimeError."""


@dataclass(frozen=True, slots=True)
class Lost:
    """In the place of a result: the process that worked on this item alone died each time."""

    reason: str


class WorkerLost(Exception):
    """A process died with the work it was given; its text says how."""


class Workers(Protocol):
    """Whoever does the work; used in a `with closing(...)` block."""

    def map(self, task: Callable[[list[T]], list[R]], works: Iterable[list[T]]) -> Iterator[list[R | Lost]]:
        """The results of a task for each work, in their order.

        Takes only a few works more than it has given results for. Both `task` and works may be sent to
        another process. What a task raises is raised here.

        Args:
            task: Gives as many results as it is given items; an item's result does not depend on the others.
        """
        ...

    def close(self) -> None:
        """Ends all processes, also those at work."""
        ...


class InProcess:
    """Does the work itself, when its result is asked for."""

    def map(self, task: Callable[[list[T]], list[R]], works: Iterable[list[T]]) -> Iterator[list[R | Lost]]:
        """See `Workers.map`."""
        for work in works:
            yield [*task(work)]

    def close(self) -> None:
        """There is nothing to end."""


class ParallelWorkers(ABC):
    """Some processes, each with a thread here that gives it work and waits for the result.

    A work whose process died is done again; if that fails too, item by item, so that one bad item
    costs nothing but itself.
    """

    def __init__(self, count: int) -> None:
        """Starts nothing yet.

        Args:
            count: Works done at a time.
        """
        self._ahead = 2 * count
        self._closing = False
        self._given: set[Future[Any]] = set()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="ingest-worker")

    @abstractmethod
    def _run(self, task: Callable[[list[Any]], list[Any]], work: list[Any]) -> list[Any]:
        """One attempt, from one of the threads.

        Raises:
            WorkerLost: The process died.
        """

    @abstractmethod
    def _interrupt(self) -> None:
        """Makes every `_run` raise that waits for a process; called again until none waits."""

    @abstractmethod
    def _end(self) -> None:
        """Ends all processes, of which none is at work."""

    def map(self, task: Callable[[list[T]], list[R]], works: Iterable[list[T]]) -> Iterator[list[R | Lost]]:
        """See `Workers.map`."""
        waiting: deque[Future[list[R | Lost]]] = deque()
        try:
            for work in works:
                waiting.append(self._give(task, work))
                while waiting and (len(waiting) > self._ahead or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """See `Workers.close`."""
        self._closing = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        while wait(self._given, timeout=_PATIENCE).not_done:
            self._interrupt()
        self._end()

    def _give(self, task: Callable[[list[T]], list[R]], work: list[T]) -> Future[list[R | Lost]]:
        future = self._threads.submit(self._do, task, work)
        self._given.add(future)
        future.add_done_callback(self._given.discard)
        return future

    def _do(self, task: Callable[[list[Any]], list[Any]], work: list[Any]) -> list[Any]:
        reason = ""
        for _ in range(TRIES):
            if self._closing:
                raise CancelledError
            try:
                return self._run(task, work)
            except WorkerLost as lost:
                reason = str(lost)
        if len(work) == 1:
            return [Lost(reason)]
        return [result for item in work for result in self._do(task, [item])]


def is_out_of_memory(error: BaseException) -> bool:
    """True also for what native libraries raise in that case; nothing of theirs is to be trusted after it."""
    return isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)) is not None


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def threads_each(count: int) -> int:
    """Threads for each of some processes that share this machine."""
    return max(1, cores() // count)
