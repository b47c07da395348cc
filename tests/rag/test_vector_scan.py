"""A scan finds the rows of largest product among those that a mask allows, whichever way is the cheapest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.vector_scan import VectorBlock, _among_most


@given(st.integers(0, 10**6), st.integers(1, 60), st.floats(0, 1), st.booleans(), st.integers(0, 5))
def test_the_best_allowed_rows_are_found(seed: int, n: int, share: float, by_column: bool, gone: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(200, 4)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    vector, allowed = matrix[0], rng.random(200) < share
    went = rng.choice(200, gone, replace=False)
    allowed[went] = False
    block = VectorBlock.of(0, np.asfortranarray(matrix) if by_column else matrix, np.sort(went))
    rows, scores = block.best(vector, n, allowed)
    expected = sorted(np.flatnonzero(allowed).tolist(), key=lambda row: -float(matrix[row] @ vector))[:n]
    assert sorted(rows.tolist()) == sorted(expected)
    assert scores == pytest.approx(matrix[rows] @ vector, abs=1e-5)


def test_rows_that_a_mask_leaves_out_may_be_all_the_best() -> None:
    scores = np.linspace(1, 0, 1000, dtype=np.float32)
    mask = np.arange(1000) >= 400  # the worst 600
    assert _among_most(scores, mask, 10) is None
    mask = np.arange(1000) % 4 > 0
    found = _among_most(scores, mask, 10)
    assert found is not None
    assert sorted(found.tolist()) == [1, 2, 3, 5, 6, 7, 9, 10, 11, 13]
