"""One reader per format: file → raw documents. Each takes what is wrong with a file as a reason, not an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ingest.readers.jsonl import read_json, read_jsonl
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import read_plain
from ingest.readers.webpage import read_webpage
from ingest.records import RawDocument, Skipped, Unreadable
from ingest.sources import SourceFile
from rag.settings import Settings

_SINGLE: Mapping[str, Callable[[SourceFile, bytes], RawDocument]] = {
    "text": read_plain,
    "markdown": read_markdown,
    "html": read_webpage,
    "pdf": read_pdf,
}
_MANY: Mapping[str, Callable[[SourceFile, Settings], Iterator[RawDocument | Skipped]]] = {
    "jsonl": read_jsonl,
    "json": read_json,
}


def read_documents(file: SourceFile, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """The articles of one file, uncleaned. A file that cannot be read gives one `Skipped`."""
    try:
        if file.format in _SINGLE:
            yield _SINGLE[file.format](file, _read_bytes(file, settings.max_article_bytes))
        else:
            yield from _MANY[file.format](file, settings)
    except Unreadable as reason:
        yield Skipped(file.name, str(reason))
    except OSError as error:
        yield Skipped(file.name, f"cannot be read: {error.strerror or error}")


def _read_bytes(file: SourceFile, limit: int) -> bytes:
    with file.path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"too big: more than {limit:,} bytes for one article (setting max_article_bytes)")
    if not data.strip():
        raise Unreadable("empty")
    return data
