"""One run of the writer: plan → embed → store → index, with a report of everything that happened."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ingest.articles import read_articles
from ingest.duplicates import Stories, signature
from ingest.metadata import FROM_CONTENT
from ingest.passages import split_passages
from ingest.records import Skipped
from ingest.scopes import Scope, is_under, unread_roots
from ingest.sources import count_sources
from rag.bulk_embedder import open_bulk_embedder
from rag.embedder import Embedder, open_embedder
from rag.errors import SettingsError
from rag.index.connection import make_directory
from rag.index.library import update_caches
from rag.index.lock import WriterLock
from rag.index.store import STORE_FILE, KnownArticle, Store
from rag.records import Article, Passage
from rag.settings import Settings

Progress = Callable[[int, int, str], None]
"""Called as (articles done, articles in all as estimated, title)."""

_BATCH_PASSAGES = 128
"""Passages embedded together; their articles are stored one by one right after."""
_MANY_ARTICLES = 50
"""From here on the bulk engine's slower start is worth it."""


@dataclass(slots=True)
class IngestReport:
    """What a run did to a library. Counts are articles; `passages` and `stories` are the library's totals."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    articles: int = 0
    passages: int = 0
    stories: int = 0
    seconds: float = 0.0

    @property
    def usable(self) -> bool:
        """False when no article at all was found in the sources."""
        return self.added + self.updated + self.unchanged > 0

    def to_json(self) -> dict[str, Any]:
        """The document of the command contract (design, section 6)."""
        counts = {name: getattr(self, name) for name in ("added", "updated", "unchanged", "removed")}
        skipped = [{"source": s.source, "reason": s.reason} for s in self.skipped]
        totals = {"articles": self.articles, "passages": self.passages, "stories": self.stories}
        return {**counts, "skipped": skipped, **totals, "seconds": round(self.seconds, 3)}


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    *,
    remove_missing: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Brings the articles of some files and folders into the library of the settings.

    Safe to repeat and to kill: each article is stored in one transaction, and unchanged ones are left alone.

    Args:
        remove_missing: Also removes articles once read from under these paths and not found there now.
        dry_run: Changes nothing and reports what would happen.

    Raises:
        SourceError: A path does not exist.
        LibraryBusy: Another process is writing.
        LibraryDamaged: The store cannot be read.
        LibraryNotWritable: Disk full, read-only, or no permission; what was reported as done is kept.
        SettingsError: The library was made with another embedding model.
    """
    total = count_sources(paths)

    def reading(name: str) -> None:
        if progress is not None:
            progress(0, total, f"reading {name}")

    return ingest_articles(
        read_articles(paths, settings, reading),
        settings,
        remove_missing_under=paths if remove_missing else (),
        dry_run=dry_run,
        progress=progress,
        total=total,
    )


def ingest_articles(
    items: Iterable[Article | Skipped],
    settings: Settings,
    *,
    remove_missing_under: Sequence[Path] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
    total: int = 0,
) -> IngestReport:
    """Brings articles from anywhere into the library of the settings; see `ingest`.

    Args:
        remove_missing_under: Articles once read from under these paths and not among the items are removed.
        total: How many items there are, about, for the progress.
    """
    started = time.monotonic()
    report = IngestReport()
    if dry_run and not (settings.library / STORE_FILE).is_file():
        _plan_without_library(items, report)
    else:
        make_directory(settings.library)
        with (
            nullcontext() if dry_run else WriterLock(settings.library),
            closing(Store(settings.library, create=not dry_run)) as store,
        ):
            _Run(store, settings, report, dry_run, progress, total).run(items, remove_missing_under)
    report.seconds = time.monotonic() - started
    return report


def _plan_without_library(items: Iterable[Article | Skipped], report: IngestReport) -> None:
    for item in items:
        if isinstance(item, Skipped):
            report.skipped.append(item)
        else:
            report.added += 1


@dataclass(slots=True)
class _Planned:
    """An article to be stored, with its passages and the texts whose vectors stand for them."""

    article: Article
    passages: list[Passage]
    texts: list[str]
    hashes: list[bytes]


