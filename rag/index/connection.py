"""A SQLite connection whose faults are Groundwire's errors, one line each, wherever they appear.

Damage shows up at any row that is read, and a full disk at any statement, not only when a file is opened.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rag.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryNotWritable
from rag.index.foreign import harden, refuse_links

_WAIT_SECONDS = 30
_NOT_WRITABLE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE")


class _Cursor(sqlite3.Cursor):
    """Raises `LibraryError` where SQLite finds the file damaged, locked or not writable."""

    def execute(self, *arguments: Any) -> _Cursor:
        self._mapped(super().execute, *arguments)
        return self

    def executescript(self, script: str) -> _Cursor:
        self._mapped(super().executescript, script)
        return self

    def fetchone(self) -> Any:
        return self._mapped(super().fetchone)

    def fetchall(self) -> list[Any]:
        rows: list[Any] = self._mapped(super().fetchall)
        return rows

    def __next__(self) -> Any:
        return self._mapped(super().__next__)

    def _mapped(self, step: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return step(*arguments)
        except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
            raise  # ours, not the file's
        except sqlite3.DatabaseError as error:
            assert isinstance(self.connection, Connection)
            raise _named(error, self.connection.path) from None


class Connection(sqlite3.Connection):
    """Autocommit, write-ahead log, foreign keys on."""

    path: Path

    def cursor(self, *_: Any) -> _Cursor:  # type: ignore[override]
        """Every statement runs on one of these."""
        return super().cursor(_Cursor)

    def execute(self, *arguments: Any) -> _Cursor:
        """Runs one statement."""
        return self.cursor().execute(*arguments)

    def executescript(self, script: str) -> _Cursor:
        """Runs several statements."""
        return self.cursor().executescript(script)


def connect(path: Path) -> Connection:
    """Opens or makes a database; on a read-only file system it is read as it lies there.

    Raises:
        LibraryDamaged: It is no database, or holds what no library has; see `rag.index.foreign`.
        LibraryError: It cannot be opened.
    """
    refuse_links(path.parent)
    frozen = bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    address = f"file:{quote(str(path.absolute()))}{'?immutable=1' if frozen else ''}"
    try:
        connection = sqlite3.connect(
            address, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None, factory=Connection, uri=True
        )
    except sqlite3.DatabaseError as error:
        raise _named(error, path) from None
    connection.path = path
    harden(connection)
    if not frozen:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def make_directory(directory: Path) -> None:
    """Makes the directory of a library, for its owner alone.

    Raises:
        LibraryNotWritable: It cannot be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LibraryNotWritable(
            f"library {str(directory)!r} cannot be made ({error.strerror}). Name a folder that is new or a library."
        ) from None


def _named(error: sqlite3.DatabaseError, path: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith(_NOT_WRITABLE):
        return LibraryNotWritable(f"{path} cannot be written ({error}). What was reported as done is kept; make room.")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LibraryBusy(f"{path} is in use ({error}). Try again.")
    if code.startswith("SQLITE_CANTOPEN"):
        return LibraryError(f"{path} cannot be opened ({error}). Check that it is a file in a folder you may write to.")
    return LibraryDamaged(f"{path} cannot be read ({error}). Restore it from a copy or ingest anew.")
