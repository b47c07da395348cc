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
    ".xhtml": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "mail",
}
"""File name extensions of one article each, and the reader they take."""
MANY = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "table",
    ".tsv": "table",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".warc": "warc",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
    ".tbz2": "tar",
    ".txz": "tar",
    ".gz": "packed",
    ".bz2": "packed",
    ".xz": "packed",
}
"""Extensions of files that hold any number of articles; those of packed files end another one, as in `.html.gz`."""
ARCHIVES = frozenset({"zip", "tar"})
MEMBER = "!/"
"""Stands between an archive and what is in it, as in `news.zip!/monday/fees.html`."""

_BYTES_PER_ARTICLE = {"jsonl": 7_000, "json": 7_000, "table": 7_000, "feed": 7_000, "warc": 60_000, "tar": 20_000}
_PACKED_BYTES_PER_ARTICLE = 2_500
_TAR_SHORTHAND = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A regular file of a known type, on disk or in an archive.

    Attributes:
        path: Resolved; what to open. For a member of an archive, the archive's.
        name: The same path, printable; what to show and store. A member's is `archive.zip!/member`.
        stem: File name without its extensions.
        format: A value of `SINGLE` or `MANY`, but never "packed".
        packing: "gz", "bz2" or "xz" when the file is packed in one of these, else "".
    """

    path: Path
    name: str
    stem: str
    format: str
    packing: str = ""


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


def recognise(path: Path, name: str, file_name: str) -> SourceFile | Skipped:
    """A file by what its name ends in; nothing is opened.

    Args:
        name: What to call it, printable.
        file_name: Its own name, without folders.
    """
    stem, packing = _unpacked(file_name)
    for extension in sorted(SINGLE | MANY, key=len, reverse=True):
        kind = (SINGLE | MANY)[extension]
        if stem.lower().endswith(extension) and kind != "packed":
            return SourceFile(path, name, stem[: -len(extension)], kind, packing)
    if packing:
        return Skipped(name, f"packed, but its name does not say what is in it: call it .jsonl.{packing} or the like")
    suffix = Path(file_name).suffix
    kind = f"unknown file type {printable(suffix)}" if suffix else "no file name extension"
    return Skipped(name, f"{kind} (articles are read from text, HTML, PDF, DOCX, JSONL and the like)")


def _unpacked(file_name: str) -> tuple[str, str]:
    """The name without the extension of a packed file, and the packing."""
    for short, long in _TAR_SHORTHAND.items():
        if file_name.lower().endswith(short):
            file_name = file_name[: -len(short)] + long
    stem, _, last = file_name.rpartition(".")
    is_packed = MANY.get(f".{last.lower()}") == "packed"
    return (stem, last.lower()) if is_packed else (file_name, "")


def _expand(path: Path) -> list[Path]:
    if _exists(path):
        return [path]
    pattern = os.path.expanduser(path)
    matches = sorted(glob.glob(pattern, recursive=True)) if glob.has_magic(pattern) else []
    if not matches and _exists(Path(pattern)):
        matches = [pattern]
    if not matches:
        raise SourceError(f"{printable(path)} does not exist. Give a file, a folder or a pattern that matches some.")
    return [Path(match) for match in matches]


def _exists(path: Path) -> bool:
    """True for whatever is there, even if this user may not look at it.

    Raises:
        SourceError: The system takes no such name.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError:
        return True
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{printable(path)[:200]} cannot be a path: {reason}. Check the name.") from None
    return True


def _find_files(paths: Sequence[Path]) -> Iterator[SourceFile | Skipped]:
    seen: set[str] = set()
    for path in paths:
        for item in _walk(path):
            name = item.name if isinstance(item, SourceFile) else item.source
            if name not in seen:
                seen.add(name)
                yield item


def _walk(given: Path) -> Iterator[SourceFile | Skipped]:
    """A file, or everything below a folder; hidden entries and links out of it are reported, not followed."""
    waiting = [given]
    while waiting:
        path = waiting.pop()
        if path.name.startswith(".") and path != given:
            yield Skipped(printable(path), "hidden")
            continue
        try:
            if path.is_symlink() and path != given:
                yield _follow(path, given.resolve())
            elif path.is_dir():
                waiting.extend(sorted(path.iterdir(), reverse=True))
            else:
                yield _classify(path)
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
    return recognise(resolved, printable(resolved), resolved.name)


def _estimate(file: SourceFile) -> int:
    if file.format in SINGLE.values():
        return 1
    is_packed = file.packing or file.format == "zip"
    per_article = _PACKED_BYTES_PER_ARTICLE if is_packed else _BYTES_PER_ARTICLE[file.format]
    try:
        return max(1, file.path.stat().st_size // per_article)
    except OSError:
        return 0
