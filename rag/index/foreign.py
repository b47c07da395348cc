"""What must not be in the directory of a library, whoever made it: links out of it, and a database that does things.

A library is data. Its store is tables and indexes; triggers, views and virtual tables would run when it is read or
written, and a link would let a writer change what is not the library's.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import LibraryDamaged

if TYPE_CHECKING:
    from rag.index.connection import Connection

_DEPTH = 2
"""Levels of directories below the library's that hold files of ours."""
_KEY_BYTES = 32
_HARMLESS = """
    SELECT type, name FROM sqlite_master
    WHERE type NOT IN ('table', 'index') OR upper(ltrim(sql)) LIKE 'CREATE VIRTUAL%' LIMIT 1
"""
_PRAGMAS = ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0")
"""SQLite's own advice for files from elsewhere (sqlite.org/security.html)."""


def refuse_links(directory: Path) -> None:
    """Looks through the directories that Groundwire writes in.

    Raises:
        LibraryDamaged: There is a link.
    """
    for link in _links(directory, _DEPTH):
        raise LibraryDamaged(
            f"library {str(directory)!r} holds a link, {str(link.relative_to(directory))!a}. "
            "A library is a plain folder: put what the link points to in its place, if you trust it."
        )


def _links(directory: Path, depth: int) -> list[Path]:
    found: list[Path] = []
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_symlink():
                found.append(Path(entry.path))
            elif depth and entry.is_dir(follow_symlinks=False):
                found += _links(Path(entry.path), depth - 1)
    return found


def harden(connection: Connection) -> None:
    """Trusts nothing of a database's schema.

    Raises:
        LibraryDamaged: It holds more than tables and indexes.
    """
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    odd = connection.execute(_HARMLESS).fetchone()
    if odd is not None:
        kind, name = (str(value)[:40] for value in odd)
        raise LibraryDamaged(
            f"{connection.path} holds the {kind} {name!a}, which no library has: somebody else made it. "
            "Ingest the articles into a new library."
        )


@cache
def key_of_this_user() -> bytes:
    """Random bytes that only this user on this machine has; made at first use.

    A cache that is marked with them was built here. Where they cannot be kept they last as long as the process.
    """
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    file = home / "groundwire" / "key"
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.is_file():
            _make_key(file)
        key = file.read_bytes()
        if len(key) == _KEY_BYTES:
            return key
    return secrets.token_bytes(_KEY_BYTES)


def _make_key(file: Path) -> None:
    draft = file.with_name(f"key-{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as new:
        new.write(secrets.token_bytes(_KEY_BYTES))
    with suppress(FileExistsError):
        os.link(draft, file)  # and not os.replace: the first of two processes wins
    draft.unlink()
