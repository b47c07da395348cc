"""Work done by Ray: a cluster of this machine that lives as long as the run, or one that is there."""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.workers import ParallelWorkers, WorkerLost, cores, is_out_of_memory, threads_each
from rag.errors import SettingsError
from rag.network_seal import is_sealed, seal

LOCAL = "local"
"""In the place of an address: a cluster of this machine."""
_OBJECT_STORE = 100_000_000
"""Bytes; the works and results on their way are a few megabytes, and Ray would take a third of the memory."""
_ANSWERS_WITHIN = 10.0
_TOO_MUCH = "needs more memory than Ray leaves to its worker"
_SHORT = Path("/tmp")
"""Ray's sockets lie deep in its directory, and the name of a socket has at most 107 characters."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",  # a task that comes too late is not to start a cluster of its own
}
_ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""For a cluster of this machine: what Ray calls no cluster, one whose servers listen on loopback only."""


def require_ray() -> None:
    """Says at once, and without loading it, that Ray is not installed.

    Raises:
        SettingsError: It is not.
    """
    if importlib.util.find_spec("ray") is None:
        raise SettingsError("ingestion on Ray needs the package ray. Run: pip install 'groundwire[ray]'")


class RayWorkers(ParallelWorkers):
    """Tasks of a Ray cluster, one processor each; Ray starts their processes, and new ones for those that died."""

    def __init__(self, address: str, count: int = 0) -> None:
        """Starts a cluster, or connects to one.

        Args:
            address: `LOCAL`, or host:port of a cluster that this machine belongs to, or "auto".
            count: Tasks at a time; 0 for one for each processor of the cluster.

        Raises:
            SettingsError: Ray is not installed, or no cluster is there.
        """
        require_ray()
        self._directory: Path | None = None
        self.threads = threads_each(count or cores()) if address == LOCAL else 1
        self._ray = _loaded(is_alone=address == LOCAL)
        self._in_flight: set[Any] = set()
        self._sealed = address == LOCAL and is_sealed()
        self._is_ours = not self._ray.is_initialized()
        try:
            if self._is_ours and address == LOCAL:
                self._start(count or cores())
            elif self._is_ours:
                self._connect(address)
            super().__init__(count or max(1, int(self._ray.cluster_resources().get("CPU", 1))))
        except BaseException:
            self._end()
            raise
        self._perform = self._ray.remote(num_cpus=1, max_retries=0)(perform)  # `ParallelWorkers` does it again

    def _start(self, count: int) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="groundwire-ray-", dir=_SHORT if _SHORT.is_dir() else None))
        with _as_guest():
            self._ray.init(
                num_cpus=count,
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE,
                configure_logging=False,
                log_to_driver=False,
                _temp_dir=str(self._directory),
            )

    def _connect(self, address: str) -> None:
        try:
            if address != "auto":  # Ray would try for minutes, and say so
                host, _, port = address.rpartition(":")
                socket.create_connection((host, int(port)), _ANSWERS_WITHIN).close()
            with _as_guest():
                self._ray.init(address=address, configure_logging=False, log_to_driver=False)
        except (RuntimeError, ValueError, AssertionError, OverflowError, OSError) as error:
            reason = " ".join(str(error).split())[:200]
            raise SettingsError(
                f"no Ray cluster answers at {address!r} ({reason}). Join this machine to the cluster with "
                "`ray start --address HOST:PORT` and give the same address."
            ) from None

    def _run(self, task: Callable[[list[Any]], list[Any]], work: list[Any]) -> list[Any]:
        faults = self._ray.exceptions
        reference = self._perform.remote(task, work, self._sealed)
        self._in_flight.add(reference)
        try:
            results: list[Any] = self._ray.get(reference)
        except faults.TaskCancelledError:
            raise CancelledError from None
        except faults.RayTaskError as error:
            if is_out_of_memory(error.cause):
                raise WorkerLost(_TOO_MUCH) from None
            raise error.cause from None
        except faults.OutOfMemoryError:
            raise WorkerLost(_TOO_MUCH) from None
        except faults.RayError as error:
            raise WorkerLost(f"the Ray worker that had it died each time ({type(error).__name__})") from None
        finally:
            self._in_flight.discard(reference)
        return results

    def _interrupt(self) -> None:
        for reference in tuple(self._in_flight):
            self._ray.cancel(reference, force=True)

    def _end(self) -> None:
        if self._is_ours:
            self._ray.shutdown()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)


def perform(task: Callable[[list[Any]], list[Any]], work: list[Any], sealed: bool) -> list[Any]:
    """What a worker does."""
    if sealed:
        seal()
    return task(work)


def _loaded(*, is_alone: bool) -> Any:
    """Ray, which reads its environment while it is imported."""
    for name, value in (_QUIET | (_ALONE if is_alone else {})).items():
        os.environ.setdefault(name, value)
    if is_alone and not os.environ.get("RAY_AUTH_TOKEN_PATH"):  # else Ray would write one into the home directory
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    import ray

    return ray


@contextmanager
def _as_guest() -> Iterator[None]:
    """Keeps Ray from giving advice on its settings and from deciding what a signal does to this process."""
    logger = logging.getLogger("ray")
    level, handler = logger.level, signal.getsignal(signal.SIGTERM)
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)
