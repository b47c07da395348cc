"""One run of the writer: plan → embed → store → index, with a report of everything that happened."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

from ingest.articles import read_articles
from ingest.counting import INDEXING, Counted, Progress, silent
from ingest.duplicates import Stories
from ingest.embedding import Embedded, Embedding, Failed, batched
from ingest.hiring import hire, wants_workers
from ingest.metadata import FROM_CONTENT
from ingest.planning import Tasks, tasks_with
from ingest.records import Skipped
from ingest.repeats import Repeats
from ingest.report import IngestReport
from ingest.scopes import Scope, is_under, unread_roots
from ingest.sources import count_sources
from ingest.storable import storable
from ingest.workers import InProcess, Workers
from rag.bulk_embedder import open_bulk_embedder
from rag.embedder import open_embedder
from rag.errors import SettingsError
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.store import KnownArticle, Store
from rag.index.upkeep import finish_writing, has_library, upgrade_library, writing
from rag.records import Article
from rag.settings import Settings

_REPEATS = "repeats"
_MANY = 300_000
"""Characters to be embedded, of some fifty articles, from which the slower start of the bulk engine and of workers is
worth it."""


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
    if not dry_run:
        upgrade_library(settings.place)
    counted = Counted(progress, count_sources(paths))
    repeats = known_repeats(settings.place)
    return ingest_articles(
        read_articles(paths, settings, counted.read, repeats),
        settings,
        repeats=repeats,
        remove_missing_under=paths if remove_missing else (),
        dry_run=dry_run,
        progress=counted.advance,
    )


def known_repeats(place: Place) -> Repeats:
    """What outlets repeat, as earlier runs on a library learned it: one file alone is cleaned as it was among many."""
    if not has_library(place):
        return Repeats()
    with closing(open_store(place)) as store:
        learned = store.fact(_REPEATS)
        return Repeats.from_json(learned) if learned else Repeats()


def ingest_articles(
    items: Iterable[Article | Skipped],
    settings: Settings,
    *,
    remove_missing_under: Sequence[Path] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
    repeats: Repeats | None = None,
) -> IngestReport:
    """Brings articles from anywhere into the library of the settings; see `ingest`.

    Args:
        remove_missing_under: Articles once read from under these paths and not among the items are removed.
        repeats: What reading the items taught about their outlets; kept for later runs.
    """
    started = time.monotonic()
    report = IngestReport()
    items = map(storable, items)
    if dry_run and not has_library(settings.place):
        _plan_without_library(items, report)
    else:
        opening = closing(open_store(settings.place)) if dry_run else writing(settings.place, create=True)
        with opening as store:
            _Run(store, settings, report, dry_run, progress or silent).run(items, remove_missing_under)
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


class _Run:
    """The state of one run."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        report: IngestReport,
        dry_run: bool,
        progress: Progress,
    ) -> None:
        self._store = store
        self._settings = settings
        self._report = report
        self._dry_run = dry_run
        self._progress = progress
        self._known: dict[str, KnownArticle] = {k.id: k for k in self._store.known_articles()}
        self._by_source = {k.source: k.id for k in self._known.values()}
        self._stories = Stories(((k.id, k.story_id, k.signature) for k in self._known.values()), self._text_of)
        self._wants_workers = wants_workers(settings)
        self._done = 0

    def run(self, items: Iterable[Article | Skipped], remove_missing_under: Sequence[Path]) -> None:
        seen: set[str] = set()
        self._write(self._changed(items, seen))
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
            if self._dry_run:
                self._note_new(article)
            else:
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

    def _write(self, changed: Iterator[Article]) -> None:
        """Stores the articles one by one, in their order."""
        first = next(batched(changed, lambda article: len(article.text), _MANY), [])
        if not first:
            return
        workers, tasks = self._hired(is_many=sum(len(article.text) for article in first) >= _MANY)
        with closing(workers):
            for done in Embedding(workers, tasks, self._store.stored_vectors).run(chain(first, changed)):
                if isinstance(done, Failed):
                    self._report.skipped.append(Skipped(done.article.source, done.reason))
                else:
                    self._put(done)
                    self._note_new(done.article)
                self._tick(done.article.title)

    def _put(self, embedded: Embedded) -> None:
        article = embedded.article
        self._stories.forget(article.id)
        story_id = self._stories.assign(article.id, article.text, embedded.signature)
        self._store.put(replace(article, story_id=story_id), embedded.signature, embedded.rows)

    def _note_new(self, article: Article) -> None:
        self._report.note("updated" if article.id in self._known else "added", article.title, article.source)

    def _remove_missing(self, paths: Sequence[Path], seen: set[str]) -> None:
        scope = Scope(paths)
        unread = unread_roots(s.source for s in self._report.skipped)  # not read today is not the same as gone
        for known in self._known.values():
            if scope.holds(known.source) and known.id not in seen and not is_under(known.source, unread):
                self._report.note("removed", known.id, known.source)
                if not self._dry_run:
                    self._store.remove(known.id)

    def _hired(self, *, is_many: bool) -> tuple[Workers, Tasks]:
        if is_many and self._wants_workers:
            self._agree_on(self._settings.embedding_model)
            return hire(self._settings)
        embedder = (open_bulk_embedder if is_many else open_embedder)(self._settings.embedding_model)
        self._agree_on(embedder.name)
        return InProcess(), tasks_with(embedder, self._settings.passage_tokens)

    def _agree_on(self, model: str) -> None:
        made_with = self._store.embedding_model
        if made_with not in (None, model):
            raise SettingsError(
                f"library {str(self._settings.place)!r} holds vectors of {made_with!r}, not of "
                f"{model!r}. Set embedding_model to the former or use a new library."
            )
        self._store.set_embedding_model(model)

    def _text_of(self, article_id: str) -> str | None:
        article = self._store.article(article_id)
        return None if article is None else article.text

    def _tick(self, title: str) -> None:
        self._done += 1
        self._progress(self._done, self._done, title)
