"""One writer per library: an advisory file lock that the system releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from rag.errors import LibraryBusy, LibraryNotWritable

LOCK_FILE = ".writer.lock"


@contextmanager
def writing_files(directory: Path) -> Iterator[None]:
    """Keeps readers from loading the files of a cache while they are overwritten; waits for those that are loading."""
    with _locked(directory, fcntl.LOCK_EX):
        yield


@contextmanager
def loading_files(directory: Path) -> Iterator[None]:
    """Keeps a writer from overwriting the files of a cache while they are loaded.

    Raises:
        LibraryBusy: A writer is at work on them.
    """
    with _locked(directory, fcntl.LOCK_SH | fcntl.LOCK_NB):
        yield


@contextmanager
def _locked(directory: Path, operation: int) -> Iterator[None]:
    try:
        file = os.open(directory.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # nobody can write here, so there is nobody to keep apart
        yield
        return
    try:
        fcntl.flock(file, operation)
        yield
    except BlockingIOError:
        raise LibraryBusy(f"{directory} is being written. Try again when it is done.") from None
    finally:
        os.close(file)


class WriterLock:
    """Held in a `with` block by whoever changes a library or its caches.

    Raises:
        LibraryBusy: Another process holds it; the message names its pid.
        LibraryNotWritable: The lock file cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> WriterLock:
        try:
            self._file = os.open(self._directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LibraryNotWritable(
                f"library {str(self._directory)!r} cannot be written ({error.strerror}). Check its permissions."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._sign(str(os.getpid()))
        except OSError as error:
            raise self._failed(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sign("")
        os.close(self._file)

    def _sign(self, holder: str) -> None:
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, holder.encode(), 0)

    def _failed(self, error: OSError) -> LibraryBusy | LibraryNotWritable:
        holder = os.pread(self._file, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(self._file)
        name = repr(str(self._directory))
        if isinstance(error, BlockingIOError):
            return LibraryBusy(f"library {name} is being written by process {holder}. Try again when it is done.")
        return LibraryNotWritable(f"library {name} cannot be written ({error.strerror}). Make room and try again.")
