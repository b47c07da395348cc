"""The writer lock of a library on PostgreSQL: an advisory lock of the session that writes.

The server releases it when the session ends, whatever ended it. It is keyed by the schema that holds the tables, so it
can be taken before they are there.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from rag.errors import LibraryBusy
from rag.index.database import Database

_LIBRARY = 0x47574952
_WAIT_SECONDS = 2.0
"""Longer than the server needs to end the session of a writer that was killed, and what it was committing."""
_STEP = 0.05
_KEY = f"{_LIBRARY}, hashtext(coalesce(current_schema(), '')) & 2147483647"
_TRY = text(f"SELECT pg_try_advisory_lock({_KEY})")
_SIGN = text("SELECT set_config('application_name', :name, false)")
_HOLDER = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = "
    f"current_database()) AND (l.classid::bigint, l.objid::bigint) = ({_KEY})"
)


@contextmanager
def writer_session(database: Database) -> Iterator[None]:
    """Holds the lock; the database's transactions run on its connection.

    Raises:
        LibraryBusy: Another session holds it; the message names its process and machine.
    """
    with database.session() as connection:
        _acquire(connection, database.name)
        yield


def _acquire(connection: Connection, name: str) -> None:
    last = time.monotonic() + _WAIT_SECONDS
    while not connection.execute(_TRY).scalar_one():
        if time.monotonic() >= last:
            holder = connection.execute(_HOLDER).scalar() or "another process"
            connection.rollback()
            raise LibraryBusy(f"library {name!r} is being written by {holder}. Try again when it is done.")
        time.sleep(_STEP)
    connection.execute(_SIGN, {"name": f"process {os.getpid()} on {socket.gethostname()}"[:63]})
    connection.commit()  # the lock is the session's, not the transaction's
