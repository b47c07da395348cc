"""CSV and TSV → raw documents, one row each, by the names in the first row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from ingest.encoding import Decoded, decode
from ingest.readers.fields import FIELD_NAMES, TEXT_NAMES, from_mapping
from ingest.records import RawDocument, Skipped, Unreadable
from ingest.sources import SourceFile
from rag.settings import Settings

_DELIMITERS = ",;\t|"
_SAMPLE_BYTES = 200_000
_LINE_END = re.compile(r"\r\n?|\n")


def read_table(file: SourceFile, stream: BinaryIO, settings: Settings) -> Iterator[RawDocument | Skipped]:
    """One article a row; the delimiter is the one under which the first row names a text column.

    Raises:
        Unreadable: No text column, a quotation mark that is never closed, or an encoding that cannot be told.
    """
    sample = stream.read(_SAMPLE_BYTES)
    if not sample.strip():
        raise Unreadable("empty")
    encoding = _encoding(sample)
    text = io.TextIOWrapper(
        io.BufferedReader(_Rejoined(sample, stream)), encoding, errors="surrogateescape", newline=""
    )
    csv.field_size_limit(settings.max_article_bytes)
    delimiter = _delimiter(sample.decode(encoding, "replace"))
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    header: list[str] = []
    for number, row in _numbered(rows, settings):
        if isinstance(row, str):
            yield Skipped(f"{file.name}#{number}", row)
        elif not header:
            header = [name.strip() for name in row]
        elif any(cell.strip() for cell in row):
            yield _read_row(file, number, header, row)


class _Rejoined(io.RawIOBase):
    """The sample that was taken off a stream, then the rest of the stream."""

    def __init__(self, sample: bytes, rest: BinaryIO) -> None:
        self._parts: list[BinaryIO] = [io.BytesIO(sample), rest]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        while self._parts:
            if data := self._parts[0].read(len(view)):
                view[: len(data)] = data
                return len(data)
            self._parts.pop(0)
        return 0


def _encoding(sample: bytes) -> str:
    """The encoding of the whole by its beginning, which may end within a character."""
    if len(sample) < _SAMPLE_BYTES:
        return _name(decode(sample))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        return "utf-8-sig"
    except UnicodeDecodeError:
        return _name(decode(sample[: sample.rfind(b"\n") + 1] or sample))


def _name(decoded: Decoded) -> str:
    return "utf-8-sig" if decoded.encoding == "utf-8" else decoded.encoding


def _delimiter(sample: str) -> str:
    first = next((line for line in _LINE_END.split(sample) if line.strip()), "")
    best = max(_DELIMITERS, key=lambda d: len(_known(first, d)))
    if not any(name in TEXT_NAMES for name in _known(first, best)):
        shown = " ".join(first.split())[:80]
        raise Unreadable(f"no text column: the first row must name the columns and one of them 'text' (it is: {shown})")
    return best


def _known(first: str, delimiter: str) -> list[str]:
    """The names of fields in a first line."""
    try:
        header = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:  # a cell beyond the limit
        return []
    names = (name.strip().lower().lstrip("\ufeff") for name in header)
    return [name for name in names if name in FIELD_NAMES or name in TEXT_NAMES]


def _numbered(rows: Iterator[list[str]], settings: Settings) -> Iterator[tuple[int, list[str] | str]]:
    """Rows with the line they begin in, or the reason why there is none."""
    reader = rows
    while True:
        number = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num  # type: ignore[attr-defined]
            yield number, _reason(str(error), number, last, settings)


def _reason(error: str, first: int, last: int, settings: Settings) -> str:
    lines = f"lines {first} to {last}" if last > first else f"line {first}"
    if "field larger" in error or "unexpected end" in error:
        limit = f"{settings.max_article_bytes:,} bytes"
        return f"a quotation mark is never closed, or one cell has more than {limit}: {lines} were not read"
    return f"broken row: {error} ({lines})"


def _read_row(file: SourceFile, number: int, header: Sequence[str], row: Sequence[str]) -> RawDocument | Skipped:
    source = f"{file.name}#{number}"
    if len(row) > len(header):
        return Skipped(source, f"{len(row)} cells but {len(header)} columns: a text that should stand in quotes?")
    item: dict[str, str] = {}
    for name, cell in zip(header, row, strict=False):
        if cell.strip():
            item.setdefault(name, cell)
    try:
        "".join(item.values()).encode("utf-8")
        return from_mapping(source, file.stem, "json", dict(item))
    except UnicodeEncodeError:
        return Skipped(source, "not UTF-8")
    except Unreadable as reason:
        return Skipped(source, str(reason))
