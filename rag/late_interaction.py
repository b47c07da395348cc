"""A reranker without training: every word of the question looks for its likest word in a passage.

The mean over the question's word pieces of the highest cosine to a piece of the passage, both from the embedding
model's last layer (MaxSim of Khattab and Zaharia 2020, "ColBERT", section 3.3, here with a model not trained for it).
It reads every passage anew, a fortieth of a second each: for answers, where half a second is little, and not for
searches in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.embedder import Embedder
from rag.records import Retrieved

LATE_INTERACTION = "late-interaction"
_WEIGHT = 4.0
"""Points of the ranking's value for one point of mean likeness."""


class LateInteraction:
    """Adds late interaction to the value that the ranking gave; see `rag.reranking.Reranker`."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def relevance(self, question: str, retrieved: Sequence[Retrieved]) -> list[float | None]:
        """See `Reranker.relevance`."""
        texts = [f"{r.article.title}. {r.passage.text}" for r in retrieved]
        _, (asked, *of_passages) = self._embedder.embed_pieces([question, *texts])
        if not len(asked):
            return [r.scores.get("value", r.score) for r in retrieved]
        likeness = [float((asked @ pieces.T).max(axis=1, initial=0.0).mean()) for pieces in of_passages]
        return [r.scores.get("value", r.score) + _WEIGHT * like for r, like in zip(retrieved, likeness, strict=True)]
