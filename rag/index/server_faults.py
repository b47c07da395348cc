"""What a PostgreSQL server or its driver reports → Groundwire's errors, one line each, without the password."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from rag.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryMissing,
    LibraryNotWritable,
    LibraryUnreachable,
    SettingsError,
)

_KEPT = "What was reported as done is kept"
_NOT_WRITABLE = ("25006", "42501", "53100", "53200", "53400", "58030", "54000")
"""Read-only, no privilege, disk full, out of memory, a configured limit, input or output error, over a size limit."""
_BUSY = ("40001", "40P01", "53300", "55P03", "57014")
"""Serialisation, deadlock, too many connections, lock not available, cancelled."""
_DAMAGED = ("XX001", "XX002")


def named(error: DBAPIError | PoolExhausted, name: str, password: str | None) -> Exception:
    """The error to raise; the one given where the fault is this program's.

    Args:
        name: Of the place, as people may see it.
    """
    if isinstance(error, PoolExhausted):
        return LibraryBusy(f"{name} is in use by too many threads of this process. Try again.")
    reason = _reason(str(error.orig), password)
    code = getattr(error.orig, "sqlstate", None) or ""
    if not error.connection_invalidated:
        if found := _by_code(code, name, reason):
            return found
        if not code and reason.startswith(("invalid ", "missing ")):
            return SettingsError(f"setting 'store': {name}: {reason}. Write postgresql://USER@HOST:PORT/DATABASE.")
        if isinstance(error, ProgrammingError | IntegrityError | DataError):
            return error
    return _of_connection(name, reason)


def _by_code(code: str, name: str, reason: str) -> LibraryError | None:
    if code in _NOT_WRITABLE:
        return LibraryNotWritable(f"{name} cannot be written ({reason}). {_KEPT}; make room or grant the right.")
    if code in _BUSY:
        return LibraryBusy(f"{name} is in use ({reason}). Try again.")
    if code in _DAMAGED:
        return LibraryDamaged(f"{name} cannot be read ({reason}). Restore the database from a backup or ingest anew.")
    return None


def _of_connection(name: str, reason: str) -> LibraryError:
    """For a connection that cannot be had or was lost; a refused one has no code, only the server's words."""
    if "database" in reason and "does not exist" in reason:
        return LibraryMissing(f"{name}: {reason}. Make the database: createdb {name.rpartition('/')[2]}")
    if "too many clients" in reason or "remaining connection slots" in reason:
        return LibraryBusy(f"{name} has no connection free ({reason}). Try again, or raise max_connections.")
    if any(word in reason for word in ("authentication", "password", "pg_hba.conf", "role")):
        return LibraryUnreachable(f"{name} refuses the user ({reason}). Check user and password in the setting store.")
    return LibraryUnreachable(
        f"{name} cannot be reached ({reason}). {_KEPT}; start the server or check the setting store, then try again."
    )


def _reason(said: str, password: str | None) -> str:
    """The last thing the driver says of the cause, in one line."""
    text = " ".join(said.split()).rpartition("failed: ")[2].removeprefix("FATAL: ").strip()
    text = text.split(" Is the server running")[0]
    return (text.replace(password, "***") if password else text)[:200]
