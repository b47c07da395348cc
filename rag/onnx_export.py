"""Set-up step: the bundled embedding model → one ONNX file beside the environment.

`python -m rag.onnx_export` checks the weights against the published hash, exports them, and keeps the
file only if its vectors equal those of sentence-transformers (cosine ≥ 0.99999 on texts of every shape).
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedder import BUNDLED, ONNX_FILE, OnnxEmbedder, SentenceTransformersEmbedder, bundled_directory
from rag.errors import GroundwireError, ModelMissing

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published for sentence-transformers/all-MiniLM-L6-v2."""

PROBES = (
    "",
    "two words",
    "The blacklist named 28 entities. " * 60,
    "Министерство торговли сообщило в понедельник.",
    "商务部发言人星期三表示。",
    "rose 📈 7 %",
    "a",
    "How many companies did the October 2019 blacklist target?",
)


def check_weights(directory: Path) -> None:
    """Raises ModelMissing unless the weights are the published ones."""
    digest = hashlib.sha256((directory / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelMissing(f"{directory}/model.safetensors is not the published model (sha256 {digest}). Reinstall it.")


def export(directory: Path, target: Path) -> None:
    """Writes the encoder with inputs input_ids, attention_mask, token_type_ids (batch × length, int64)."""
    import torch
    from transformers import AutoModel

    class Encoder(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.bert = AutoModel.from_pretrained(str(directory), attn_implementation="eager")

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            # An explicit additive mask: the model's own mask code does not survive tracing.
            mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
            return self.bert(input_ids=input_ids, attention_mask=mask, token_type_ids=token_type_ids).last_hidden_state

    ones = torch.ones(2, 8, dtype=torch.int64)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        Encoder().eval(),  # eval() on the wrapper: the exporter restores its mode to the model inside
        (ones, ones, torch.zeros_like(ones)),
        str(target),
        opset_version=17,
        dynamo=False,
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in [*names, "last_hidden_state"]},
    )


def least_cosine(reference: NDArray[np.float32], exported: NDArray[np.float32]) -> float:
    """Smallest cosine between vectors of the same texts, rows of unit length."""
    return float(np.min(np.sum(reference * exported, axis=1)))


def main() -> int:
    """Exports once; a second call returns at once."""
    if ONNX_FILE.is_file():
        return 0
    directory = bundled_directory()
    check_weights(directory)
    ONNX_FILE.parent.mkdir(parents=True, exist_ok=True)
    draft = ONNX_FILE.with_suffix(".draft")
    reference = SentenceTransformersEmbedder(BUNDLED, directory).embed(PROBES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, about branches that do not depend on the input
        export(directory, draft)
    cosine = least_cosine(reference, OnnxEmbedder(BUNDLED, directory, draft).embed(PROBES))
    if cosine < 0.99999:
        draft.unlink()
        raise ModelMissing(f"the exported embedding model differs from the original (cosine {cosine:.6f}).")
    os.replace(draft, ONNX_FILE)
    print(f"embedding model exported, cosine to the original ≥ {cosine:.6f}")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        sys.exit(main())
    except GroundwireError as error:
        sys.exit(f"groundwire: {error}")
