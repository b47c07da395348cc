"""A library → what is sound in it and what is not, in words for a person. HTML, escaped."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from rag.errors import GroundwireError
from rag.index.health import Finding, check_library
from rag.index.opening import open_store
from rag.index.place import Place, place_of
from web.catalog import Counts
from web.markup import inline

_PARTS = {"store": "Articles and passages", "vectors": "Vectors", "keywords": "Keywords", "chroma": "Chroma index"}


def health_html(where: Place | Path, counts: Counts) -> str:
    """The findings of a quick check, which reads the whole store (seconds on a large library)."""
    place = place_of(where)
    try:
        with closing(open_store(place)) as store:
            findings = check_library(store)
    except GroundwireError as error:
        return f'<p class="gw-problem" role="alert">{inline(error)}</p>'
    facts = [
        ("Kept in", str(place) if place.store else place.directory.resolve().name),
        ("Size on disk", size_words(place.directory)),
        ("Generation", f"{counts.generation:,}"),
        ("Searched with", counts.embedding_model or "nothing yet"),
    ]
    items = "".join(f"<div><dt>{name}</dt><dd>{inline(value)}</dd></div>" for name, value in facts)
    return f'<dl class="gw-facts">{items}</dl>{_findings(findings, place.directory)}'


def size_words(directory: Path) -> str:
    """The files below a folder together, such as "12.3 MB"."""
    size = float(sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()))
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _findings(findings: list[Finding], directory: Path) -> str:
    if not findings:
        return '<p class="gw-ok" role="status">Everything is sound.</p>'
    rows = "".join(
        f"<li><strong>{_PARTS.get(f.part, inline(f.part))}</strong>: {inline(f.problem)}</li>" for f in findings
    )
    repairable = all(f.repairable for f in findings)
    cure = f"python -m rag doctor --library {directory.name}" if repairable else "python -m ingest into a new library"
    return f'<ul class="gw-problem" role="alert">{rows}</ul><p class="gw-note">To mend it: {inline(cure)}</p>'
