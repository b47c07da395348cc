"""What a writer does before and after it changes a library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryBusy, LibraryMissing, LibraryOutdated
from rag.index.cache_state import forget_foreign_states
from rag.index.caches import INDEX_DIRECTORY, update_caches, update_server
from rag.index.lock import updating_caches
from rag.index.opening import open_store, store_class
from rag.index.place import Place, place_of
from rag.index.store import Store


def has_library(where: Place | Path | str) -> bool:
    """False where there is none, or one whose making was interrupted."""
    try:
        open_store(where).close()
    except LibraryMissing:
        return False
    return True


def upgrade_library(where: Place | Path | str) -> None:
    """Brings a library of an earlier version up to date; leaves any other, and a missing one.

    Raises:
        LibraryBusy: Another process is writing.
        LibraryNotWritable: Disk full, read-only, or no permission.
    """
    try:
        open_store(where).close()
    except LibraryMissing:
        return
    except LibraryOutdated:
        with writing(where):
            return


@contextmanager
def writing(where: Place | Path | str, *, create: bool = False) -> Iterator[Store]:
    """A library's store, opened under its writer lock; caches that are not of this store are given up.

    Raises:
        LibraryMissing: No library there, and `create` is false.
        LibraryBusy: Another process is writing.
        LibraryNotWritable: Disk full, read-only, or no permission.
    """
    place = place_of(where)
    with store_class(place).writing(place, create=create) as store:
        forget_foreign_states(store.directory / INDEX_DIRECTORY, store)
        yield store


def finish_writing(store: Store) -> None:
    """Brings the caches up to date, and a Chroma server, which may be down; the caller holds the writer lock.

    A reader that is at it is not waited for longer than some seconds: the next reader completes the rest.

    Raises:
        LibraryNotWritable: A cache cannot be written. The store is not touched.
    """
    generation = store.generation
    try:
        with updating_caches(store.directory):
            update_caches(store)
        are_current = store.writer_updates_caches  # else other machines have caches that may not be as far
    except LibraryBusy:
        are_current = False
    if update_server(store) and are_current:
        store.forget_removed(generation)
