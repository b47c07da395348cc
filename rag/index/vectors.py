"""The Chroma index: approximate vector search for unfiltered questions. A cache of the store.

It holds the passage text and flat metadata too, so that a Chroma user can query it with their own tools.
Chroma overwrites its index files in place, so a killed writer can leave files that crash their reader, and
even a reader writes: one that holds an index in memory can put it over what a writer has made since. So the
state is taken back before every change, files are opened only when their content is what was left, and a
search looks at the state under a lock, every time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryNotWritable
from rag.index.cache_state import Cache, CacheState, forget_state, read_state, write_state
from rag.index.chroma_check import fingerprint, holds_foreign_code
from rag.index.chroma_records import delete, finds_itself, nearest, upsert
from rag.index.lock import loading_files, writing_files
from rag.index.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLLECTION = "passages"
_BATCH = 1000
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 100, "ef_search": 100, "max_neighbors": 16}}


class ChromaVectors(Cache):
    """One Chroma directory with one collection of passages, by passage number."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._collection: Any = None

    def open(self, store: Store) -> bool:
        """True when the index is there, as it was left, and of this library; Chroma loads it at the first search."""
        state = read_state(self._directory)
        if not (state.usable_for(store) and self._is_as_left(state)) or holds_foreign_code(self._directory):
            return False
        self.state = state
        return True

    def _is_as_left(self, state: CacheState) -> bool:
        try:
            return state.fingerprint == fingerprint(self._directory)
        except OSError:  # a writer is replacing its files
            return False

    def update(self, store: Store) -> None:
        """Brings the index to the store's generation, from the start when it cannot be trusted.

        Raises:
            LibraryNotWritable: Chroma cannot write its files; they are then not trusted any more.
            LibraryBusy: A reader has been loading them for too long.
        """
        if not self.open(store):
            self._write(store, CacheState())
            return
        try:
            self._write(store, self.state)
        except LibraryNotWritable:  # it may be damage that only a change meets
            self._write(store, CacheState())

    def _write(self, store: Store, since: CacheState) -> None:
        """Applies what the store saw since a state; the default state stands for an index built anew."""
        generation = store.generation
        write_state(self._directory, CacheState(store.library_id, since.generation, clean=False))
        with writing_files(self._directory), _faults_as(self._cannot_be_written):
            _close_clients()
            if not since.clean:
                shutil.rmtree(self._directory, ignore_errors=True)
            try:
                collection = _open_collection(self._directory)
                delete(collection, store.removed_since(since.generation) if since.clean else [])
                _upsert(collection, store, since.generation)
            finally:
                _close_clients()
        marked = CacheState(store.library_id, generation, clean=True, fingerprint=fingerprint(self._directory))
        write_state(self._directory, marked)

    def _cannot_be_written(self, reason: str) -> LibraryNotWritable:
        return LibraryNotWritable(f"the Chroma index in {self._directory} cannot be written ({reason}). Make room.")

    def search(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """About the k passages of highest cosine, best first, as (number, cosine).

        Raises:
            LibraryDamaged: Chroma cannot read its files; the next reader will build them anew.
            LibraryBusy: They were changed since they were found healthy, or are being changed.
        """
        with loading_files(self._directory):
            if read_state(self._directory) != self.state:
                raise LibraryBusy(f"the Chroma index in {self._directory} was changed since it was checked.")
            try:
                with _faults_as(self._cannot_be_read):
                    return self._query(vector, k)
            except LibraryDamaged:
                forget_state(self._directory)
                raise

    def _cannot_be_read(self, reason: str) -> LibraryDamaged:
        return LibraryDamaged(f"the Chroma index in {self._directory} cannot be read ({reason}).")

    def _query(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        if self._collection is None:
            self._collection = _open_collection(self._directory)
        return nearest(self._collection, vector, k)

    def self_search(self, probes: int) -> tuple[int, int]:
        """(found, tried): stored vectors whose own search returns them at distance about 0."""
        collection = _client(self._directory).get_collection(COLLECTION, embedding_function=None)
        return finds_itself(collection, probes)


@contextmanager
def _faults_as(error: Callable[[str], LibraryError]) -> Iterator[None]:
    """Chroma's own errors and the panics of its Rust part, which are no `Exception`, as an error of ours."""
    try:
        yield
    except BaseException as fault:
        if isinstance(fault, LibraryError) or not _is_chromas(fault):
            raise
        raise error(" ".join(str(fault).split())[:200]) from None


def _is_chromas(fault: BaseException) -> bool:
    from chromadb.errors import ChromaError

    return isinstance(fault, ChromaError) or type(fault).__module__ == "pyo3_runtime"


def _open_collection(directory: Path) -> Any:
    client = _client(directory)
    return client.get_or_create_collection(COLLECTION, configuration=_CONFIGURATION, embedding_function=None)


def _client(directory: Path) -> Any:
    import chromadb

    _close_clients()  # a client of this process does not see what another process wrote since
    return chromadb.PersistentClient(str(directory), chromadb.Settings(anonymized_telemetry=False))


def _close_clients() -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()


def _upsert(collection: Any, store: Store, since: int) -> None:
    rows = store.passages_with_vectors(since)
    while batch := list(islice(rows, _BATCH)):
        upsert(collection, batch)
