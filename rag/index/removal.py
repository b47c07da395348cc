"""Taking articles out of a library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.index.place import Place
from rag.index.upkeep import finish_writing, writing


def remove_articles(article_ids: Sequence[str], where: Place | Path | str) -> list[str]:
    """Removes articles from a library and its caches; gives the ids that were there.

    Raises:
        LibraryMissing: No library there.
        LibraryBusy: Another process is writing.
        LibraryNotWritable: Disk full, read-only, or no permission.
    """
    with writing(where) as store:
        gone = [id for id in article_ids if store.remove(id)]
        if gone:
            store.drop_unused_vectors()
            finish_writing(store)
    return gone
