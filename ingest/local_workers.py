"""Work done by processes of this machine, started afresh so that they hold none of our files and locks."""

from __future__ import annotations

import errno
import os
import resource
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ingest.workers import ParallelWorkers, WorkerLost, is_out_of_memory
from rag.network_seal import is_sealed, seal

_SPAWN = get_context("spawn")
_PATIENCE = 5.0
"""Seconds for a process to end when it is told to."""
_OUT_OF_MEMORY = errno.ENOMEM
"""Exit code of a process that met its limit."""
_FIRST_TO_GO = "800"
"""Where the whole machine runs out of memory, the kernel ends a worker rather than the writer or a server."""


class LocalWorkers(ParallelWorkers):
    """Processes of this machine; each starts with the first work that is for it."""

    def __init__(self, count: int, threads: int, memory: int) -> None:
        """Starts nothing yet.

        Args:
            count: Processes.
            threads: For the libraries that take their number from the environment.
            memory: Bytes of data that each may have.
        """
        super().__init__(count)
        self._workers = [_Worker(threads, memory) for _ in range(count)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    @property
    def pids(self) -> list[int]:
        """Of the processes that are running."""
        return [worker.pid for worker in self._workers if worker.pid]

    def _run(self, task: Callable[[list[Any]], list[Any]], work: list[Any]) -> list[Any]:
        worker = self._idle.get()
        try:
            return worker.ask(task, work)
        finally:
            self._idle.put(worker)

    def _interrupt(self) -> None:
        for worker in self._workers:
            worker.end()

    def _end(self) -> None:
        for worker in self._workers:
            worker.end()
            worker.bury()


class _Worker:
    """One process, started when it is first asked, and again after it died."""

    _starting = threading.Lock()
    """`multiprocessing` looks after all children whenever it starts one."""

    def __init__(self, threads: int, memory: int) -> None:
        self._threads = threads
        self._memory = memory
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._is_ended = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ask(self, task: Callable[[list[Any]], list[Any]], work: list[Any]) -> list[Any]:
        """The task's results.

        Raises:
            WorkerLost: The process died.
        """
        pipe = self._pipe or self._start()
        try:
            pipe.send((task, work))
            outcome: list[Any] | BaseException = pipe.recv()
        except (EOFError, OSError):
            raise WorkerLost(self.bury()) from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def end(self) -> None:
        """Ends the process for good; whoever waits for it gets `WorkerLost`."""
        with self._starting:
            self._is_ended = True
            if self._process:
                self._process.terminate()

    def _start(self) -> Connection:
        ours, theirs = _SPAWN.Pipe()
        with self._starting:
            if self._is_ended:
                raise WorkerLost("it was ended")
            self._process = _SPAWN.Process(
                target=serve, args=(theirs, self._threads, self._memory, is_sealed()), daemon=True
            )
            self._process.start()
        theirs.close()
        self._pipe = ours
        return ours

    def bury(self) -> str:
        """Clears the dead process away, if there is one; how it died."""
        if self._process is None or self._pipe is None:
            return ""
        self._pipe.close()
        self._process.join(_PATIENCE)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        code = self._process.exitcode or 0
        self._process = self._pipe = None
        if code == _OUT_OF_MEMORY:
            return f"needs more than the {self._memory:,} bytes of ingest_worker_memory"
        return f"the process that worked on it died each time ({_death(code)})"


def serve(pipe: Connection, threads: int, memory: int, sealed: bool) -> None:
    """What a process does: takes a task and a work, sends the results or what was raised, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the writer ends them in order
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if sealed:
        seal()
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            task, work = pipe.recv()
            pipe.send(_outcome(task, work))


def _outcome(task: Callable[[list[Any]], list[Any]], work: list[Any]) -> list[Any] | Exception:
    try:
        return task(work)
    except Exception as error:  # goes on in the writer
        if is_out_of_memory(error):
            os._exit(_OUT_OF_MEMORY)
        error.add_note(traceback.format_exc())
        return error


def _death(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
