"""Paths, folders and globs → the files to read, in an order that never changes."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.records import Skipped
from rag.errors import SourceError

SINGLE = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}
"""File name extensions of one article each, and the reader they take."""
MANY = {".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonl.gz": "jsonl", ".jsonl.xz": "jsonl", ".json": "json"}
"""File name extensions of files that hold any number of articles."""

_JSONL_BYTES_PER_ARTICLE = 7_000
_PACKED_BYTES_PER_ARTICLE = 2_500


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A regular file of a known type.

    Attributes:
        path: Resolved; what to open.
        name: The same path, printable; what to show and store.
        stem: File name without its extensions.
        format: A value of `SINGLE` or `MANY`.
    """

    path: Path
    name: str
    stem: str
    format: str


def printable(name: str | os.PathLike[str]) -> str:
    """A file name as one printable line: control characters and undecodable bytes become escapes."""
    text = os.fspath(name)
    return text if text.isprintable() else ascii(text)[1:-1]


def find_files(paths: Sequence[Path]) -> Iterator[SourceFile | Skipped]:
    """Files under the given paths: folders recursively and sorted, globs expanded, each file once.

    Raises:
        SourceError: A path does not exist or a pattern matches nothing; before anything is yielded.
    """
    return _find_files([match for path in paths for match in _expand(path)])


def count_sources(paths: Sequence[Path]) -> int:
    """About how many articles the paths hold, without reading them: an estimate for a progress bar.

    Raises:
        SourceError: As `find_files`.
    """
    return sum(_estimate(found) for found in find_files(paths) if isinstance(found, SourceFile))


def _expand(path: Path) -> list[Path]:
    if os.path.lexists(path):
        return [path]
    pattern = os.path.expanduser(path)
    matches = sorted(glob.glob(pattern, recursive=True)) if glob.has_magic(pattern) else []
    if not matches and os.path.lexists(pattern):
        matches = [pattern]
    if not matches:
        raise SourceError(f"{printable(path)} does not exist. Give a file, a folder or a pattern that matches some.")
    return [Path(match) for match in matches]


def _find_files(paths: Sequence[Path]) -> Iterator[SourceFile | Skipped]:
    seen: set[str] = set()
    for path in paths:
        found = _walk(path, path.resolve()) if path.is_dir() else iter([_classify(path)])
        for item in found:
            name = item.name if isinstance(item, SourceFile) else item.source
            if name not in seen:
                seen.add(name)
                yield item


def _walk(folder: Path, root: Path) -> Iterator[SourceFile | Skipped]:
    """Everything below a folder; hidden entries and links out of `root` are reported, not followed."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if path.name.startswith(".") and path != folder:
            yield Skipped(printable(path), "hidden")
        elif path.is_symlink() and path != folder:
            yield _follow(path, root)
        elif not path.is_dir():
            yield _classify(path)
        else:
            try:
                waiting.extend(sorted(path.iterdir(), reverse=True))
            except OSError as error:
                yield Skipped(printable(path), f"cannot be opened: {error.strerror}")


def _follow(link: Path, root: Path) -> SourceFile | Skipped:
    """The file a link points to; linked folders are left alone, since they may lead in a circle."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return Skipped(printable(link), "broken symbolic link")
    if not target.is_relative_to(root):
        return Skipped(printable(link), "symbolic link out of the given folder")
    if target.is_dir():
        return Skipped(printable(link), "symbolic link to a folder")
    return _classify(link)


def _classify(path: Path) -> SourceFile | Skipped:
    try:
        resolved = path.resolve()
        mode = resolved.stat().st_mode
    except (OSError, RuntimeError) as error:
        return Skipped(printable(path), f"cannot be opened: {getattr(error, 'strerror', None) or error}")
    if not stat.S_ISREG(mode):
        return Skipped(printable(resolved), "not a regular file")
    for extension in sorted(SINGLE | MANY, key=len, reverse=True):
        if resolved.name.lower().endswith(extension):
            stem = resolved.name[: -len(extension)]
            return SourceFile(resolved, printable(resolved), stem, (SINGLE | MANY)[extension])
    kind = f"unknown file type {printable(resolved.suffix)}" if resolved.suffix else "no file name extension"
    return Skipped(printable(resolved), f"{kind} (known: {', '.join(sorted(SINGLE | MANY))})")


def _estimate(file: SourceFile) -> int:
    if file.format not in MANY.values():
        return 1
    packed = file.path.suffix in (".gz", ".xz")
    per_article = _PACKED_BYTES_PER_ARTICLE if packed else _JSONL_BYTES_PER_ARTICLE
    try:
        return max(1, file.path.stat().st_size // per_article)
    except OSError:
        return 0
