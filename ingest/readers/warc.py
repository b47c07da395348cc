"""WARC (ISO 28500), the format of web archives → the article of each HTML response, by warcio."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from ingest.readers.faults import broken
from ingest.readers.webpage import page_document
from ingest.records import RawDocument, Skipped, Unreadable
from ingest.sources import SourceFile
from rag.settings import Settings

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w:.-]{2,40})""", re.IGNORECASE)
_KINDS_NAMED = 5


def read_warc(file: SourceFile, stream: BinaryIO, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """One article an HTML page; the crawl's date is not taken for the article's.

    Responses that are no page (pictures, redirections, errors) are counted in one `Skipped` at the end.
    """
    others: Counter[str] = Counter()
    number = 0
    for number, record in enumerate(_records(stream), start=1):
        if record.rec_type not in ("response", "resource"):
            continue
        if other := _other_than_page(record):
            others[other] += 1
            continue
        source = f"{file.name}#{number}"
        try:
            yield _read_record(file, source, record, settings)
        except Unreadable as reason:
            yield Skipped(source, str(reason))
    if number == 0:
        raise Unreadable("empty")
    if others:
        named = ", ".join(f"{kind} {count}" for kind, count in others.most_common(_KINDS_NAMED))
        yield Skipped(file.name, f"no HTML pages, so not read: {named}")


def _records(stream: BinaryIO) -> Iterator[ArcWarcRecord]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with broken("WARC", ArchiveLoadFailed):
        iterator = ArchiveIterator(stream)
        iterator.INC_RECORD = ""  # what it would print of a damaged record
    while True:
        with broken("WARC", ArchiveLoadFailed):
            record = next(iterator, None)
        if record is None:
            return
        yield record


def _other_than_page(record: ArcWarcRecord) -> str:
    """What a response is, if it is no page; "" for a page."""
    headers = record.http_headers or record.rec_headers
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return f"status {status[:20]}"
    kind = (headers.get_header("Content-Type") or "unknown type").partition(";")[0].strip().lower()
    return "" if kind in ("text/html", "application/xhtml+xml") else kind[:40]


def _read_record(file: SourceFile, source: str, record: ArcWarcRecord, settings: Settings) -> RawDocument:
    limit = settings.max_article_bytes
    with broken("WARC record"):
        data = record.content_stream().read(limit + 1)
        declared = _CHARSET.search((record.http_headers or record.rec_headers).get_header("Content-Type") or "")
        address = record.rec_headers.get_header("WARC-Target-URI") or ""
        is_cut = len(data) <= limit and record.raw_stream.limit > 0 and not record.raw_stream.read(1)
    if len(data) > limit:
        raise Unreadable(f"too big: more than {limit:,} bytes for one article (setting max_article_bytes)")
    if is_cut:
        raise Unreadable("the file ends within this record")
    return page_document(source, file.stem, data, declared[1] if declared else None, address.strip("<>"))
