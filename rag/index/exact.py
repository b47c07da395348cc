"""Vector search by comparing with every passage: float32 unit vectors in memory-mapped files, in order of date.

It answers every filter in no more time than no filter (docs/decisions/vectors.md). In a large library a scan of
shortened vectors chooses the passages whose cosines are then computed in full (`rag.index.projection`).

The files are a base that is written once (`rag.index.base_vectors`) and a tail of what came since, to which a change
of the library appends; passages that went are masked. When both have grown to a share of the base they are merged
with it, as log-structured merge trees do (O'Neil et al. 1996).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.index.base_vectors import BaseVectors, no_vectors, open_base, remove_base, write_base
from rag.index.cache_state import Cache, CacheState, read_state, write_state
from rag.index.passage_rows import PassageRows
from rag.index.store import Store
from rag.index.vector_scan import VectorBlock, best_of
from rag.index.vector_tail import Extent, VectorTail, no_tail, stored_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYOUT = "4"
"""Kept in the state's fingerprint: files of another layout are built anew."""
_RESCORED, _LEAST_RESCORED = 2000, 500
"""How many rows of short vectors are compared in full, and of how many at least where a filter passes a share."""
_TAIL_ROWS, _TAIL_SHARE = 2000, 0.1
"""A tail of more rows than this, and than this share of the base, is merged with it; so are passages that went."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A new base that stands for an old one with as much of its tail as `extent` says."""

    base: BaseVectors
    extent: Extent


