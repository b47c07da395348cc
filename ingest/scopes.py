"""Which stored articles were read from under some paths, so that what is gone there can be told."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.sources import printable


class Scope:
    """Files, folders and globs as given for a run; a glob reaches what it would have matched."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._roots: list[str] = []
        self._patterns: list[re.Pattern[str]] = []
        for path in paths:
            if glob.has_magic(str(path)) and not os.path.lexists(path):
                self._patterns.append(_pattern(os.path.abspath(os.path.expanduser(path))))
            else:
                self._roots.append(printable(path.resolve()))

    def holds(self, source: str) -> bool:
        """True when a source (`/dir/file`, `/dir/file#line` or `/dir/file.zip!/member`) lies under one of the paths."""
        return is_under(source, self._roots) or any(pattern.match(source) for pattern in self._patterns)


def is_under(source: str, roots: Iterable[str]) -> bool:
    """True for a root itself, a file in it, a line of it, and a member of it as an archive."""
    return any(source == root or source.startswith((f"{root}/", f"{root}#", f"{root}!/")) for root in roots)


def unread_roots(sources: Iterable[str]) -> set[str]:
    """Skipped sources as they are named, and as absolute paths, which is how the library names them."""
    return {name for source in sources for name in (source, os.path.realpath(source))}


def _pattern(path: str) -> re.Pattern[str]:
    """A glob as a regular expression over a match, what lies in it, and its lines."""
    parts = re.split(r"(\*\*/|\*+|\?|\[!?\]?[^]/]*\])", path)
    return re.compile("".join(map(_piece, parts)) + r"(?:$|[/#!])")


def _piece(part: str) -> str:
    wild = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "**": "[^/]*", "?": "[^/]"}
    if part in wild:
        return wild[part]
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        inner = part[1:-1].replace("\\", r"\\")
        return f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    return re.escape(part)
