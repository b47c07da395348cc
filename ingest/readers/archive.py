"""Zip and tar archives → what is in them, one file at a time. Nothing is written to disk under a name of theirs."""

from __future__ import annotations

import re
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from ingest.readers.streams import DAMAGED, Budget, bounded, seekable
from ingest.records import Skipped, Unreadable
from ingest.sources import MEMBER, SourceFile, printable, recognise

Member = tuple[SourceFile, BinaryIO]
"""A file in an archive, with its bytes as stored; read it before the next one."""

_ENCRYPTED = 0x1
_END = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 65_535
_BYTES_PER_ENTRY = 300
_BLOCK = 1 << 16
_DRIVE = re.compile(r"[A-Za-z]:")
_REASONS = {
    tarfile.SYMTYPE: "symbolic link",
    tarfile.LNKTYPE: "hard link",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "pipe",
}


def members(file: SourceFile, stream: BinaryIO, budget: Budget) -> Iterator[Member | Skipped]:
    """The files of an archive in their order; links, devices, odd paths and second copies are reported.

    Raises:
        Unreadable: Damaged, or more in it than the settings allow.
    """
    return _zip_members(file, stream, budget) if file.format == "zip" else _tar_members(file, stream, budget)


def _zip_members(file: SourceFile, stream: BinaryIO, budget: Budget) -> Iterator[Member | Skipped]:
    whole = seekable(stream)
    _refuse_endless_directory(whole, budget)
    try:
        archive = zipfile.ZipFile(whole)
    except (*DAMAGED, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(f"damaged zip archive ({error})") from None
    seen: set[str] = set()
    with whole, archive:
        for info in archive.infolist():
            budget.count_member()
            if info.is_dir():
                continue
            is_link = info.external_attr >> 16 & 0o170000 == 0o120000
            refusal = "symbolic link" if is_link else "encrypted: unpack it" if info.flag_bits & _ENCRYPTED else ""
            found = _member(file, info.filename, refusal, seen)
            yield found if isinstance(found, Skipped) else _opened(archive, info, found, budget)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: SourceFile, budget: Budget) -> Member | Skipped:
    try:
        return found, bounded(archive.open(info), budget)
    except (*DAMAGED, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        return Skipped(found.name, f"damaged in its zip archive ({error})")


def _tar_members(file: SourceFile, stream: BinaryIO, budget: Budget) -> Iterator[Member | Skipped]:
    """Read as a stream, front to back."""
    seen: set[str] = set()
    # A buffer would lose what comes before damage.
    raw = getattr(stream, "raw", stream)
    try:
        with tarfile.open(fileobj=raw, mode="r|", bufsize=_BLOCK) as archive:
            for info in archive:
                budget.count_member()
                if info.isdir():
                    continue
                refusal = _REASONS.get(info.type, "" if info.isreg() and not info.issparse() else "no plain file")
                found = _member(file, info.name, refusal, seen)
                yield found if isinstance(found, Skipped) else (found, _content(archive, info))
    except (*DAMAGED, tarfile.TarError, OSError, ValueError) as error:
        raise Unreadable(f"damaged tar archive ({error})") from None


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    return bounded(cast(BinaryIO, archive.extractfile(info)), None)  # the archive's own stream is bounded


def _member(file: SourceFile, name: str, refusal: str, seen: set[str]) -> SourceFile | Skipped:
    """A member under the name that is shown and stored, or why it is not read."""
    source = f"{file.name}{MEMBER}{printable(name)}"
    parts = name.replace("\\", "/").split("/")
    if refusal:
        return Skipped(source, f"{refusal} in an archive" if "encrypted" not in refusal else refusal)
    if parts[0] == "" or ".." in parts or _DRIVE.match(parts[0]):
        return Skipped(source, "path leads out of its archive")
    if any(part.startswith(".") and part != "." for part in parts) or parts[0] == "__MACOSX":
        return Skipped(source, "hidden")
    if source in seen:
        return Skipped(source, "second file of this name in its archive")
    seen.add(source)
    return recognise(file.path, source, parts[-1])


def _refuse_endless_directory(stream: BinaryIO, budget: Budget) -> None:
    """Stops at a list of contents that alone would fill the memory; zipfile reads it as a whole."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(_END)
    if 0 <= at <= len(tail) - _END_SIZE:
        (listed,) = struct.unpack("<L", tail[at + 12 : at + 16])
        if listed > budget.settings.max_archive_members * _BYTES_PER_ENTRY:
            limit = f"{budget.settings.max_archive_members:,} entries (setting max_archive_members)"
            raise Unreadable(f"too big: more than {limit}")
