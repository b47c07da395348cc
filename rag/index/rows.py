"""Rows of a store's tables → records, the same whichever engine they come from."""

from __future__ import annotations

import json
from typing import Any

from rag.errors import LibraryDamaged
from rag.index.store import StoredPassage
from rag.records import ArticleHead, Passage

HEAD_FIELDS = tuple(ArticleHead.__dataclass_fields__)


def stored_passage(row: tuple[Any, ...]) -> StoredPassage:
    """Number, article id, start, end, text, sentences as JSON, and the head's fields."""
    number, article_id, start, end, text, sentences, *head = row
    spans = tuple((s, e) for s, e in parsed(sentences))
    return StoredPassage(number, Passage(article_id, start, end, text, spans), ArticleHead(*head))


def parsed(document: str) -> Any:
    """A JSON column.

    Raises:
        LibraryDamaged: It is none.
    """
    try:
        return json.loads(document)
    except (TypeError, ValueError):
        raise LibraryDamaged(f"the store holds {str(document)[:40]!r} in place of JSON. Ingest anew.") from None
