"""Who may change a library: one writer, and one process at a time that brings its caches up to date.

Advisory file locks, which the system releases when their holder dies. A reader that catches up holds the
second lock alone, so that it keeps no writer from starting.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from rag.errors import LibraryBusy, LibraryNotWritable

LOCK_FILE = ".writer.lock"
_CACHES = Path(".caches")
_MERGING = Path(".merging")
_PROBE_SECONDS = 0.5
"""Longer than a reader needs to see whether a writer is at work, for which it holds the lock a moment."""
_LOADING_SECONDS = 30.0
"""Longer than a reader needs to load an index of some hundred thousand passages."""
_STEP = 0.02


@contextmanager
def writing_files(directory: Path) -> Iterator[None]:
    """Keeps readers from loading the files of a cache while they are overwritten; waits for those that are loading.

    Raises:
        LibraryBusy: A reader has been loading them for too long; it may be stopped in a debugger.
    """
    with _locked(directory, fcntl.LOCK_EX, _LOADING_SECONDS):
        yield


@contextmanager
def loading_files(directory: Path) -> Iterator[None]:
    """Keeps a writer from overwriting the files of a cache while they are loaded.

    Raises:
        LibraryBusy: A writer is at work on them.
    """
    with _locked(directory, fcntl.LOCK_SH):
        yield


@contextmanager
def updating_caches(directory: Path, wait: float = 10.0) -> Iterator[None]:
    """Held by whoever brings the caches of a library up to date; waits some seconds for another.

    Raises:
        LibraryBusy: Another process is at it.
    """
    with _locked(directory / _CACHES, fcntl.LOCK_EX, wait):
        yield


@contextmanager
def merging_vectors(directory: Path) -> Iterator[None]:
    """Held by whoever writes the vectors of a library anew from what their files hold; never waits.

    Raises:
        LibraryBusy: Another process is at it.
    """
    with _locked(directory / _MERGING, fcntl.LOCK_EX):
        yield


@contextmanager
def catching_up(directory: Path, *, whoever_writes: bool = False, wait: float = 0.0) -> Iterator[None]:
    """For a reader that brings the caches up to date. A writer may start meanwhile.

    Args:
        whoever_writes: Goes on although a writer is at work.
        wait: Seconds to wait for another who brings them up to date.

    Raises:
        LibraryBusy: A writer is at work, who will do it, or another process is at it.
        LibraryNotWritable: Nobody can write here.
    """
    with updating_caches(directory, wait):
        if not whoever_writes:
            WriterLock(directory, wait=0.0).probe()
        yield


@contextmanager
def _locked(directory: Path, operation: int, wait: float = 0.0) -> Iterator[None]:
    try:
        file = os.open(directory.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # nobody can write here, so there is nobody to keep apart
        yield
        return
    try:
        _lock(file, operation, wait)
        yield
    except BlockingIOError:
        raise LibraryBusy(f"{directory} is in use by another process. Try again when it is done.") from None
    finally:
        os.close(file)


def _lock(file: int, operation: int, wait: float) -> None:
    """Waits in steps, because a lock that is waited for cannot be given up.

    Raises:
        BlockingIOError: Somebody else still holds it after some seconds.
    """
    last = time.monotonic() + wait
    while True:
        try:
            return fcntl.flock(file, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= last:
                raise
            time.sleep(_STEP)


class WriterLock:
    """Held in a `with` block by whoever changes a library.

    Raises:
        LibraryBusy: Another process holds it; the message names its pid.
        LibraryNotWritable: The lock file cannot be written.
    """

    def __init__(self, directory: Path, wait: float = _PROBE_SECONDS) -> None:
        self._directory = directory
        self._wait = wait

    def __enter__(self) -> WriterLock:
        self._acquire()
        try:
            self._sign(str(os.getpid()))
        except OSError as error:
            os.close(self._file)
            raise self._not_writable(error, "Make room and try again.") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sign("")
        os.close(self._file)

    def probe(self) -> None:
        """Raises as entering does, and leaves no trace."""
        self._acquire()
        os.close(self._file)

    def _acquire(self) -> None:
        try:
            self._file = os.open(self._directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._not_writable(error, "Check its permissions.") from None
        try:
            _lock(self._file, fcntl.LOCK_EX, self._wait)
        except BlockingIOError:
            holder = os.pread(self._file, 20, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise LibraryBusy(
                f"library {str(self._directory)!r} is being written by process {holder}. Try again when it is done."
            ) from None
        except OSError as error:  # a file system without locks
            os.close(self._file)
            raise self._not_writable(error, "Put the library on a local disk.") from None

    def _sign(self, holder: str) -> None:
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, holder.encode(), 0)

    def _not_writable(self, error: OSError, advice: str) -> LibraryNotWritable:
        return LibraryNotWritable(f"library {str(self._directory)!r} cannot be written ({error.strerror}). {advice}")
