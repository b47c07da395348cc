"""An embedder that computes no text's vectors twice, because many attacks are asked the same question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedder import Embedder


class RememberingEmbedder:
    """Speaks `rag.embedder.Embedder` with another one's vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        self.name = embedder.name
        self.engine = embedder.engine
        self.dimensions = embedder.dimensions
        self.max_tokens = embedder.max_tokens

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        return self.embed_pieces(texts)[0]

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """See `Embedder`."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            vectors, pieces = self._embedder.embed_pieces(new)
            self._known.update(zip(new, zip(vectors, pieces, strict=True), strict=True))
        known = [self._known[text] for text in texts]
        return np.stack([vector for vector, _ in known]), [pieces for _, pieces in known]

    def count_tokens(self, text: str) -> int:
        """See `Embedder`."""
        return self._embedder.count_tokens(text)