class _Run:
    """The state of one run."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        report: IngestReport,
        dry_run: bool,
        progress: Progress | None,
        total: int,
    ) -> None:
        self._store = store
        self._settings = settings
        self._report = report
        self._dry_run = dry_run
        self._progress = progress or (lambda done, total, name: None)
        self._total = total
        self._known: dict[str, KnownArticle] = {k.id: k for k in self._store.known_articles()}
        self._by_source = {k.source: k.id for k in self._known.values()}
        self._stories = Stories(((k.id, k.story_id, k.signature) for k in self._known.values()), self._text_of)
        self._embedder: Embedder | None = None
        self._done = 0

    def run(self, items: Iterable[Article | Skipped], remove_missing_under: Sequence[Path]) -> None:
        seen: set[str] = set()
        batch: list[_Planned] = []
        for article in self._changed(items, seen):
            batch.append(self._plan(article))
            if sum(len(p.passages) for p in batch) >= _BATCH_PASSAGES:
                self._write(batch)
                batch.clear()
        self._write(batch)
        if remove_missing_under:
            self._remove_missing(remove_missing_under, seen)
        if not self._dry_run:
            if self._report.updated or self._report.removed:
                self._store.drop_unused_vectors()
            if self._store.counts()[0]:
                update_caches(self._store)
        self._report.articles, self._report.passages, self._report.stories = self._store.counts()

    def _changed(self, items: Iterable[Article | Skipped], seen: set[str]) -> Iterator[Article]:
        """The articles to write; counts the others."""
        for article in self._identified(items, seen):
            known = self._known.get(article.id)
            if known is None:
                self._report.added += 1
            elif known.content_hash == article.content_hash:
                self._report.unchanged += 1
                self._follow_move(known, article)
                self._tick(article.title)
                continue
            else:
                self._report.updated += 1
            if not self._dry_run:
                yield article

    def _identified(self, items: Iterable[Article | Skipped], seen: set[str]) -> Iterator[Article]:
        """The articles; one named by its content keeps the name under which its file or line is known.

        Those come last, because the article of that name may have moved: to another line, or another file.
        """
        waiting: list[tuple[Article, str]] = []
        for item in items:
            if isinstance(item, Skipped):
                self._report.skipped.append(item)
            elif (known_id := self._former_name(item)) is not None:
                waiting.append((item, known_id))
            else:
                seen.add(item.id)
                yield item
        for article, known_id in waiting:
            named = article if known_id in seen else replace(article, id=known_id)
            seen.add(named.id)
            yield named

    def _former_name(self, article: Article) -> str | None:
        known_id = self._by_source.get(article.source)
        is_named_by_content = article.provenance.get("id") == FROM_CONTENT
        return known_id if is_named_by_content and article.id not in self._known else None

    def _follow_move(self, known: KnownArticle, article: Article) -> None:
        if known.source != article.source and not self._dry_run:
            self._store.move_source(article.id, article.source)

    def _plan(self, article: Article) -> _Planned:
        embedder = self._open_embedder()
        limit = min(self._settings.passage_tokens, embedder.max_tokens - 2)
        passages = split_passages(article, embedder.count_tokens, limit)
        texts = [f"{article.title}. {p.text}" for p in passages]
        hashes = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        return _Planned(article, passages, texts, hashes)

    def _write(self, batch: Sequence[_Planned]) -> None:
        stored = self._store.stored_vectors(h for planned in batch for h in planned.hashes)
        wanted = {
            h: t for planned in batch for h, t in zip(planned.hashes, planned.texts, strict=True) if h not in stored
        }
        fresh = self._open_embedder().embed(list(wanted.values())) if wanted else np.empty((0, 0), dtype=np.float32)
        vectors = dict(zip(wanted, fresh, strict=True))
        for planned in batch:
            self._put(planned, vectors)
            self._tick(planned.article.title)

    def _put(self, planned: _Planned, vectors: dict[bytes, Any]) -> None:
        article = planned.article
        sketch = signature(article.text, article.published)
        self._stories.forget(article.id)
        story_id = self._stories.assign(article.id, article.text, sketch)
        rows = [(p, h, vectors.get(h)) for p, h in zip(planned.passages, planned.hashes, strict=True)]
        self._store.put(replace(article, story_id=story_id), sketch, rows)

    def _remove_missing(self, paths: Sequence[Path], seen: set[str]) -> None:
        scope = Scope(paths)
        unread = unread_roots(s.source for s in self._report.skipped)  # not read today is not the same as gone
        for known in self._known.values():
            if scope.holds(known.source) and known.id not in seen and not is_under(known.source, unread):
                self._report.removed += 1
                if not self._dry_run:
                    self._store.remove(known.id)

    def _open_embedder(self) -> Embedder:
        if self._embedder is None:
            opening = open_bulk_embedder if self._total >= _MANY_ARTICLES else open_embedder
            self._embedder = opening(self._settings.embedding_model)
            made_with = self._store.embedding_model
            if made_with not in (None, self._embedder.name):
                raise SettingsError(
                    f"library {str(self._settings.library)!r} holds vectors of {made_with!r}, not of "
                    f"{self._embedder.name!r}. Set embedding_model to the former or use a new library."
                )
            self._store.set_embedding_model(self._embedder.name)
        return self._embedder

    def _text_of(self, article_id: str) -> str | None:
        article = self._store.article(article_id)
        return None if article is None else article.text

    def _tick(self, title: str) -> None:
        self._done += 1
        self._progress(self._done, max(self._total, self._done), title)
