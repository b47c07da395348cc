"""Which store a place names. The PostgreSQL one is loaded only where it is used: its libraries take half a second."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from rag.index.place import Place, place_of
from rag.index.sqlite_store import SqliteStore
from rag.index.store import Store


def open_store(where: Place | Path | str, *, create: bool = False) -> Store:
    """Opens the store of a library.

    Raises:
        LibraryMissing: There is none, and `create` is false.
        LibraryDamaged: It is no store of Groundwire's, or of an unknown version.
        LibraryNotWritable: It is to be created and cannot be.
    """
    place = place_of(where)
    if place.store is None:
        return SqliteStore(place, create=create)
    return store_class(place)(place, create=create)  # type: ignore[call-arg]


def store_class(place: Place) -> type[Store]:
    """The class of the store that a place names."""
    if place.store is None:
        return SqliteStore
    found: type[Store] = import_module("rag.index.postgres_store").PostgresStore
    return found
