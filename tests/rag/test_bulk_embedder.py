from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.bulk_embedder import PROBES, OpenVinoEmbedder, has_bfloat16, is_equal, open_bulk_embedder
from rag.embedder import BUNDLED, ONNX_FILE, Embedder, bundled_directory, open_embedder
from rag.index.library import open_library

needs_bfloat16 = pytest.mark.skipif(not has_bfloat16(), reason="this processor does not compute bfloat16")


@needs_bfloat16
def test_the_bulk_engine_ranks_like_the_exact_one(sample_library: Path) -> None:
    exact, fast = open_embedder(), OpenVinoEmbedder(BUNDLED, bundled_directory(), ONNX_FILE)
    store = open_library(sample_library).store
    texts = [stored.passage.text for stored in store.passages(store.passage_numbers()).values()]
    questions = [text.split(". ")[0] for text in texts][:100]
    asked = exact.embed(questions)
    cosines = [asked @ engine.embed(texts).T for engine in (exact, fast)]
    best = [np.argsort(-scores, axis=1)[:, :10] for scores in cosines]
    overlap = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*best, strict=True)])
    assert overlap >= 0.99
    np.testing.assert_array_equal(best[0][:, 0], best[1][:, 0])


@needs_bfloat16
def test_the_fast_engine_is_taken_and_reports_nothing_to_anyone() -> None:
    assert open_bulk_embedder().engine == "OpenVINO bfloat16"
    assert sys.modules["openvino_telemetry"] is None


class _Distorted:
    """An engine whose vectors are a little off, or no numbers at all."""

    def __init__(self, exact: Embedder, off: float) -> None:
        self._exact, self._off = exact, off
        self.name, self.engine, self.dimensions, self.max_tokens = exact.name, "distorted", exact.dimensions, 256

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._exact.embed(texts)
        vectors[:, 0] += np.float32(self._off)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        return self._exact.count_tokens(text)


@pytest.mark.parametrize(("off", "equal"), [(0.0, True), (0.05, False), (float("nan"), False)])
def test_an_engine_that_computes_other_vectors_is_not_used(off: float, equal: bool) -> None:
    exact = open_embedder()
    assert is_equal(exact.embed(PROBES), _Distorted(exact, off)) is equal
