"""Other people's rerankers on Groundwire's passages: by name in the settings, or any object through the Python API."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from rag.embedder import Embedder
from rag.errors import ModelMissing, SettingsError
from rag.late_interaction import LATE_INTERACTION, LateInteraction
from rag.llamaindex_nodes import passage_node
from rag.records import Retrieved

NONE = "none"
CROSS_ENCODER = "cross-encoder"


@runtime_checkable
class Reranker(Protocol):
    """Anything that says how well passages answer a question."""

    def relevance(self, question: str, retrieved: Sequence[Retrieved]) -> Sequence[float | None]:
        """For each passage a number, higher is better; None for one that is to be left out."""
        ...


def open_reranker(name: str, embedder: Embedder) -> Reranker | None:
    """The reranker of a name, or None for "none".

    Args:
        name: "none"; "late-interaction", with the bundled model; or "cross-encoder:DIRECTORY" of a
            sentence-transformers CrossEncoder, in place of the directory the name of a model that is already in the
            local Hugging Face cache. Nothing is downloaded.

    Raises:
        SettingsError: The name is of no known kind.
        ModelMissing: The model is not on this machine.
    """
    if name == NONE:
        return None
    if name == LATE_INTERACTION:
        return LateInteraction(embedder)
    kind, _, model = name.partition(":")
    if kind != CROSS_ENCODER or not model:
        known = f"{NONE!r}, {LATE_INTERACTION!r} or '{CROSS_ENCODER}:DIRECTORY'"
        raise SettingsError(f"setting 'reranker': {name!r} is unknown. Write {known}.")
    return CrossEncoderReranker(model)


def as_reranker(reranker: Any) -> Reranker:
    """A LlamaIndex node postprocessor, or a `Reranker` as it is.

    Raises:
        SettingsError: It is neither.
    """
    if isinstance(reranker, Reranker):
        return reranker
    if hasattr(reranker, "postprocess_nodes"):
        return PostprocessorReranker(reranker)
    raise SettingsError(
        f"reranker: {type(reranker).__name__} has neither `relevance` nor `postprocess_nodes`. "
        "Give a LlamaIndex node postprocessor or a rag.reranking.Reranker."
    )


def reranked(reranker: Reranker, question: str, retrieved: Sequence[Retrieved]) -> tuple[Retrieved, ...]:
    """The passages in the reranker's order, equals in the order they had.

    `score` keeps the fused scores, highest first, because what follows is fitted to their scale; the reranker's own
    number is in `scores["reranker"]`.
    """
    relevance = reranker.relevance(question, retrieved)
    kept = [(number, item) for number, item in zip(relevance, retrieved, strict=True) if number is not None]
    kept.sort(key=lambda pair: -pair[0])
    scores = sorted((item.score for _, item in kept), reverse=True)
    return tuple(
        replace(item, rank=rank, score=score, scores={**item.scores, "reranker": round(float(number), 4)})
        for rank, ((number, item), score) in enumerate(zip(kept, scores, strict=True), start=1)
    )


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder, from local files only, on the CPU."""

    def __init__(self, model: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
        looks_like_path = model.startswith((".", "/", "~"))
        directory = Path(model).expanduser()
        if looks_like_path and not (directory / "config.json").is_file():
            raise ModelMissing(f"reranker {model!r}: no model in that directory. Give one that holds config.json.")
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging

        logging.disable_progress_bar()
        try:
            self._model = CrossEncoder(str(directory), device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelMissing(
                f"reranker {model!r} cannot be loaded from this machine ({reason}). "
                "Download it first, or give its directory."
            ) from None

    def relevance(self, question: str, retrieved: Sequence[Retrieved]) -> list[float | None]:
        """See `Reranker.relevance`: the model's own score, of the title and the passage."""
        if not retrieved:
            return []
        pairs = [(question, f"{r.article.title}. {r.passage.text}") for r in retrieved]
        scores = self._model.predict(pairs, show_progress_bar=False)
        if getattr(scores, "ndim", 1) != 1:
            raise SettingsError("reranker: the model gives several numbers for a pair. Use one with a single output.")
        return [float(score) for score in scores]


class PostprocessorReranker:
    """A LlamaIndex node postprocessor: its order, and what it leaves out."""

    def __init__(self, postprocessor: Any) -> None:
        self._postprocessor = postprocessor

    def relevance(self, question: str, retrieved: Sequence[Retrieved]) -> list[float | None]:
        """See `Reranker.relevance`: minus the place that the postprocessor gave."""
        nodes = self._postprocessor.postprocess_nodes([passage_node(r) for r in retrieved], query_str=question)
        places = {found.node.node_id: place for place, found in enumerate(nodes)}
        return [-float(places[r.passage.id]) if r.passage.id in places else None for r in retrieved]
