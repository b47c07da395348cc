"""Taking articles out of a library."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rag.index.lock import WriterLock
from rag.index.store import Store
from rag.index.upkeep import begin_writing, finish_writing


def remove_articles(article_ids: Sequence[str], directory: Path) -> list[str]:
    """Removes articles from a library and its caches; gives the ids that were there.

    Raises:
        LibraryMissing: No library there.
        LibraryBusy: Another process is writing.
        LibraryNotWritable: Disk full, read-only, or no permission.
    """
    with closing(Store(directory)) as store, WriterLock(directory):
        begin_writing(store)
        gone = [id for id in article_ids if store.remove(id)]
        if gone:
            store.drop_unused_vectors()
            finish_writing(store)
    return gone