class ExactVectors(Cache):
    """Every passage's vector: those of the base by date of publication, undated last, then those that came since.

    Attributes:
        rows: Passage numbers in the order of the rows, also of passages that went.
        gone: The rows of passages that went.
        extent: The base that is open and how much of its tail; another object whenever something else is open.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._base = no_vectors()
        self._take(no_tail(self._base), Extent())

    # ------------------------------------------------------------------ reading the files
    def open(self, store: Store) -> bool:
        """Opens the files; False when they are missing, damaged, of another layout or not of this library."""
        state = read_state(self._directory)
        extent = Extent.of(state.fingerprint, LAYOUT)
        if extent is None or not state.usable_for(store):
            return False
        try:
            base = self._base if self._base.name == extent.base else open_base(self._directory, extent.base)
            tail = extent.open(self._directory, base.matrix.shape[1], base.short.shape[1])
        except (OSError, ValueError):
            return False
        self._base = base
        self._take(tail, extent)
        self.state = state
        return True

    def reopened(self, store: Store) -> ExactVectors | None:
        """What the files hold now, or None as `open` gives False; what is open of the base is not opened again."""
        newer = self.unopened()
        return newer if newer.open(store) else None

    def unopened(self) -> ExactVectors:
        """The same files, to be opened again; what is open of the base is kept for it."""
        newer = ExactVectors(self._directory)
        newer._base = self._base
        return newer

    def load(self, store: Store) -> None:
        """Takes the vectors from the store into memory, where no file can be had."""
        generation = store.generation
        blocks = list(stored_vectors(store))
        if blocks:
            numbers, days, matrix = (np.concatenate(column) for column in zip(*blocks, strict=True))
            order = np.lexsort((numbers, days))
            nothing = np.empty((0, 0), dtype=np.float32)
            name = secrets.token_hex(4)
            self._base = BaseVectors(name, PassageRows(numbers[order]), days[order], matrix[order], nothing, nothing)
        else:
            self._base = no_vectors()
        self._take(no_tail(self._base), Extent(self._base.name))
        self.state = CacheState(store.library_id, generation)

    def agrees_with(self, store: Store) -> bool:
        """True when the open files hold what the store holds."""
        count = 0
        for numbers, _, matrix in stored_vectors(store):
            rows = self._live(self.rows.places(numbers))
            if len(rows) != len(numbers) or not np.array_equal(self._vectors_of(rows), matrix):
                return False
            count += len(rows)
        return count == len(self.rows) - len(self.gone)

    def _take(self, tail: VectorTail, extent: Extent) -> None:
        self._tail, self.extent = tail, extent
        self.rows = self._base.rows.extended(tail.numbers)
        gone = self.rows.places(tail.gone)
        self.gone = np.sort(gone[gone >= 0])
        count = len(self._base.rows)
        self._full = [VectorBlock.of(0, self._base.matrix, self.gone), VectorBlock.of(count, tail.matrix, self.gone)]
        self._short = [VectorBlock.of(0, self._base.short, self.gone), VectorBlock.of(count, tail.short, self.gone)]

    # ------------------------------------------------------------------ writing them
    def update(self, store: Store) -> None:
        """Appends what the store saw since, or builds the files anew; readers of the old ones keep theirs."""
        self._directory.mkdir(parents=True, exist_ok=True)
        if self.open(store) and len(self._base.rows):
            self._append(store)
        else:
            self._build(store)

    def _append(self, store: Store) -> None:
        generation = store.generation  # first: what is stored meanwhile is met again, and known then
        removed = np.unique(np.array(store.removed_since(self.generation), dtype=np.int64))  # before what came for it
        extent, rows = self.extent, self.rows
        for numbers, days, matrix in stored_vectors(store, self.generation, self._base.matrix.shape[1]):
            new = rows.places(numbers) < 0
            block = (numbers[new], days[new], matrix[new])
            extent = extent.append(self._directory, block, self._base.shortened(block[2]))
            rows = rows.extended(numbers[new])
        removed = removed[(rows.places(removed) >= 0) & ~np.isin(removed, self._tail.gone)]
        self._record(store.library_id, generation, extent.remove(self._directory, removed))

    def _build(self, store: Store) -> None:
        generation = store.generation
        draft, width = Extent("draft"), 0
        try:
            draft.forget(self._directory)
            for block in stored_vectors(store):
                width = block[2].shape[1]
                draft = draft.append(self._directory, block, block[2][:, :0])
            incoming = draft.open(self._directory, width, 0)
            base = write_base(self._directory, incoming.numbers, incoming.days, incoming.matrix.__getitem__)
        finally:
            draft.forget(self._directory)
        self._record(store.library_id, generation, Extent(base.name))
        self._clean_up(base.name)

    def _record(self, library_id: str, generation: int, extent: Extent) -> None:
        mark = extent.mark(LAYOUT)
        write_state(self._directory, CacheState(library_id, generation, clean=True, fingerprint=mark))

    def _clean_up(self, name: str) -> None:
        for file in self._directory.iterdir():
            if file.is_file() and f"-{name}." not in file.name:
                file.unlink(missing_ok=True)

    # ------------------------------------------------------------------ merging them
    @property
    def should_merge(self) -> bool:
        """True when the tail and the passages that went have grown to a share of the base."""
        changed = self.extent.added + self.extent.gone
        return changed > max(_TAIL_ROWS, _TAIL_SHARE * len(self._base.rows))

    def merged(self) -> Merged:
        """Writes the base and its tail, as they are open, as a new base that nobody reads yet; takes a while.

        Raises:
            OSError: It cannot be written, or the files were removed meanwhile.
        """
        rows = self._live(np.arange(len(self.rows)))
        days = np.concatenate((self._base.days, self._tail.days))
        base = write_base(
            self._directory, self.rows.numbers[rows], days[rows], lambda some: self._vectors_of(rows[some])
        )
        return Merged(base, self.extent)

    def switch(self, store: Store, merged: Merged) -> None:
        """Makes a merged base the one that is read, with what the tail got since.

        The caller keeps others from updating. Nothing happens when the files have been built anew meanwhile.
        """
        if not self.open(store) or self.extent.base != merged.extent.base:
            remove_base(self._directory, merged.base.name)
            return
        tail, since, gone = self._tail, merged.extent.added, merged.extent.gone
        block = (tail.numbers[since:], tail.days[since:], tail.matrix[since:])
        extent = Extent(merged.base.name).append(self._directory, block, merged.base.shortened(block[2]))
        extent = extent.remove(self._directory, tail.gone[gone:])
        self._record(store.library_id, self.generation, extent)
        self._clean_up(merged.base.name)

    # ------------------------------------------------------------------ search
    def search(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """The k passages of highest cosine, best first, as (number, cosine).

        Args:
            vector: Unit vector of the question.
            allowed: For each row whether it may be returned; None for all.
        """
        if k < 1 or not len(self.rows):
            return []
        if allowed is not None and len(self.gone):
            allowed = allowed.copy()
            allowed[self.gone] = False
        if len(self._base.short):
            axes, likely = vector @ self._base.directions, max(_likely(allowed), k)
            rows, _ = best_of([block.best(axes, likely, allowed) for block in self._short], likely)
            rows, scores = best_of([(rows, self._vectors_of(rows) @ vector)], k)
        else:
            rows, scores = best_of([block.best(vector, k, allowed) for block in self._full], k)
        order = np.lexsort((self.rows.numbers[rows], -scores))
        return [(int(self.rows.numbers[rows[i]]), float(scores[i])) for i in order]

    def cosines(self, vector: NDArray[np.float32], numbers: Iterable[int]) -> dict[int, float]:
        """Cosine of each of the passages to a unit vector; unknown numbers are left out."""
        rows = self._live(self.rows.places(list(numbers)))
        scores = self._vectors_of(rows) @ vector if len(rows) else ()
        return {int(n): float(s) for n, s in zip(self.rows.numbers[rows], scores, strict=True)}

    def _live(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        known = rows[rows >= 0]
        return known[~np.isin(known, self.gone)] if len(self.gone) else known

    def _vectors_of(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        count = len(self._base.rows)
        late = rows >= count
        if not late.any():
            return self._base.matrix.take(rows, axis=0)  # faster than the rows as an index
        found = np.empty((len(rows), self._tail.matrix.shape[1]), dtype=np.float32)
        found[late] = self._tail.matrix[rows[late] - count]
        found[~late] = self._base.matrix[rows[~late]]
        return found


def _likely(allowed: NDArray[np.bool_] | None) -> int:
    share = 1.0 if allowed is None else np.count_nonzero(allowed) / len(allowed)
    return max(_LEAST_RESCORED, int(_RESCORED * share))
