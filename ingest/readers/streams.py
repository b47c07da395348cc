"""A file's bytes, unpacked, and never more of them than a limit allows."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from ingest.records import Unreadable
from ingest.sources import SourceFile
from rag.settings import Settings

DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile, tarfile.TarError, struct.error)
"""What unpacking raises on damaged data, besides OSError."""
_UNPACK: Mapping[str, Callable[[BinaryIO], object]] = {
    "gz": lambda stream: gzip.GzipFile(fileobj=stream),
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
_RATIO_FLOOR = 20_000_000
"""Unpacked bytes up to which no ratio is suspicious: they cost neither time nor memory."""
_IN_MEMORY = 16_000_000
_CHUNK = 1 << 20


@dataclass(slots=True)
class Budget:
    """What one file on disk may still unpack to, shared by everything nested in it.

    Attributes:
        size: Bytes of the file on disk.
        spent: Bytes unpacked so far.
        members: Entries of archives met so far.
    """

    settings: Settings
    size: int
    spent: int = 0
    members: int = 0

    @property
    def left(self) -> int:
        """Bytes that may still be unpacked."""
        return max(0, min(self.settings.max_file_bytes, self._most_by_ratio) - self.spent)

    @property
    def _most_by_ratio(self) -> int:
        return max(_RATIO_FLOOR, self.size * self.settings.max_packing_ratio)

    def exceeded(self) -> Unreadable:
        """Which limit was met."""
        if self._most_by_ratio < self.settings.max_file_bytes:
            ratio = self.settings.max_packing_ratio
            return Unreadable(f"unpacks to more than {ratio} times its size: a bomb? (setting max_packing_ratio)")
        return Unreadable(f"too big: more than {self.settings.max_file_bytes:,} bytes (setting max_file_bytes)")

    def count_member(self) -> None:
        """Counts an entry of an archive.

        Raises:
            Unreadable: More than the settings allow.
        """
        self.members += 1
        limit = self.settings.max_archive_members
        if self.members > limit:
            raise Unreadable(f"too big: more than {limit:,} entries, the rest was not read (max_archive_members)")


class Unpacking(io.RawIOBase):
    """A stream that spends a budget as it is read, if there is one, and names damage as such.

    Raises:
        Unreadable: On reading, when the budget is spent or the packed data are damaged.
    """

    def __init__(self, stream: IO[bytes], budget: Budget | None = None) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._read(len(view) if self._budget is None else min(len(view), self._budget.left) or 1)
        if self._budget is not None:
            if data and not self._budget.left:
                raise self._budget.exceeded()
            self._budget.spent += len(data)
        view[: len(data)] = data
        return len(data)

    def _read(self, count: int) -> bytes:
        # read1 hands over what comes before the damage, read loses it.
        take = getattr(self._stream, "read1", self._stream.read)
        try:
            return cast(bytes, take(count))
        except DAMAGED as error:
            raise Unreadable(f"packed data are damaged ({error})") from None
        except OSError as error:
            if error.errno is not None:
                raise
            raise Unreadable(f"packed data are damaged ({error})") from None

    def close(self) -> None:
        self._stream.close()
        super().close()


def bounded(stream: IO[bytes], budget: Budget | None) -> BinaryIO:
    """The stream, buffered, and stopped where the budget ends; without one, where it ends itself."""
    return io.BufferedReader(Unpacking(stream, budget), _CHUNK)


def open_regular(file: SourceFile) -> tuple[BinaryIO, int]:
    """A file on disk and its size; what turned into a pipe or a device since it was listed is not waited for.

    Raises:
        Unreadable: Not a regular file any more.
        OSError: Gone, or no permission.
    """
    stream = os.fdopen(
        os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
    )
    status = os.fstat(stream.fileno())
    if not stat.S_ISREG(status.st_mode):
        stream.close()
        raise Unreadable("not a regular file")
    return stream, status.st_size


def unpack(stream: BinaryIO, packing: str, budget: Budget) -> BinaryIO:
    """The stream as it is, or unpacked and bounded."""
    return bounded(cast(IO[bytes], _UNPACK[packing](stream)), budget) if packing else stream


def seekable(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or its copy in memory or a temporary file."""
    if stream.seekable():
        return stream
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - its reader closes it
    while chunk := stream.read(_CHUNK):
        copy.write(chunk)
    copy.seek(0)
    return cast(BinaryIO, copy)


def read_whole(stream: BinaryIO, limit: int) -> bytes:
    """All bytes of one article.

    Raises:
        Unreadable: Empty, or more than `limit` bytes.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"too big: more than {limit:,} bytes for one article (setting max_article_bytes)")
    if not data.strip():
        raise Unreadable("empty")
    return data
