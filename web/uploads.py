"""Files a reader dropped on the page → articles in the library, with a result for every file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.indexing import ingest
from ingest.sources import MANY, SINGLE
from rag.errors import GroundwireError
from rag.settings import Settings
from web.markup import inline, plural, table_head

EXTENSIONS = sorted(SINGLE | MANY)
FOLDER = "uploads"
"""Where the originals are kept, inside the library: the same name again is a new version of that file."""

_UNSAFE = re.compile(r"[^\w.() -]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])\s*(?:\.|$)", re.IGNORECASE)
"""Names of devices on Windows, whatever extension follows."""


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What became of one file.

    Attributes:
        outcome: "added", "updated", "unchanged" or "skipped".
        detail: Numbers of articles, or the reason.
    """

    name: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Part:
    """The share of one file in the progress of all."""

    progress: Callable[[float, str], None]
    name: str
    number: int
    count: int

    def advance(self, done: int, total: int, title: str) -> None:
        self.progress((self.number + done / max(total, 1)) / self.count, f"{self.name}: {title}")


def add_files(
    files: Sequence[Path], settings: Settings, progress: Callable[[float, str], None]
) -> Iterator[UploadResult]:
    """Ingests each file into `settings.library`, one after the other; a bad file does not stop the rest.

    Args:
        progress: Called with the share done in 0..1 and what is being read.
    """
    most = settings.max_upload_files
    count = min(len(files), most)
    for number, file in enumerate(files[:most]):
        progress(number / count, f"Reading {file.name}")
        yield from _add(file, settings, _Part(progress, file.name, number, count))
    for file in files[most:]:
        reason = f"only {most} files at once (setting max_upload_files); add it in a second go"
        yield UploadResult(file.name, "skipped", reason)


def results_html(results: Sequence[UploadResult]) -> str:
    """A table of results, the problems first."""
    if not results:
        return '<p class="gw-problem">Choose some files first.</p>'
    ordered = sorted(results, key=lambda r: r.outcome != "skipped")
    rows = "".join(
        f'<tr class="gw-{r.outcome}">'
        + "".join(f"<td>{inline(t)}</td>" for t in (r.name, r.outcome, r.detail))
        + "</tr>"
        for r in ordered
    )
    return f'<table class="gw-results">{table_head("File", "Result", "Detail")}<tbody>{rows}</tbody></table>'


def safe_name(name: str) -> str:
    """A file name that stays inside its folder, is not hidden, no option and no device; its extension is kept."""
    base = _UNSAFE.sub("_", os.path.basename(name.replace("\\", "/"))).strip(". ")
    stem, extension = os.path.splitext(base or "article")
    safe = (stem.encode()[:120].decode(errors="ignore") + extension[:20]).rstrip(". ")
    return f"_{safe}" if safe.startswith("-") or _RESERVED.match(safe) else safe


def _add(file: Path, settings: Settings, part: _Part) -> Iterator[UploadResult]:
    try:
        if file.stat().st_size > settings.max_upload_bytes:
            most = f"{settings.max_upload_bytes:,} bytes (setting max_upload_bytes)"
            yield UploadResult(file.name, "skipped", f"larger than {most}; bring it in with: python -m ingest FILE")
            return
        kept = _keep(file, settings)
        report = ingest([kept], settings, progress=part.advance)
    except GroundwireError as error:
        yield UploadResult(file.name, "skipped", str(error))
        return
    except OSError as error:
        yield UploadResult(file.name, "skipped", f"cannot be stored: {error.strerror or error}")
        return
    for outcome, count in (("added", report.added), ("updated", report.updated), ("unchanged", report.unchanged)):
        if count:
            yield UploadResult(file.name, outcome, plural(count, "article"))
    if not report.usable:
        kept.unlink(missing_ok=True)
    for skipped in report.skipped:
        yield UploadResult(file.name, "skipped", _reason(skipped.source, skipped.reason))


def _keep(file: Path, settings: Settings) -> Path:
    folder = settings.library / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / safe_name(file.name)
    draft = folder / f".{kept.name}.draft"
    draft.unlink(missing_ok=True)
    shutil.copyfile(file, draft)
    os.replace(draft, kept)  # and not into it: it might be a link
    return kept


def _reason(source: str, reason: str) -> str:
    """The reason, with the line in a file of many articles; never the server's path."""
    line = source.rpartition("#")[2] if "#" in source else ""
    return f"line {line}: {reason}" if line.isdigit() else reason
