"""How far a cache of the store has come, in one small file beside it.

A cache is usable when its state is clean and of this library. `clean` is taken back before a cache is
changed and given again after, so that a killed writer leaves a cache that says it cannot be trusted.
"""

from __future__ import annotations

import json
import os
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
        """True when the cache may be read, though perhaps behind the store."""
        return self.clean and self.library_id == store.library_id and self.generation <= store.generation


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
        return CacheState(**json.loads(_file(directory).read_text()))
    except (OSError, ValueError, TypeError):
        return CacheState()


def write_state(directory: Path, state: CacheState) -> None:
    """Replaces the state in one step."""
    draft = _file(directory).with_suffix(".draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(json.dumps(asdict(state)))
    os.replace(draft, _file(directory))


def _file(directory: Path) -> Path:
    return directory.with_suffix(".json")
