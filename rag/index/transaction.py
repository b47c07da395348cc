"""A change of the store: all of it or nothing, and a new generation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rag.index.connection import Connection


class Transaction:
    """An immediate transaction that raises the generation and gives its new value."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def __enter__(self) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.execute("UPDATE facts SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
            return int(self._db.execute("SELECT value FROM facts WHERE key = 'generation'").fetchone()[0])
        except BaseException:
            _roll_back(self._db)
            raise

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            _roll_back(self._db)


@contextmanager
def one_transaction(db: Connection) -> Iterator[None]:
    """Changes that readers need not hear of."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        _roll_back(db)


def _roll_back(db: Connection) -> None:
    if db.in_transaction:  # a full disk can have ended it already
        db.execute("ROLLBACK")
