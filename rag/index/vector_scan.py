"""The rows of largest product with a vector: all of a matrix, or those that a mask allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.index.projection import best_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = slice | NDArray[np.intp]
    Best = tuple[NDArray[np.intp], NDArray[np.float32]]

_FEW, _FEW_OF_COLUMNS = 0.05, 0.005
"""Share of the rows up to which they are gathered first; it costs more where a matrix lies column by column."""
_MOST, _SPARE = 0.5, 1.2
"""Share of the rows from which more are taken and those that the mask leaves out are dropped, and how many more."""
_OUT = np.float32(8)
"""Taken off the products of rows that are not to be found; those of unit vectors lie within -1 and 1."""


@dataclass(frozen=True, slots=True)
class VectorBlock:
    """A run of rows.

    Attributes:
        first: Row of the first of them among the rows of all blocks.
        gone: Places within the block of rows that are not to be found.
    """

    first: int
    matrix: NDArray[np.float32]
    gone: NDArray[np.intp]

    @classmethod
    def of(cls, first: int, matrix: NDArray[np.float32], gone: NDArray[np.intp]) -> VectorBlock:
        """A block without those of the ascending rows `gone` that are in it."""
        low, high = np.searchsorted(gone, (first, first + len(matrix)))
        return cls(first, matrix, gone[low:high] - first)

    def best(self, vector: NDArray[np.float32], n: int, allowed: NDArray[np.bool_] | None) -> Best:
        """The n rows, among those of all blocks, of largest product, and the products; in no order.

        Args:
            allowed: For each row of all blocks whether it may be returned; None for all.
        """
        mask = None if allowed is None else allowed[self.first : self.first + len(self.matrix)]
        rows = _rows_of(mask, _FEW_OF_COLUMNS if self.matrix.flags.f_contiguous else _FEW)
        scores: NDArray[np.float32] = self.matrix[rows] @ vector
        if isinstance(rows, np.ndarray):
            best = best_rows(scores, n)
            return rows[best] + self.first, scores[best]
        if mask is None:
            scores[self.gone] = -np.inf
        else:
            most = _among_most(scores, mask[rows], n)
            if most is not None:
                return most + (rows.start or 0) + self.first, scores[most]
            scores -= ~mask[rows] * _OUT  # without branches, which cost as much as the products
        best = best_rows(scores, n)
        best = best[scores[best] > -_OUT / 2]
        return best + (rows.start or 0) + self.first, scores[best]


def _among_most(scores: NDArray[np.float32], mask: NDArray[np.bool_], n: int) -> NDArray[np.intp] | None:
    """The n best of the rows of a mask that passes most, if the best of all hold as many; in no order."""
    share = np.count_nonzero(mask) / len(mask)
    if share < _MOST:
        return None
    best = best_rows(scores, int(_SPARE * n / share))
    passing = best[mask[best]]
    return passing[best_rows(scores[passing], n)] if len(passing) >= n else None


def best_of(found: Sequence[Best], n: int) -> Best:
    """The n best of what several blocks gave; in no order."""
    rows, scores = (np.concatenate(column) for column in zip(*found, strict=True))
    best = best_rows(scores, n)
    return rows[best], scores[best]


def _rows_of(allowed: NDArray[np.bool_] | None, few: float) -> Rows:
    """The rows to multiply: a run of them, which a date filter gives; few, gathered; else all."""
    if allowed is None:
        return slice(None)
    count = int(np.count_nonzero(allowed))
    if count == 0:
        return np.empty(0, dtype=np.intp)
    first, last = int(allowed.argmax()), len(allowed) - int(allowed[::-1].argmax())
    if last - first == count:
        return slice(first, last)
    return np.flatnonzero(allowed) if count < few * len(allowed) else slice(first, last)
