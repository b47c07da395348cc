"""What is built from a library's store to search it, in the library's directory, and how it is kept up to date."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from rag.errors import LibraryBusy, LibraryError, LibraryNotWritable, LibraryUnreachable
from rag.index.chroma_server import server_of
from rag.index.exact import ExactVectors
from rag.index.keywords import Keywords
from rag.index.lock import merging_vectors, updating_caches
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.store import Store
from rag.index.vectors import ChromaVectors

INDEX_DIRECTORY = "index"
_LOG = logging.getLogger(__name__)


def exact_vectors(directory: Path) -> ExactVectors:
    """The vectors of a library, not opened."""
    return ExactVectors(directory / INDEX_DIRECTORY / "vectors")


def keyword_index(directory: Path) -> Keywords:
    """The keyword index of a library, not opened."""
    return Keywords(directory / INDEX_DIRECTORY / "keywords")


def chroma_index(directory: Path) -> ChromaVectors:
    """The Chroma index in a library's directory, not opened."""
    return ChromaVectors(directory / INDEX_DIRECTORY / "chroma")


def keeps_chroma(store: Store) -> bool:
    """True when a Chroma index belongs into the directory: no server holds one, and one writer keeps it."""
    return store.place.vectors is None and store.writer_updates_caches


def update_caches(store: Store) -> None:
    """Brings every cache in the directory to the store's generation; the caller keeps others from it.

    Raises:
        LibraryNotWritable: A cache cannot be written. The store is not touched.
    """
    update_searched(store)
    update_chroma(store)
    with suppress(LibraryBusy):  # somebody is at it
        _merge(store)


def update_searched(store: Store, known: ExactVectors | None = None) -> None:
    """Brings up to date what every question is asked of: vectors and keywords; raises as `update_caches` does.

    Args:
        known: Vectors of the library as they were opened; they are left as they are.
    """
    exact = exact_vectors(store.directory) if known is None else known.unopened()
    _update(store, [exact, keyword_index(store.directory)])


def update_chroma(store: Store) -> None:
    """Brings the Chroma index in the directory up to date, if one is kept; raises as `update_caches` does."""
    if keeps_chroma(store):
        _update(store, [chroma_index(store.directory)])


def update_server(store: Store, *, anew: bool = False) -> bool:
    """Brings the Chroma server, if there is one, to the store's generation; the caller is the library's writer.

    Args:
        anew: Trusts nothing that is there.

    Returns:
        False when it could not be, which is logged: questions are answered without it.
    """
    server = server_of(store.place)
    if server is None:
        return True
    try:
        server.update(store, anew=anew)
    except LibraryUnreachable as error:
        _LOG.warning("%s Questions are answered without it; the next writer or python -m rag doctor fills it.", error)
        return False
    return True


def keep_up(place: Place) -> None:
    """Brings up to date what questions are asked of, and merges the vectors: for a thread beside the questions."""
    with suppress(LibraryError), closing(open_store(place)) as store:
        with updating_caches(store.directory, wait=0.0):
            update_searched(store)
        _merge_beside(store)


def _update(store: Store, caches: Sequence[ExactVectors | Keywords | ChromaVectors]) -> None:
    for cache in caches:
        if not (cache.open(store) and cache.generation == store.generation):
            try:
                cache.update(store)
            except OSError as error:
                raise _cannot_be_written(store, error) from None


def _merge(store: Store) -> None:
    exact = exact_vectors(store.directory)
    if exact.open(store) and exact.should_merge:
        try:
            with merging_vectors(store.directory):
                exact.switch(store, exact.merged())
        except OSError as error:
            raise _cannot_be_written(store, error) from None


def _merge_beside(store: Store) -> None:
    """Merges while others append; only the switch keeps them out. What cannot be merged stays as it is."""
    exact = exact_vectors(store.directory)
    if exact.open(store) and exact.should_merge:
        with suppress(OSError), merging_vectors(store.directory):
            merged = exact.merged()
            with updating_caches(store.directory):
                exact.switch(store, merged)


def _cannot_be_written(store: Store, error: OSError) -> LibraryNotWritable:
    return LibraryNotWritable(
        f"the index of library {str(store.directory)!r} cannot be written ({error.strerror or error}). "
        "Its articles are safe; make room, and the next command completes the index."
    )
