"""Texts embedded piece by piece, the latest remembered.

A comparison is read once as a whole and once for each of its parts, a follow-up often in the passages of the turn
before: the same sentences, and embedding them is nine tenths of what an answer without a language model takes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Embedded = tuple[NDArray[np.float32], NDArray[np.float32]]

MOST_PIECES = 8000
"""Some five questions' worth, 12 MB."""


class PieceEmbedder(Protocol):
    """The part of `rag.embedder.Embedder` that reads word pieces."""

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """See `Embedder.embed_pieces`."""
        ...


class PieceMemory:
    """Embeds each text once while it is remembered; the longest unused is forgotten first. Safe to share."""

    def __init__(self, embedder: PieceEmbedder, most_pieces: int = MOST_PIECES) -> None:
        """Remembers texts of `most_pieces` word pieces together."""
        self._embedder = embedder
        self._most = most_pieces
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Embedded] = OrderedDict()
        self._pieces = 0

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """See `Embedder.embed_pieces`; of one text or more."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            for text in found:
                self._known.move_to_end(text)
        if missing := [text for text in dict.fromkeys(texts) if text not in found]:
            vectors, pieces = self._embedder.embed_pieces(missing)
            fresh = {text: (vectors[i].copy(), pieces[i]) for i, text in enumerate(missing)}
            self._remember(fresh)
            found |= fresh
        return np.stack([found[text][0] for text in texts]), [found[text][1] for text in texts]

    def _remember(self, fresh: dict[str, Embedded]) -> None:
        with self._lock:
            for text, embedded in fresh.items():
                if text not in self._known:  # another thread may have been as quick
                    self._known[text] = embedded
                    self._pieces += len(embedded[1])
            while self._pieces > self._most:
                _, (_, pieces) = self._known.popitem(last=False)
                self._pieces -= len(pieces)
