"""What a writer does before and after it changes a library."""

from __future__ import annotations

from pathlib import Path

from rag.errors import LibraryBusy, LibraryMissing
from rag.index.cache_state import forget_foreign_states
from rag.index.library import INDEX_DIRECTORY, update_caches
from rag.index.lock import updating_caches
from rag.index.store import Store


def has_library(directory: Path) -> bool:
    """False where there is none, or one whose making was interrupted."""
    try:
        Store(directory).close()
    except LibraryMissing:
        return False
    return True


def begin_writing(store: Store) -> None:
    """Gives up caches that are not of this store; the caller holds the writer lock."""
    forget_foreign_states(store.directory / INDEX_DIRECTORY, store)


def finish_writing(store: Store) -> None:
    """Brings the caches up to date; the caller holds the writer lock.

    A reader that is at it is not waited for longer than some seconds: the next reader completes the rest.

    Raises:
        LibraryNotWritable: A cache cannot be written. The store is not touched.
    """
    generation = store.generation
    try:
        with updating_caches(store.directory):
            update_caches(store)
    except LibraryBusy:
        return
    store.forget_removed(generation)
