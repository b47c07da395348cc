"""Are the files of a keyword index as tantivy wrote them?

tantivy looks at no checksum when it opens an index, and a flipped bit can make a search panic or rank
wrongly. Every file of a segment ends in a JSON footer with the CRC-32 of what stands before it, the
footer's length and a magic number, both 4 bytes, little-endian.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

_MAGIC = 1337
_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_END = struct.Struct("<II")
_OF_A_SEGMENT = re.compile(r"[0-9a-f]{32}\.")


@lru_cache(maxsize=4096)
def _is_intact_as_it_is(file: Path, _: tuple[int, ...]) -> bool:
    """Asked once for each state of a file: files of segments are never changed."""
    return _has_its_checksum(file)


def is_intact(directory: Path) -> bool:
    """True when every file of every segment in use has its checksum; about a second per gigabyte."""
    try:
        files = [directory / name for name in _in_use(directory)]
        return all(_is_intact_as_it_is(file.absolute(), _state(file)) for file in files)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, struct.error):
        return False


def drop_leftovers(directory: Path) -> None:
    """Deletes the files of segments that no commit names, which a killed writer leaves.

    tantivy names a file of deletions by a count of operations, would come to the same name again, and writes over no
    file: the index could never be changed again. To be called on an intact index by whoever may write it.
    """
    in_use = set(_in_use(directory))
    for file in directory.iterdir():
        if _OF_A_SEGMENT.match(file.name) and file.name not in in_use:
            file.unlink(missing_ok=True)


def _in_use(directory: Path) -> list[str]:
    segments = json.loads((directory / "meta.json").read_bytes())["segments"]
    return [name for segment in segments for name in _files(segment)]


def _state(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _files(segment: dict[str, Any]) -> list[str]:
    """The names of a segment's files; deletions are in one of their own."""
    name = segment["segment_id"].replace("-", "")
    deletions = [f"{segment['deletes']['opstamp']}.del"] if segment["deletes"] else []
    return [f"{name}.{part}" for part in (*_PARTS, *deletions)]


def _has_its_checksum(file: Path) -> bool:
    content = memoryview(file.read_bytes())
    length, magic = _END.unpack(content[-_END.size :])
    footer = json.loads(bytes(content[-_END.size - length : -_END.size]))
    return magic == _MAGIC and zlib.crc32(content[: -_END.size - length]) == int(footer["crc"])
