"""One writer per library: an advisory file lock that the system releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from rag.errors import LibraryBusy

LOCK_FILE = ".writer.lock"


class WriterLock:
    """Held in a `with` block by whoever changes a library or its caches.

    Raises:
        LibraryBusy: Another process holds it; the message names its pid.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / LOCK_FILE

    def __enter__(self) -> WriterLock:
        self._file = open(self._path, "a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise LibraryBusy(
                f"library {str(self._path.parent)!r} is being written by process {holder}. Try again when it is done."
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.truncate(0)
        self._file.close()
