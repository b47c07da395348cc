"""Articles that no store can take, although reading never gives such a one: those that a program made by itself."""

from __future__ import annotations

import re

from ingest.records import Skipped
from rag.records import Article

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_TEXTS = (
    *("id", "title", "outlet", "author", "published", "updated", "url", "language"),
    *("text", "source", "content_hash", "story_id"),
)
_LONGEST_ID = 2000
"""Bytes; an index of PostgreSQL takes 2,700."""


def storable(item: Article | Skipped) -> Article | Skipped:
    """The item as it is, or why it is skipped."""
    if isinstance(item, Skipped):
        return item
    if any(_UNSTORABLE.search(getattr(item, name) or "") for name in _TEXTS):
        reason = "holds a NUL character or half of a surrogate pair, which no store keeps"
    elif max(len(item.id.encode()), len(item.story_id.encode())) > _LONGEST_ID:
        reason = f"has an id of more than {_LONGEST_ID:,} bytes"
    else:
        return item
    return Skipped(ascii(item.source)[1:-1], reason)
