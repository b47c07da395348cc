"""One reader per format: file → raw documents. Each takes what is wrong with a file as a reason, not an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from ingest.readers.archive import members
from ingest.readers.docx import read_docx
from ingest.readers.feed import read_feed
from ingest.readers.jsonl import read_json, read_jsonl
from ingest.readers.mail import read_mail, read_mhtml
from ingest.readers.markdown import read_markdown
from ingest.readers.patience import each_within_time, within_time
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import read_plain
from ingest.readers.streams import Budget, bounded, open_regular, read_whole, unpack
from ingest.readers.table import read_table
from ingest.readers.warc import read_warc
from ingest.readers.webpage import read_webpage
from ingest.records import RawDocument, Skipped, Unreadable
from ingest.sources import ARCHIVES, SourceFile
from rag.settings import Settings

_SINGLE: Mapping[str, Callable[[SourceFile, bytes], RawDocument]] = {
    "text": read_plain,
    "markdown": read_markdown,
    "html": read_webpage,
    "mhtml": read_mhtml,
    "pdf": read_pdf,
    "docx": read_docx,
    "mail": read_mail,
}
_MANY: Mapping[str, Callable[[SourceFile, BinaryIO, Settings], Iterator[RawDocument | Skipped]]] = {
    "jsonl": read_jsonl,
    "json": read_json,
    "table": read_table,
    "feed": read_feed,
    "warc": read_warc,
}


def read_documents(file: SourceFile, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """The articles of one file on disk, uncleaned. What cannot be read gives a `Skipped`."""
    count = 0
    try:
        stream, size = open_regular(file)
        with stream:
            budget = Budget(settings, size)
            # A zip archive is read from its end and counts as its members do; one article has a limit of its own.
            counts = not file.packing and file.format not in ("zip", *_SINGLE)
            read = _read(file, bounded(stream, budget) if counts else stream, budget, 0)
            for count, item in enumerate(read, start=1):  # noqa: B007 - counted to know that there was one
                yield item
        if not count:
            yield Skipped(file.name, "holds no articles")
    except Unreadable as reason:
        yield Skipped(file.name, str(reason))
    except OSError as error:
        yield Skipped(file.name, f"cannot be read: {error.strerror or error}")


def _read(file: SourceFile, stream: BinaryIO, budget: Budget, depth: int) -> Iterator[RawDocument | Skipped]:
    """The articles of a file whose bytes are in `stream`, which may lie in `depth` archives."""
    unpacked = unpack(stream, file.packing, budget)
    if file.format in _SINGLE:
        data = read_whole(unpacked, budget.settings.max_article_bytes)
        yield within_time(lambda: _SINGLE[file.format](file, data))
    elif file.format in ARCHIVES:
        yield from _read_archive(file, unpacked, budget, depth + 1)
    else:
        yield from each_within_time(_MANY[file.format](file, unpacked, budget.settings))


def _read_archive(file: SourceFile, stream: BinaryIO, budget: Budget, depth: int) -> Iterator[RawDocument | Skipped]:
    if depth > budget.settings.max_archive_depth:
        within = f"within {depth - 1} others" if depth > 1 else "not read"
        raise Unreadable(f"archive {within}: unpack it first (setting max_archive_depth)")
    for member in members(file, stream, budget):
        if isinstance(member, Skipped):
            yield member
            continue
        inner, content = member
        try:
            with content:
                yield from _read(inner, content, budget, depth)
        except Unreadable as reason:
            if not budget.left:
                raise
            yield Skipped(inner.name, str(reason))
