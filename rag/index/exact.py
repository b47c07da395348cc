"""Vector search by comparing with every passage: float32 unit vectors in memory-mapped files, in order of date.

It answers every filter in no more time than no filter (docs/decisions/vectors.md). In a large library a scan of
shortened vectors chooses the passages whose cosines are then computed in full (`rag.index.projection`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import LibraryDamaged
from rag.index.cache_state import Cache, CacheState, read_state, write_state
from rag.index.projection import WORTHWHILE, best_rows, principal_directions
from rag.index.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = slice | NDArray[np.intp]

LAYOUT = "2"
"""Kept as the state's fingerprint: files of another layout are built anew."""
_RESCORED = 2000
_FEW = 0.05
_BLOCK = 10_000


class ExactVectors(Cache):
    """Every passage's vector, by date of publication, undated last.

    Attributes:
        numbers: Passage numbers in the order of the rows.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._take(np.empty(0, dtype=np.int64), np.empty((0, 0), dtype=np.float32))

    def open(self, store: Store) -> bool:
        """Opens the files; False when they are missing, damaged, of another layout or not of this library."""
        state = read_state(self._directory)
        if not state.usable_for(store) or state.fingerprint != LAYOUT:
            return False
        try:
            numbers = np.load(self._directory / f"numbers-{state.generation}.npy")
            matrix, short, directions = (
                np.asarray(np.load(self._directory / f"{name}-{state.generation}.npy", mmap_mode="r"))
                for name in ("vectors", "short", "directions")
            )
        except (OSError, ValueError):
            return False
        if len(numbers) != len(matrix) or len(short) not in (0, len(numbers)):
            return False
        self._take(numbers, matrix, short, directions)
        self.state = state
        return True

    def load(self, store: Store) -> None:
        """Takes the vectors from the store into memory, where no file can be had."""
        generation = store.generation
        self._take(*_in_order(*_load(store)))
        self.state = CacheState(store.library_id, generation)

    def agrees_with(self, store: Store) -> bool:
        """True when the open files hold what the store holds."""
        numbers, matrix = _in_order(*_load(store))
        return np.array_equal(self.numbers, numbers) and np.array_equal(self._matrix, matrix)

    def update(self, store: Store) -> None:
        """Writes the files anew beside the old ones and switches; readers of the old keep theirs."""
        generation = store.generation
        self._directory.mkdir(parents=True, exist_ok=True)
        numbers, matrix = _in_order(*_load(store))
        short, directions = _shortened(matrix)
        for name, array in (("numbers", numbers), ("vectors", matrix), ("short", short), ("directions", directions)):
            draft = self._directory / f"{name}.draft.npy"
            np.save(draft, array)
            os.replace(draft, self._directory / f"{name}-{generation}.npy")
        write_state(self._directory, CacheState(store.library_id, generation, clean=True, fingerprint=LAYOUT))
        for old in self._directory.glob("*.npy"):
            if not old.stem.endswith(f"-{generation}"):
                old.unlink()

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """The k passages of highest cosine, best first, as (number, cosine).

        Args:
            vector: Unit vector of the question.
            allowed: For each row whether it may be returned; None for all.
        """
        rows = _rows_of(allowed)
        if k < 1 or not len(self.numbers) or (isinstance(rows, np.ndarray) and not len(rows)):
            return []
        if len(self._short):
            scores = _scores(self._short, vector @ self._directions, rows, allowed)
            rows = _absolute(best_rows(scores, max(_RESCORED, k)), rows)
            if allowed is not None:
                rows = rows[allowed[rows]]
            allowed = None
        scores = _scores(self._matrix, vector, rows, allowed)
        best = best_rows(scores, k)
        best = best[np.argsort(-scores[best], kind="stable")]
        return [
            (int(self.numbers[row]), float(scores[i]))
            for i, row in zip(best, _absolute(best, rows), strict=True)
            if allowed is None or allowed[row]
        ]

    def cosines(self, vector: NDArray[np.float32], numbers: Iterable[int]) -> dict[int, float]:
        """Cosine of each of the passages to a unit vector; unknown numbers are left out."""
        rows = self._places(list(numbers))
        if not len(rows):
            return {}
        scores = self._matrix[rows] @ vector
        return {int(n): float(s) for n, s in zip(self.numbers[rows], scores, strict=True)}

    def _take(
        self,
        numbers: NDArray[np.int64],
        matrix: NDArray[np.float32],
        short: NDArray[np.float32] | None = None,
        directions: NDArray[np.float32] | None = None,
    ) -> None:
        self.numbers, self._matrix = numbers, matrix
        self._short = np.empty((0, 0), dtype=np.float32) if short is None else short
        self._directions = np.empty((0, 0), dtype=np.float32) if directions is None else directions
        self._ascending = np.argsort(numbers, kind="stable")

    def _places(self, numbers: Sequence[int]) -> NDArray[np.intp]:
        """The rows of passages by number; unknown numbers are left out."""
        if not len(self.numbers):
            return np.empty(0, dtype=np.intp)
        wanted = np.asarray(numbers, dtype=np.int64)
        places = np.searchsorted(self.numbers, wanted, sorter=self._ascending)
        rows = self._ascending[np.minimum(places, len(self.numbers) - 1)]
        return np.asarray(rows[self.numbers[rows] == wanted], dtype=np.intp)


def _rows_of(allowed: NDArray[np.bool_] | None) -> Rows:
    """The rows to multiply: a run of them, which a date filter gives; few, gathered; else all."""
    if allowed is None:
        return slice(None)
    count = int(np.count_nonzero(allowed))
    if count == 0:
        return np.empty(0, dtype=np.intp)
    first, last = int(allowed.argmax()), len(allowed) - int(allowed[::-1].argmax())
    if last - first == count:
        return slice(first, last)
    return np.flatnonzero(allowed) if count < _FEW * len(allowed) else slice(first, last)


def _scores(
    matrix: NDArray[np.float32], vector: NDArray[np.float32], rows: Rows, allowed: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    scores: NDArray[np.float32] = matrix[rows] @ vector
    if allowed is not None and isinstance(rows, slice):
        scores[~allowed[rows]] = -np.inf
    return scores


def _absolute(places: NDArray[np.intp], rows: Rows) -> NDArray[np.intp]:
    """Places within the multiplied rows → rows of the matrix."""
    return rows[places] if isinstance(rows, np.ndarray) else places + (rows.start or 0)


def _load(store: Store) -> tuple[list[tuple[str, int]], NDArray[np.float32]]:
    """Date and number of every passage, and the vectors, in order of number."""
    keys: list[tuple[str, int]] = []
    blocks: list[NDArray[np.float32]] = []
    rows: list[bytes] = []
    try:
        for number, published, blob in store.vectors():
            keys.append((published or "~", number))
            rows.append(blob)
            if len(rows) == _BLOCK:
                blocks.append(_block(rows))
                rows.clear()
        if rows:
            blocks.append(_block(rows))
        return keys, np.concatenate(blocks) if blocks else np.empty((0, 0), dtype=np.float32)
    except ValueError:
        raise LibraryDamaged(f"the store in {store.directory} holds vectors of several lengths. Ingest anew.") from None


def _block(rows: Sequence[bytes]) -> NDArray[np.float32]:
    return np.frombuffer(b"".join(rows), dtype=np.float32).reshape(len(rows), len(rows[0]) // 4)


def _in_order(
    keys: Sequence[tuple[str, int]], matrix: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)
    return np.array([keys[i][1] for i in order], dtype=np.int64), matrix[order]


def _shortened(matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The short form of a large matrix and its directions; empty for a small one."""
    if len(matrix) < WORTHWHILE:
        return np.empty((0, 0), dtype=np.float32), np.empty((0, 0), dtype=np.float32)
    directions = principal_directions(matrix)
    return matrix @ directions, directions
