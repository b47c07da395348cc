"""Is a library sound? Findings for a person, and repair from the store."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rag.errors import LibraryUnreachable
from rag.index.cache_state import read_state
from rag.index.caches import INDEX_DIRECTORY, keeps_chroma, update_caches, update_server
from rag.index.chroma_check import PROBES, fingerprint, holds_foreign_code, is_healthy
from rag.index.chroma_server import server_of
from rag.index.exact import ExactVectors
from rag.index.keywords import Keywords
from rag.index.lock import updating_caches
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.store import Store
from rag.index.upkeep import upgrade_library

_SERVER = "chroma server"
_REBUILD_SECONDS = 600.0
"""Longer than a reader takes that rebuilds the index at this moment."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with one part of a library.

    Attributes:
        part: "store", "vectors", "keywords", "chroma" or "chroma server".
        repairable: True when it can be rebuilt from the store.
        is_behind: Sound, but of an earlier generation than the store.
    """

    part: str
    problem: str
    repairable: bool = True
    is_behind: bool = False


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
            findings.append(Finding(part, "missing, damaged or of another library"))
        elif cache.generation != store.generation:
            findings.append(_behind(part, cache.generation, store.generation))
        elif thorough and isinstance(cache, ExactVectors) and not cache.agrees_with(store):
            findings.append(Finding(part, "other vectors than the store's"))
    if keeps_chroma(store):
        findings += _check_chroma(store, index / "chroma", thorough)
    return findings + _check_server(store, thorough)


def repair_library(where: Place | Path | str) -> tuple[list[Finding], list[Finding]]:
    """Rebuilds what can be; gives what was found before and what is left.

    Raises:
        LibraryMissing: No library there.
        LibraryBusy: Another process is writing.
        LibraryDamaged: The store cannot be opened.
    """
    upgrade_library(where)
    with closing(open_store(where)) as store:
        found = check_library(store, thorough=True)
        if not any(f.repairable for f in found):
            return found, found
        with store.writer_lock(), updating_caches(store.directory, wait=_REBUILD_SECONDS):
            damaged = {finding.part for finding in found if finding.repairable and not finding.is_behind}
            for part in damaged - {_SERVER}:
                _discard(store.directory / INDEX_DIRECTORY / part)
            update_caches(store)
            update_server(store, anew=_SERVER in damaged)
        return found, check_library(store, thorough=True)


def _check_chroma(store: Store, directory: Path, thorough: bool) -> list[Finding]:
    state = read_state(directory)
    if not state.usable_for(store):
        return [Finding("chroma", "missing, left by a writer that was killed, or of another library")]
    if foreign := holds_foreign_code(directory):
        return [Finding("chroma", foreign)]
    if state.fingerprint != fingerprint(directory) or (thorough and not is_healthy(directory)):
        return [Finding("chroma", "its files are damaged or were made elsewhere")]
    if state.generation != store.generation:
        return [_behind("chroma", state.generation, store.generation)]
    return []


def _check_server(store: Store, thorough: bool) -> list[Finding]:
    server = server_of(store.place)
    if server is None:
        return []
    try:
        problem = server.problem(store, PROBES if thorough else 0)
    except LibraryUnreachable as error:
        return [Finding(_SERVER, str(error))]
    if problem is not None:
        return [Finding(_SERVER, f"{server.name}: {problem}")]
    if server.state.through or server.state.generation != store.generation:
        return [_behind(_SERVER, server.state.generation, store.generation)]
    return []


def _behind(part: str, generation: int, current: int) -> Finding:
    return Finding(part, f"shows generation {generation}, the store is at generation {current}", is_behind=True)


def _discard(directory: Path) -> None:
    directory.with_suffix(".json").unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)
