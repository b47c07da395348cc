"""One run of the writer: plan → embed → store → index, with a report of everything that happened."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ingest.articles import read_articles
from ingest.counting import INDEXING, Counted, Progress, silent
from ingest.duplicates import Stories, signature
from ingest.metadata import FROM_CONTENT
from ingest.passages import split_passages
from ingest.records import Skipped
from ingest.repeats import Repeats
from ingest.report import IngestReport
from ingest.scopes import Scope, is_under, unread_roots
from ingest.sources import count_sources
from rag.bulk_embedder import open_bulk_embedder
from rag.embedder import Embedder, open_embedder
from rag.errors import SettingsError
from rag.index.connection import make_directory
from rag.index.lock import WriterLock
from rag.index.store import KnownArticle, Store
from rag.index.upkeep import begin_writing, finish_writing, has_library
from rag.records import Article, Passage
from rag.settings import Settings

_BATCH_PASSAGES = 128
"""Passages embedded together; their articles are stored one by one right after."""
_REPEATS = "repeats"
_MANY_ARTICLES = 50
"""From here on the bulk engine's slower start is worth it."""


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
    counted = Counted(progress, total)
    repeats = known_repeats(settings.library)
    return ingest_articles(
        read_articles(paths, settings, counted.read, repeats),
        settings,
        repeats=repeats,
        remove_missing_under=paths if remove_missing else (),
        dry_run=dry_run,
        progress=counted.advance,
        total=total,
    )


def known_repeats(library: Path) -> Repeats:
    """What outlets repeat, as earlier runs on a library learned it: one file alone is cleaned as it was among many."""
    if not has_library(library):
        return Repeats()
    with closing(Store(library)) as store:
        learned = store.fact(_REPEATS)
        return Repeats.from_json(learned) if learned else Repeats()


def ingest_articles(
    items: Iterable[Article | Skipped],
    settings: Settings,
    *,
    remove_missing_under: Sequence[Path] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
    total: int = 0,
    repeats: Repeats | None = None,
) -> IngestReport:
    """Brings articles from anywhere into the library of the settings; see `ingest`.

    Args:
        remove_missing_under: Articles once read from under these paths and not among the items are removed.
        total: How many items there are, about; decides on the engine that embeds them.
        repeats: What reading the items taught about their outlets; kept for later runs.
    """
    started = time.monotonic()
    report = IngestReport()
    if dry_run and not has_library(settings.library):
        _plan_without_library(items, report)
    else:
        make_directory(settings.library)
        with (
            nullcontext() if dry_run else WriterLock(settings.library),
            closing(Store(settings.library, create=not dry_run)) as store,
        ):
            if not dry_run:
                begin_writing(store)
            _Run(store, settings, report, dry_run, progress or silent, total).run(items, remove_missing_under)
            if repeats is not None and not dry_run:
                store.set_fact(_REPEATS, repeats.to_json())
    report.seconds = time.monotonic() - started
    return report


def _plan_without_library(items: Iterable[Article | Skipped], report: IngestReport) -> None:
    for item in items:
        if isinstance(item, Skipped):
            report.skipped.append(item)
        else:
            report.note("added", item.title, item.source)


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
        progress: Progress,
        total: int,
    ) -> None:
        self._store = store
        self._settings = settings
        self._report = report
        self._dry_run = dry_run
        self._progress = progress
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
                self._progress(self._done, self._done, INDEXING)
                finish_writing(self._store)
        self._report.articles, self._report.passages, self._report.stories = self._store.counts()

    def _changed(self, items: Iterable[Article | Skipped], seen: set[str]) -> Iterator[Article]:
        """The articles to write; counts the others."""
        for article in self._identified(items, seen):
            known = self._known.get(article.id)
            if known is not None and known.content_hash == article.content_hash:
                self._report.note("unchanged", article.title, article.source)
                self._follow_move(known, article)
                self._tick(article.title)
                continue
            self._report.note("added" if known is None else "updated", article.title, article.source)
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
                self._report.note("removed", known.id, known.source)
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
        self._progress(self._done, self._done, title)
