"""Is a library sound? Findings for a person, and repair from the store."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from rag.index.cache_state import read_state
from rag.index.chroma_check import fingerprint, holds_foreign_code, is_healthy
from rag.index.exact import ExactVectors
from rag.index.keywords import Keywords
from rag.index.library import INDEX_DIRECTORY, update_caches
from rag.index.lock import WriterLock
from rag.index.store import Store


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with one part of a library.

    Attributes:
        part: "store", "vectors", "keywords" or "chroma".
        repairable: True when it can be rebuilt from the store.
    """

    part: str
    problem: str
    repairable: bool


def check_library(store: Store, *, thorough: bool = False) -> list[Finding]:
    """What is wrong; nothing when all is well.

    Args:
        thorough: Also compares every vector and searches the Chroma index, in a child process (seconds).
    """
    integrity = store.integrity()
    if integrity != "ok":
        return [Finding("store", integrity, repairable=False)]
    if store.counts()[0] == 0:
        return []
    findings = []
    index = store.directory / INDEX_DIRECTORY
    exact, keywords = ExactVectors(index / "vectors"), Keywords(index / "keywords")
    for part, cache in (("vectors", exact), ("keywords", keywords)):
        if not cache.open(store):
            findings.append(Finding(part, "missing, damaged or of another library", repairable=True))
        elif cache.generation != store.generation:
            findings.append(Finding(part, _behind(cache.generation, store.generation), repairable=True))
        elif thorough and isinstance(cache, ExactVectors) and not cache.agrees_with(store):
            findings.append(Finding(part, "other vectors than the store's", repairable=True))
    return findings + _check_chroma(store, index / "chroma", thorough)


def repair_library(directory: Path) -> tuple[list[Finding], list[Finding]]:
    """Rebuilds what can be; gives what was found before and what is left.

    Raises:
        LibraryMissing: No library there.
        LibraryBusy: Another process is writing.
        LibraryDamaged: The store cannot be opened.
    """
    store = Store(directory)
    found = check_library(store, thorough=True)
    if any(f.repairable for f in found):
        with WriterLock(directory):
            for finding in found:
                if finding.repairable and "generation" not in finding.problem:
                    _discard(directory / INDEX_DIRECTORY / finding.part)
            update_caches(store)
    left = check_library(store, thorough=True)
    store.close()
    return found, left


def _check_chroma(store: Store, directory: Path, thorough: bool) -> list[Finding]:
    state = read_state(directory)
    problem = None
    if not state.usable_for(store):
        problem = "missing, left by a writer that was killed, or of another library"
    elif foreign := holds_foreign_code(directory):
        problem = foreign
    elif (thorough or state.fingerprint != fingerprint(directory)) and not is_healthy(directory):
        problem = "its files are damaged"
    elif state.generation != store.generation:
        problem = _behind(state.generation, store.generation)
    return [Finding("chroma", problem, repairable=True)] if problem else []


def _behind(generation: int, current: int) -> str:
    return f"shows generation {generation}, the store is at generation {current}"


def _discard(directory: Path) -> None:
    directory.with_suffix(".json").unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
