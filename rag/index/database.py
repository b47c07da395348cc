"""Connections to the PostgreSQL database of a library.

Reads take a connection from a pool and try once more on a fresh one when it turns out to be lost, as all of them are
after a restart of the server. What a writer does runs on the one connection that holds its lock, so that a writer who
lost the lock together with the connection cannot write any more.
"""

from __future__ import annotations

import os
import socket
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from rag.errors import LibraryUnreachable, SettingsError
from rag.index.place import Place
from rag.index.server_faults import named

Values = tuple[Any, ...]
_STREAMED = 1000
"""Rows fetched at a time where there may be millions."""
_CONNECT_SECONDS = 10
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SESSION = (
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; "
    "SET client_connection_check_interval = '5s'"
)
"""So that the server frees the lock of a writer whose machine went away within a minute."""


class Database:
    """A pool of connections, and the writer's connection while it holds the lock.

    Attributes:
        name: Of the place, as people may see it.
    """

    def __init__(self, place: Place) -> None:
        """Connects to nothing yet.

        Raises:
            SettingsError: The store is no usable URL.
        """
        assert place.store is not None
        self.name = str(place)
        url = _url(place.store.get_secret_value(), self.name)
        self._password = str(url.password) if url.password else None
        self._engine = _engine(url)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer: Connection | None = None
        self._closing = weakref.finalize(self, self._engine.dispose)

    def close(self) -> None:
        """Ends the connections."""
        self._closing()

    # ------------------------------------------------------------------ reading
    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Values]:
        """All rows of a query.

        Raises:
            LibraryUnreachable: The server cannot be reached, also not at a second try.
        """
        with self._faults():
            try:
                return self._read(statement, parameters)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return self._read(statement, parameters)

    def value(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row; None without rows."""
        found = self.rows(statement, parameters)
        return found[0][0] if found else None

    def stream(self, statement: Executable) -> Iterator[Values]:
        """The rows of one state of the store, some at a time.

        Raises:
            LibraryUnreachable: The connection was lost; what was given is to be thrown away.
        """
        with self._faults():
            given = False
            try:
                for row in self._streamed(statement):
                    given = True
                    yield row
            except DBAPIError as error:
                if given or not error.connection_invalidated:
                    raise
            else:
                return
            yield from self._streamed(statement)

    def _streamed(self, statement: Executable) -> Iterator[Values]:
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_STREAMED).execute(statement):
                yield tuple(row)

    def _read(self, statement: Executable, parameters: Mapping[str, Any] | None) -> list[Values]:
        with self._reading.connect() as connection:
            return [tuple(row) for row in connection.execute(statement, parameters or {})]

    # ------------------------------------------------------------------ writing
    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of it or nothing.

        Raises:
            LibraryUnreachable: The connection was lost, before or now; nothing more can be written under this lock.
            LibraryNotWritable: Disk full, read-only, or no privilege.
        """
        with self._faults():
            if self._writer is None:
                with self._engine.begin() as connection:
                    yield connection
            elif self._writer.invalidated:
                raise LibraryUnreachable(
                    f"the connection to {self.name} was lost while writing. Start the command again."
                )
            else:
                with self._writer.begin():
                    yield self._writer

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection of its own, which takes no part in the pool afterwards and is the writer's until then."""
        self.rows(text("SELECT 1"))  # so that the pool knows of connections that are lost
        with self._faults(), self._engine.connect() as connection:
            self._writer = connection
            try:
                yield connection
            finally:
                self._writer = None
                connection.invalidate()  # ends the session, and with it every lock

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolExhausted) as error:
            found = named(error, self.name, self._password)
            if found is error:
                raise
            raise found from None


def _url(address: str, name: str) -> URL:
    try:
        return make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise SettingsError(f"setting 'store': {name} is no postgresql://USER@HOST:PORT/DATABASE.") from None


def _engine(url: URL) -> Engine:
    host = socket.gethostname()
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise SettingsError("a store on PostgreSQL needs its driver: pip install 'groundwire[postgres]'.") from None
    known = {"connect_timeout": _CONNECT_SECONDS, "application_name": f"groundwire {os.getpid()} on {host}"[:63]}
    engine = create_engine(
        url,
        connect_args={**known, **_KEEPALIVE},
        pool_size=5,
        max_overflow=35,
        pool_use_lifo=True,
        skip_autocommit_rollback=True,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.execute(_SESSION)
        connection.commit()

    return engine
