"""Many texts → unit vectors: the fastest engine that this machine has, proved equal before it is used.

OpenVINO in bfloat16 embeds passages twice as fast as ONNX Runtime where the processor computes bfloat16
(docs/decisions/vectors.md). It takes a second to start and is not exact to the last bit, so questions stay
with ONNX Runtime.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from rag.embedder import (
    BUNDLED,
    ONNX_FILE,
    Embedder,
    ExportedEmbedder,
    OnnxEmbedder,
    bundled_directory,
    open_embedder,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_COSINE = 0.9999
"""To the float32 vectors, for each probe."""

PROBES = (
    "",
    "two words",
    "The blacklist named 28 entities. " * 60,
    "Министерство торговли сообщило в понедельник.",
    "商务部发言人星期三表示。",
    "rose 📈 7 %",
    "a",
    "How many companies did the October 2019 blacklist target?",
    "The ministry said that it would respond. Exporters expect licences to take longer. " * 4,
)


class OpenVinoEmbedder(ExportedEmbedder):
    """The bundled model on OpenVINO in bfloat16."""

    engine = "OpenVINO bfloat16"
    batch = 16
    round_to = 32

    def __init__(self, name: str, directory: Path, onnx_file: Path, threads: int | None = None) -> None:
        super().__init__(name, directory)
        options = {
            "INFERENCE_PRECISION_HINT": "bf16",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": str(threads or len(os.sched_getaffinity(0))),
        }
        compiled = _core().compile_model(str(onnx_file), "CPU", options)
        self._request = compiled.create_infer_request()
        self.dimensions = int(compiled.output(0).partial_shape[-1].get_length())

    def _hidden(self, feeds: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        return np.asarray(self._request.infer(feeds)[0])


def open_bulk_embedder(model: str = BUNDLED, threads: int | None = None) -> Embedder:
    """The fastest engine for many texts; its vectors are comparable with those of `open_embedder`.

    Args:
        threads: As in `open_embedder`.

    Raises:
        ModelMissing: As `open_embedder`.
    """
    if model == BUNDLED and ONNX_FILE.is_file() and has_bfloat16():
        # The exact engine is freed before the fast one is loaded: the two are never in memory together.
        exact = OnnxEmbedder(BUNDLED, bundled_directory(), ONNX_FILE, threads).embed(PROBES)
        fast = OpenVinoEmbedder(BUNDLED, bundled_directory(), ONNX_FILE, threads)
        if is_equal(exact, fast):
            return fast
    return open_embedder(model, threads)


def has_bfloat16() -> bool:
    """True when OpenVINO is installed and this processor computes bfloat16 itself."""
    if importlib.util.find_spec("openvino") is None:
        return False
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def is_equal(exact: NDArray[np.float32], fast: Embedder) -> bool:
    """True when all vectors of the PROBES point the same way as the exact ones, each alone and all in one batch."""
    together, alone = fast.embed(PROBES), np.vstack([fast.embed([probe]) for probe in PROBES])
    cosines = np.concatenate([np.sum(exact * vectors, axis=1) for vectors in (together, alone)])
    return bool(np.all(cosines >= LEAST_COSINE))  # False also for NaN


def _core() -> Any:
    # Importing openvino would otherwise start a process that reports usage to a server, unasked.
    sys.modules.setdefault("openvino_telemetry", cast(Any, None))
    from openvino import Core

    return Core()
