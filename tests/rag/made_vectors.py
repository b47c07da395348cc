"""Articles with made-up vectors, put straight into a store."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np

from rag.index.store import Store
from rag.records import Article, Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 64


def unit(rng: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Unit vectors of rank 20 or so."""
    directions = np.random.default_rng(1).normal(size=(20, WIDTH))
    matrix = rng.normal(size=(rows, 20)) @ directions + 0.1 * rng.normal(size=(rows, WIDTH))
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def put(store: Store, id: str, vectors: NDArray[np.float32], published: str | None = None, outlet: str = "A") -> None:
    """Adds or replaces an article with a passage for each vector."""
    text = "".join(f"Sentence {i} of {id} {secrets.token_hex(4)}. " for i in range(len(vectors)))
    article = Article(id, f"About {id}", outlet, None, published, story_id=f"story {id[-1]}", text=text)
    rows = [
        (Passage(id, i, i + 5, text[i : i + 5], ((i, i + 5),)), secrets.token_bytes(16), vector)
        for i, vector in enumerate(vectors)
    ]
    store.put(article, b"", rows)
