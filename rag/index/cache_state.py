"""How far a cache of the store has come, in one small file beside it.

A cache is usable when its state is clean and of this library. `clean` is taken back before a cache is
changed and given again after, so that a killed writer leaves a cache that says it cannot be trusted.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.index.store import Store


@dataclass(frozen=True, slots=True)
class CacheState:
    """What a cache was built from.

    Attributes:
        generation: The store's generation that the cache shows.
        fingerprint: Of the cache's files as they were when found healthy; "" when not taken.
    """

    library_id: str = ""
    generation: int = -1
    clean: bool = False
    fingerprint: str = ""

    def usable_for(self, store: Store) -> bool:
        """True when the cache may be read, and brought up to date where it is behind the store."""
        return self.clean and self.is_of(store) and self.generation >= store.removals_from

    def is_of(self, store: Store) -> bool:
        """True when the cache was built from this store and no later state of it."""
        return self.library_id == store.library_id and self.generation <= store.generation


class Cache:
    """Something built from the store in a directory of its own.

    Attributes:
        state: Of the files as they were opened; the unusable default before.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.state = CacheState()

    @property
    def generation(self) -> int:
        """The store's generation that is shown; -1 when nothing is open."""
        return self.state.generation

    @property
    def is_outdated(self) -> bool:
        """True when the files have been replaced since they were opened, or never were opened."""
        return not self.state.clean or read_state(self._directory) != self.state


def read_state(directory: Path) -> CacheState:
    """The state of the cache in a directory; the unusable default when there is none."""
    try:
        state = CacheState(**json.loads(_file(directory).read_text()))
        known = (
            isinstance(state.library_id, str) and isinstance(state.generation, int) and isinstance(state.clean, bool)
        )
        return state if known and isinstance(state.fingerprint, str) else CacheState()
    except (OSError, ValueError, TypeError, RecursionError):
        return CacheState()


def write_state(directory: Path, state: CacheState) -> None:
    """Replaces the state in one step."""
    draft = _file(directory).with_suffix(".draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(json.dumps(asdict(state)))
    os.replace(draft, _file(directory))


def forget_state(directory: Path) -> None:
    """Takes the state back: the cache will be built anew."""
    with suppress(OSError):  # where nobody can write, it is not trusted again by this process either
        _file(directory).unlink(missing_ok=True)


def forget_foreign_states(index: Path, store: Store) -> None:
    """Takes the states of caches back that show another store, or what the store was before a copy was restored.

    To be called before the store is changed: once it has passed the generation of such a cache, nothing would tell.
    """
    for file in index.glob("*.json"):
        state = read_state(file)
        if state.library_id and not state.is_of(store):
            forget_state(file)


def _file(directory: Path) -> Path:
    return directory.with_suffix(".json")
