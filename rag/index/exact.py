"""Exact vector search: a float32 matrix of unit vectors in a memory-mapped file.

It answers every filter, and every question while the Chroma index is being rebuilt. One product of a
100,000 × 384 matrix takes about 6 ms, which Chroma's filters exceed tenfold (docs/decisions/vectors.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import LibraryDamaged
from rag.index.cache_state import Cache, CacheState, read_state, write_state
from rag.index.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ExactVectors(Cache):
    """Every passage's vector, by passage number ascending."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._numbers: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._matrix: NDArray[np.float32] = np.empty((0, 0), dtype=np.float32)

    def open(self, store: Store) -> bool:
        """Opens the files; False when they are missing, damaged or not of this library."""
        state = read_state(self._directory)
        if not state.usable_for(store):
            return False
        try:
            self._numbers = np.load(self._directory / f"numbers-{state.generation}.npy")
            self._matrix = np.load(self._directory / f"vectors-{state.generation}.npy", mmap_mode="r")
        except (OSError, ValueError):
            return False
        if len(self._numbers) != len(self._matrix):
            return False
        self.state = state
        return True

    def load(self, store: Store) -> None:
        """Takes the vectors from the store into memory, where no file can be had."""
        generation = store.generation
        self._numbers, self._matrix = _load(store)
        self.state = CacheState(store.library_id, generation)

    def agrees_with(self, store: Store) -> bool:
        """True when the open files hold what the store holds."""
        numbers, matrix = _load(store)
        return np.array_equal(self._numbers, numbers) and np.array_equal(self._matrix, matrix)

    def update(self, store: Store) -> None:
        """Writes the files anew beside the old ones and switches; readers of the old keep theirs."""
        generation = store.generation
        self._directory.mkdir(parents=True, exist_ok=True)
        numbers, matrix = _load(store)
        for name, array in (("numbers", numbers), ("vectors", matrix)):
            draft = self._directory / f"{name}.draft.npy"
            np.save(draft, array)
            os.replace(draft, self._directory / f"{name}-{generation}.npy")
        write_state(self._directory, CacheState(store.library_id, generation, clean=True))
        for old in self._directory.glob("*.npy"):
            if not old.stem.endswith(f"-{generation}"):
                old.unlink()

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The k passages of highest cosine, best first, as (number, cosine).

        Args:
            vector: Unit vector of the question.
            allowed: Passage numbers that may be returned; None for all.
        """
        if not len(self._numbers):
            return []
        rows = None if allowed is None else self._rows(allowed)
        numbers = self._numbers if rows is None else self._numbers[rows]
        scores = (self._matrix if rows is None else self._matrix[rows]) @ vector
        k = min(k, len(scores))
        if k == 0:
            return []
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(int(numbers[i]), float(scores[i])) for i in best]

    def cosines(self, vector: NDArray[np.float32], numbers: Iterable[int]) -> dict[int, float]:
        """Cosine of each of the passages to a unit vector; unknown numbers are left out."""
        rows = self._rows(list(numbers))
        if not len(rows):
            return {}
        scores = self._matrix[rows] @ vector
        return {int(n): float(s) for n, s in zip(self._numbers[rows], scores, strict=True)}

    def _rows(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        wanted = np.asarray(sorted(numbers), dtype=np.int64)
        rows = np.searchsorted(self._numbers, wanted)
        inside = rows < len(self._numbers)
        rows, wanted = rows[inside], wanted[inside]
        present: NDArray[np.int64] = rows[self._numbers[rows] == wanted]
        return present


def _load(store: Store) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    numbers: list[int] = []
    rows: list[NDArray[np.float32]] = []
    for number, _published, blob in store.vectors():
        numbers.append(number)
        rows.append(np.frombuffer(blob, dtype=np.float32))
    try:
        matrix = np.vstack(rows) if rows else np.empty((0, 0), dtype=np.float32)
    except ValueError:
        raise LibraryDamaged(f"the store in {store.directory} holds vectors of several lengths. Ingest anew.") from None
    return np.asarray(numbers, dtype=np.int64), matrix
