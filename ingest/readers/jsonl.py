"""JSON Lines and JSON → raw documents, one object each. Every bad line is named with its number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from ingest.readers.fields import from_mapping, kind_of
from ingest.records import RawDocument, Skipped, Unreadable
from ingest.sources import SourceFile
from rag.settings import Settings

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20


def read_jsonl(file: SourceFile, stream: BinaryIO, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """One article a line; a bad line costs that line only."""
    number = 0
    try:
        for number, line in _lines(stream, settings):
            if line is None:
                limit = f"{settings.max_article_bytes:,} bytes for one article (setting max_article_bytes)"
                yield Skipped(f"{file.name}#{number}", f"too big: more than {limit}")
            elif line.strip():
                yield _read_line(file, number, line)
    except Unreadable as reason:
        raise Unreadable(f"{reason}; only the first {number} lines were read" if number else str(reason)) from None
    if number == 0:
        raise Unreadable("empty")


def read_json(file: SourceFile, stream: BinaryIO, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """A file that is one article object, or an array of them."""
    data = stream.read()
    if not data.strip():
        raise Unreadable("empty")
    whole = _parse(data.removeprefix(_BOM))
    if not isinstance(whole, list):
        yield _from_object(file, file.name, whole)
        return
    for number, item in enumerate(whole, start=1):
        source = f"{file.name}#{number}"
        try:
            yield _from_object(file, source, item)
        except Unreadable as reason:
            yield Skipped(source, str(reason))


def _lines(stream: BinaryIO, settings: Settings) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines, None for one that is too long, in memory bounded by the longest allowed line."""
    number = 0
    while line := stream.readline(settings.max_article_bytes + 1):
        number += 1
        too_long = len(line) > settings.max_article_bytes and not line.endswith(b"\n")
        rest = line
        while too_long and rest and not rest.endswith(b"\n"):
            rest = stream.readline(_CHUNK)
        yield number, None if too_long else line


def _read_line(file: SourceFile, number: int, line: bytes) -> RawDocument | Skipped:
    source = f"{file.name}#{number}"
    try:
        return _from_object(file, source, _parse(line.removeprefix(_BOM) if number == 1 else line))
    except Unreadable as reason:
        return Skipped(source, str(reason))


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"broken JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise Unreadable("JSON is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"broken JSON: {error}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _from_object(file: SourceFile, source: str, item: Any) -> RawDocument:
    if not isinstance(item, dict):
        raise Unreadable(f"not an object but {kind_of(item)}")
    return from_mapping(source, file.stem, "json", item)
