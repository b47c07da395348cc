"""Paths → articles: read, clean, describe, and of several versions of one article keep the latest."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import IO

from ingest.captions import without_lines
from ingest.cleaning import clean, normalise_characters
from ingest.headline import Top, split_top
from ingest.metadata import article_id, check_field, content_hash, find_metadata
from ingest.readers import read_documents
from ingest.readers.patience import within_time
from ingest.records import RawDocument, Skipped, Unreadable
from ingest.repeats import Repeats, without_repeats
from ingest.sources import SourceFile, find_files
from rag.records import Article
from rag.settings import Settings

FIELDS = ("title", "url", "outlet", "author", "published", "updated", "language")
"""What `content_hash` covers beside id and text."""
_ALL_FIELDS = tuple(field.name for field in fields(Article))
_IN_MEMORY = 32_000_000
"""Bytes of waiting articles that are held in memory before they go to a temporary file."""


def read_articles(
    paths: Sequence[Path],
    settings: Settings,
    progress: Callable[[str], None] | None = None,
    repeats: Repeats | None = None,
) -> Iterator[Article | Skipped]:
    """Articles of files, folders and globs, in the order of the files.

    All files are read before the first article is yielded, because a later file may hold a later
    version of it; waiting articles rest in a temporary file, so memory stays flat. `Skipped` are
    yielded as they occur. The same files give the same articles.

    Args:
        progress: Called with the source of each document once it is read.
        repeats: What outlets are known to repeat; learns from these articles before the first is yielded.

    Raises:
        SourceError: A path does not exist; nothing else about a source raises.
    """
    return _latest_versions(_read_all(find_files(paths), settings, progress), repeats or Repeats())


def to_article(raw: RawDocument) -> Article | Skipped:
    """Cleans and describes one document."""
    given = raw.fields.get("title")
    cleaned = clean(normalise_characters(raw.text), given.value if given else None)
    top = Top(cleaned.text) if raw.kind == "html" else split_top(cleaned.text, has_title=given is not None)
    text = top.body
    if not any(c.isalnum() for c in text):
        return Skipped(raw.source, "empty" if not raw.text.strip() else "no article text, only boilerplate or signs")
    found = find_metadata(raw, without_lines(text, cleaned.captions), top.fields, cleaned.site)
    for field, value in raw.fallback.items():
        found.offer(field, check_field(field, value.value), value.where)
    name, where = article_id(raw, found.values.get("url"), text)
    notes = {**raw.notes, **({"boilerplate_lines": str(cleaned.boilerplate)} if cleaned.boilerplate else {})}
    return Article(
        id=name,
        text=text,
        source=raw.source,
        content_hash=content_hash(name, text, found.values),
        provenance={"id": where, **found.provenance, **notes},
        **found.values,
    )


@dataclass(frozen=True, slots=True)
class _Version:
    """What decides between articles of one id: the later date, then the longer text, then the first read."""

    rank: tuple[str, str, int]
    content_hash: str
    source: str


def _read_all(
    files: Iterator[SourceFile | Skipped], settings: Settings, progress: Callable[[str], None] | None
) -> Iterator[Article | Skipped]:
    for file in files:
        if isinstance(file, Skipped):
            yield file
            continue
        for raw in read_documents(file, settings):
            if progress:
                progress(raw.source)
            yield raw if isinstance(raw, Skipped) else _article_or_reason(raw)


def _article_or_reason(raw: RawDocument) -> Article | Skipped:
    try:
        return within_time(lambda: to_article(raw))
    except Unreadable as reason:
        return Skipped(raw.source, str(reason))


def _latest_versions(found: Iterator[Article | Skipped], repeats: Repeats) -> Iterator[Article | Skipped]:
    latest: dict[str, _Version] = {}
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="\n") as waiting:
        for item in found:
            if isinstance(item, Skipped):
                yield item
                continue
            version = _version(item)
            best = latest.get(item.id)
            if best and best.content_hash == version.content_hash:
                yield Skipped(item.source, f"same article as {best.source}")
                continue
            if best is None or version.rank > best.rank:
                latest[item.id] = version
            if item.outlet:
                repeats.add(item.outlet, item.text.split("\n"))
            waiting.write(json.dumps({name: getattr(item, name) for name in _ALL_FIELDS}) + "\n")
        yield from _choose(waiting, latest, repeats.known())


def _choose(
    waiting: IO[str], latest: dict[str, _Version], repeats: Mapping[str, frozenset[int]]
) -> Iterator[Article | Skipped]:
    waiting.seek(0)
    for line in waiting:
        article = Article(**json.loads(line))
        best = latest[article.id]
        if article.source == best.source:
            yield _without_repeats(article, repeats.get(article.outlet or "", frozenset()))
        else:
            yield Skipped(article.source, f"older version of {article.id} (the latest is {best.source})")


def _without_repeats(article: Article, keys: frozenset[int]) -> Article:
    """The article without what its outlet repeats; its id stays, so that it is known again in another batch."""
    text = without_repeats(article.text, keys) if keys else article.text
    if text == article.text:
        return article
    values = {name: value for name in FIELDS if (value := getattr(article, name))}
    return replace(article, text=text, content_hash=content_hash(article.id, text, values))


def _version(article: Article) -> _Version:
    published = article.published or ""
    rank = (max(article.updated or "", published), published, len(article.text))
    return _Version(rank, article.content_hash, article.source)
