from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.piece_memory import PieceMemory


class WordEmbedder:
    """A text is its number of words, its pieces their lengths; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def embed_pieces(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        self.asked.append(list(texts))
        vectors = np.array([[len(t.split())] for t in texts], dtype=np.float32)
        return vectors, [np.array([[len(w)] for w in t.split()], dtype=np.float32) for t in texts]


def test_known_texts_are_not_embedded_again_and_all_come_in_the_order_asked() -> None:
    embedder = WordEmbedder()
    memory = PieceMemory(embedder)
    memory.embed_pieces(["the ferry left", "it rained"])
    vectors, pieces = memory.embed_pieces(["nobody", "it rained", "nobody", "the ferry left"])
    assert embedder.asked == [["the ferry left", "it rained"], ["nobody"]]
    assert vectors.tolist() == [[1], [2], [1], [3]]
    assert [p[:, 0].tolist() for p in pieces] == [[6], [2, 6], [6], [3, 5, 4]]


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    embedder = WordEmbedder()
    memory = PieceMemory(embedder, most_pieces=4)
    memory.embed_pieces(["a b"])
    memory.embed_pieces(["c d"])
    memory.embed_pieces(["a b"])
    memory.embed_pieces(["e f"])
    assert embedder.asked == [["a b"], ["c d"], ["e f"]]
    memory.embed_pieces(["a b", "c d"])
    assert embedder.asked[-1] == ["c d"]


def test_a_text_longer_than_the_memory_is_embedded_all_the_same() -> None:
    memory = PieceMemory(WordEmbedder(), most_pieces=2)
    vectors, _ = memory.embed_pieces(["a b c", "d"])
    assert vectors.tolist() == [[3], [1]]
    assert memory.embed_pieces(["d"])[0].tolist() == [[1]]
