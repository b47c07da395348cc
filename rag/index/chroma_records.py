"""Passages as the records of a Chroma collection, and searches among them; embedded or on a server alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import LibraryDamaged
from rag.index.base_vectors import UNDATED, day_key
from rag.index.store import StoredPassage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 1000
_SAME = 1e-3


def delete(collection: Any, numbers: Sequence[int]) -> None:
    """Removes passages; those that are not there are no fault."""
    for first in range(0, len(numbers), _BATCH):
        collection.delete(ids=[str(n) for n in numbers[first : first + _BATCH]])


def upsert(collection: Any, rows: Sequence[tuple[StoredPassage, bytes]]) -> None:
    """Adds or replaces at most 1000 passages with their float32 vectors."""
    collection.upsert(
        ids=[str(stored.number) for stored, _ in rows],
        embeddings=[np.frombuffer(vector, dtype=np.float32) for _, vector in rows],
        documents=[stored.passage.text for stored, _ in rows],
        metadatas=[_metadata(stored) for stored, _ in rows],
    )


def nearest(collection: Any, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """About the k passages of highest cosine, best first, as (number, cosine).

    Raises:
        LibraryDamaged: The collection holds what is no passage.
    """
    found = collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
    try:
        hits = [(int(n), 1.0 - float(d)) for n, d in zip(found["ids"][0], found["distances"][0], strict=True)]
    except (ValueError, TypeError, IndexError, KeyError):
        hits = [(-1, math.nan)]
    if not all(number >= 0 and math.isfinite(cosine) for number, cosine in hits):
        raise LibraryDamaged("the Chroma index answers with what is no passage. Run python -m rag doctor.")
    return hits


def finds_itself(collection: Any, probes: int) -> tuple[int, int]:
    """(found, tried): stored vectors whose own search returns them at distance about 0."""
    count = collection.count()
    found = tried = 0
    for offset in range(0, count, max(1, count // probes)):
        stored = collection.get(limit=1, offset=offset, include=["embeddings"])
        result = collection.query(query_embeddings=stored["embeddings"], n_results=1, include=["distances"])
        tried += 1
        found += bool(result["distances"][0]) and result["distances"][0][0] < _SAME
    return found, tried


def _metadata(stored: StoredPassage) -> dict[str, str | int]:
    head = stored.article
    day = day_key(head.published)
    fields: dict[str, str | int | None] = {
        "article_id": head.id,
        "start": stored.passage.start,
        "end": stored.passage.end,
        "title": head.title,
        "outlet": head.outlet,
        "author": head.author,
        "url": head.url,
        "published": head.published,
        "published_day": None if day == UNDATED else day,
        "story_id": head.story_id,
    }
    return {name: value for name, value in fields.items() if value is not None}
