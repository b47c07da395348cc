from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.embedder import (
    BUNDLED,
    ONNX_FILE,
    OnnxEmbedder,
    SentenceTransformersEmbedder,
    bundled_directory,
    open_embedder,
)
from rag.errors import ModelMissing
from rag.onnx_export import PROBES, check_weights, least_cosine, main


def test_both_engines_give_the_same_vectors() -> None:
    reference = SentenceTransformersEmbedder(BUNDLED, bundled_directory())
    exported = OnnxEmbedder(BUNDLED, bundled_directory(), ONNX_FILE)
    assert least_cosine(reference.embed(PROBES), exported.embed(PROBES)) >= 0.99999
    assert reference.dimensions == exported.dimensions == 384
    assert reference.max_tokens == exported.max_tokens == 256
    for text in PROBES:
        assert reference.count_tokens(text) == exported.count_tokens(text)


def test_both_engines_give_the_same_vectors_of_word_pieces() -> None:
    reference = SentenceTransformersEmbedder(BUNDLED, bundled_directory())
    exported = OnnxEmbedder(BUNDLED, bundled_directory(), ONNX_FILE)
    (vectors, pieces), (others, other_pieces) = reference.embed_pieces(PROBES), exported.embed_pieces(PROBES)
    np.testing.assert_allclose(vectors, others, atol=1e-4)
    np.testing.assert_allclose(others, exported.embed(PROBES), atol=1e-6)
    for text, of_text, other in zip(PROBES, pieces, other_pieces, strict=True):
        assert len(of_text) == min(254, exported.count_tokens(text))
        np.testing.assert_allclose(of_text, other, atol=1e-3)


def test_vectors_are_of_unit_length_in_the_order_of_the_texts() -> None:
    embedder = open_embedder()
    texts = ["a long sentence about chips and the export rules for them " * n for n in (9, 1, 5, 2)]
    together = embedder.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, np.vstack([embedder.embed([t]) for t in texts]), atol=1e-5)
    assert embedder.embed([]).shape == (0, 384)


def test_a_second_export_returns_at_once() -> None:
    before = ONNX_FILE.stat().st_mtime_ns
    assert main() == 0
    assert ONNX_FILE.stat().st_mtime_ns == before


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelMissing, match="not the published model"):
        check_weights(tmp_path)


def test_a_directory_without_a_model_is_named() -> None:
    with pytest.raises(ModelMissing, match="nowhere"):
        open_embedder("nowhere")


def test_any_sentence_transformers_directory_can_be_used() -> None:
    assert isinstance(open_embedder(str(bundled_directory())), SentenceTransformersEmbedder)
