"""RSS and Atom → raw documents, one entry each; entries that only announce an article are named."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from ingest.cleaning import normalise_characters
from ingest.dates import iso_date
from ingest.readers.faults import broken
from ingest.readers.markup import markup_text
from ingest.readers.streams import read_whole
from ingest.records import Found, RawDocument, Skipped, Unreadable
from ingest.sources import SourceFile
from rag.sentences import sentence_spans
from rag.settings import Settings

_FEWEST_SENTENCES = {"summary": 3, "content": 2}
"""An entry with fewer is a teaser."""
_FEED = re.compile(rb"<(?:[\w-]{1,20}:)?(?:rss|feed|RDF|channel)[\s>]")


def read_feed(file: SourceFile, stream: BinaryIO, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """One article an entry, as far as the feed carries the text itself; nothing is fetched.

    Raises:
        Unreadable: Empty, too big, or neither RSS nor Atom.
    """
    feed, entries = _parse(read_whole(stream, settings.max_article_bytes))
    if not entries:
        raise Unreadable("feed without entries")
    for number, entry in enumerate(entries, start=1):
        source = f"{file.name}#{number}"
        try:
            with broken("feed entry"):
                yield _read_entry(file, source, entry, feed)
        except Unreadable as reason:
            yield Skipped(source, str(reason))


def _parse(data: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    import feedparser

    plain = data[:4096].replace(b"\0", b"")  # UTF-16 as good as UTF-8
    if not _FEED.search(plain):
        raise Unreadable("XML, but neither RSS nor Atom")
    with broken("feed"):
        # Only a stream is never taken for an address to fetch. Tags are taken off here, not made safe.
        parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version") and not parsed.get("entries"):
        raise Unreadable("broken feed: neither RSS nor Atom could be made out")
    return parsed.feed, parsed.entries


def _read_entry(file: SourceFile, source: str, entry: dict[str, Any], feed: dict[str, Any]) -> RawDocument:
    fields = _fields(entry, feed)
    summary = _text(entry.get("summary"), entry.get("summary_detail"))
    content = max((_text(part.get("value"), part) for part in entry.get("content", ())), key=len, default="")
    text, part = (content, "content") if len(content) >= len(summary) else (summary, "summary")
    if not text:
        raise Unreadable(f"no text in this entry of the feed{_at(fields)}")
    if len(sentence_spans(text[:5000])) < _FEWEST_SENTENCES[part]:
        raise Unreadable(f"only a teaser ({len(text)} characters){_at(fields)}")
    return RawDocument(source, file.stem, "feed", text, fields)


def _text(value: Any, detail: Mapping[str, Any] | None) -> str:
    is_plain = detail is not None and detail.get("type") == "text/plain"
    text = str(value or "")
    return normalise_characters(text if is_plain else markup_text(text))


def _at(fields: Mapping[str, Found]) -> str:
    return f": the article is at {fields['url'].value}" if "url" in fields else ""


def _fields(entry: dict[str, Any], feed: dict[str, Any]) -> dict[str, Found]:
    """What an entry states, and of the feed its name and language."""
    origin = entry.get("source") or {}
    stated = {
        "title": (markup_text(str(entry.get("title") or "")), "feed entry"),
        "url": (str(entry.get("link") or ""), "feed entry"),
        "author": (str(entry.get("author") or ""), "feed entry"),
        "published": (_date(entry, "published"), "feed entry"),
        "updated": (_date(entry, "updated"), "feed entry"),
        "outlet": (markup_text(str(origin.get("title") or feed.get("title") or "")), "feed title"),
        "language": (str(feed.get("language") or ""), "feed language"),
    }
    fields = {name: Found(" ".join(value.split()), where) for name, (value, where) in stated.items() if value.strip()}
    if "url" not in fields and entry.get("id"):
        fields["id"] = Found(str(entry["id"]), "feed entry")
    return fields


def _date(entry: dict[str, Any], name: str) -> str:
    """A date as the entry writes it, or as feedparser reads it when it is written in an unusual way."""
    # FeedParserDict would give `published` for a missing `updated`.
    written = str(dict.get(entry, name) or "")
    parsed = dict.get(entry, f"{name}_parsed")
    if written and not iso_date(written) and parsed:
        return f"{parsed.tm_year:04}-{parsed.tm_mon:02}-{parsed.tm_mday:02}"
    return written
