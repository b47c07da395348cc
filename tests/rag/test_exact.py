"""Vector search against the plain product, with and without the short form, for every kind of filter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index import exact
from rag.index.exact import ExactVectors
from rag.index.projection import best_rows, principal_directions

ROWS = 3000
FILTERS = {
    "none": None,
    "a run of dates": np.arange(ROWS) // 100 == 7,
    "half": np.arange(ROWS) % 2 == 0,
    "one in a hundred": np.arange(ROWS) % 100 == 3,
    "nothing": np.zeros(ROWS, dtype=bool),
    "the last": np.arange(ROWS) == ROWS - 1,
}


@pytest.fixture(params=[False, True], ids=["in full", "short form first"])
def vectors(request: pytest.FixtureRequest, tmp_path: Path) -> ExactVectors:
    rng = np.random.default_rng(1)
    directions = rng.normal(size=(20, 64))
    matrix = rng.normal(size=(ROWS, 20)) @ directions + 0.1 * rng.normal(size=(ROWS, 64))
    matrix = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
    found = ExactVectors(tmp_path)
    short = principal_directions(matrix)[:, :20]
    taken = (np.ascontiguousarray(matrix @ short), np.ascontiguousarray(short)) if request.param else ()
    found._take(rng.permutation(ROWS).astype(np.int64) + 10, matrix, *taken)
    return found


@pytest.mark.parametrize("name", FILTERS)
def test_the_best_are_those_of_the_plain_product(vectors: ExactVectors, name: str) -> None:
    allowed = FILTERS[name]
    question = vectors._matrix[5]
    scores = vectors._matrix @ question
    rows = np.arange(ROWS) if allowed is None else np.flatnonzero(allowed)
    wanted = sorted(rows, key=lambda row: -scores[row])[:20]
    found = vectors.search(question, 20, allowed)
    assert [n for n, _ in found] == [vectors.numbers[row] for row in wanted]
    np.testing.assert_allclose([s for _, s in found], scores[wanted], atol=1e-5)


def test_cosines_by_number_leave_out_the_unknown(vectors: ExactVectors) -> None:
    number = int(vectors.numbers[17])
    assert vectors.cosines(vectors._matrix[17], [number, 1, 10**9]) == {number: pytest.approx(1.0, abs=1e-5)}
    assert vectors.cosines(vectors._matrix[17], []) == {}


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = ExactVectors(tmp_path)
    assert empty.search(np.ones(4, dtype=np.float32), 5) == []
    assert empty.cosines(np.ones(4, dtype=np.float32), [1]) == {}


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=400), st.integers(1, 30))
def test_best_rows_are_the_best(values: list[float], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    chosen = best_rows(scores, k)
    assert len(set(chosen.tolist())) == min(k, len(scores))
    assert sorted(scores[chosen]) == sorted(np.sort(scores)[::-1][:k])


def test_best_rows_of_many_equal_scores() -> None:
    scores = np.zeros(100_000, dtype=np.float32)
    scores[77_777] = 1
    chosen = best_rows(scores, 10)
    assert len(chosen) == 10
    assert 77_777 in chosen


def test_large_libraries_use_the_short_form(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(2).normal(size=(300, 128)).astype(np.float32)
    assert [len(a) for a in exact._shortened(matrix)] == [0, 0]
    monkeypatch.setattr(exact, "WORTHWHILE", 300)
    short, directions = exact._shortened(matrix)
    assert short.shape == (300, 96)
    np.testing.assert_allclose(directions.T @ directions, np.eye(96), atol=1e-4)
