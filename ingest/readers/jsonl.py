"""JSON Lines and JSON → raw documents, one object each. Every bad line is named with its number."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from ingest.readers.front_matter import KEYS
from ingest.records import Found, RawDocument, Skipped, Unreadable
from ingest.sources import SourceFile
from rag.settings import Settings

_OPTIONAL = {**KEYS, "published_at": "published", "publishedat": "published", "updated_at": "updated"}
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
_CHUNK = 1 << 20


def read_jsonl(file: SourceFile, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """One article a line, from a plain or packed file; a bad line costs that line only."""
    number = 0
    try:
        with _open(file) as stream:
            for number, line in _lines(stream, settings):
                if line is None:
                    limit = f"{settings.max_article_bytes:,} bytes for one article (setting max_article_bytes)"
                    yield Skipped(f"{file.name}#{number}", f"too big: more than {limit}")
                elif line.strip():
                    yield _read_line(file, number, line)
    except _BROKEN as error:
        raise Unreadable(f"the packed file is damaged after line {number}: {error}") from None
    if number == 0:
        raise Unreadable("empty")


def read_json(file: SourceFile, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """A file that is one article object, or an array of them."""
    with file.path.open("rb") as stream:
        data = stream.read(settings.max_file_bytes + 1)
    if len(data) > settings.max_file_bytes:
        raise Unreadable(f"too big: more than {settings.max_file_bytes:,} bytes (setting max_file_bytes)")
    if not data.strip():
        raise Unreadable("empty")
    whole = _parse(data.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(whole, list):
        yield _from_object(file, file.name, whole)
        return
    for number, item in enumerate(whole, start=1):
        source = f"{file.name}#{number}"
        try:
            yield _from_object(file, source, item)
        except Unreadable as reason:
            yield Skipped(source, str(reason))


def _open(file: SourceFile) -> BinaryIO:
    if file.path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(file.path, "rb"))
    if file.path.suffix.lower() == ".xz":
        return cast(BinaryIO, lzma.open(file.path, "rb"))
    return file.path.open("rb")


def _lines(stream: BinaryIO, settings: Settings) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines, None for one that is too long, in memory bounded by the longest allowed line.

    Raises:
        Unreadable: The file goes on beyond `max_file_bytes` (unpacked bytes).
    """
    reader = io.BufferedReader(cast(io.RawIOBase, stream), _CHUNK)
    number = total = 0
    while line := reader.readline(settings.max_article_bytes + 1):
        number += 1
        total += len(line)
        too_long = len(line) > settings.max_article_bytes and not line.endswith(b"\n")
        rest = line
        while too_long and rest and not rest.endswith(b"\n") and total <= settings.max_file_bytes:
            rest = reader.readline(_CHUNK)
            total += len(rest)
        if total > settings.max_file_bytes:
            limit = f"{settings.max_file_bytes:,} bytes (setting max_file_bytes)"
            raise Unreadable(f"too big: only the lines before {number} were read, the file has more than {limit}")
        yield number, None if too_long else line


def _read_line(file: SourceFile, number: int, line: bytes) -> RawDocument | Skipped:
    source = f"{file.name}#{number}"
    try:
        return _from_object(file, source, _parse(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line))
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
        raise Unreadable(f"not an object but {_kind(item)}")
    text = item.get("text")
    if text is None:
        raise Unreadable("no text (an object needs the field 'text')")
    if not isinstance(text, str):
        raise Unreadable(f"field 'text' is {_kind(text)}, not a string")
    fields = _fields(item)
    for value in (text, *(found.value for found in fields.values())):
        _refuse_surrogates(value)
    return RawDocument(source, file.stem, "json", text, fields)


def _fields(item: Mapping[str, Any]) -> dict[str, Found]:
    fields: dict[str, Found] = {}
    # A field under its own name comes before one under another name for it: "outlet" before "source".
    for key, value in sorted(item.items(), key=lambda pair: _OPTIONAL.get(pair[0].lower()) != pair[0]):
        name = _OPTIONAL.get(key.lower())
        if name and value is not None and (text := _as_text(key, value)):
            fields.setdefault(name, Found(text, "file field"))
    return fields


def _as_text(key: str, value: Any) -> str:
    """A field's value as text; numbers are written out, names of people are joined."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return str(value["name"])
    raise Unreadable(f"field {key!r} is {_kind(value)}, not a string")


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Unreadable("text holds half of a surrogate pair, which is no character") from None
