"""Taking articles out of a library."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rag.index.library import update_caches
from rag.index.lock import WriterLock
from rag.index.store import Store


def remove_articles(article_ids: Sequence[str], directory: Path) -> list[str]:
    """Removes articles from a library and its caches; gives the ids that were there.

    Raises:
        LibraryMissing: No library there.
        LibraryBusy: Another process is writing.
        LibraryNotWritable: Disk full, read-only, or no permission.
    """
    with closing(Store(directory)) as store, WriterLock(directory):
        gone = [id for id in article_ids if store.remove(id)]
        if gone:
            store.drop_unused_vectors()
            update_caches(store)
    return gone
