"""What a run of the writer did, counted and named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ingest.records import Skipped

Outcome = Literal["added", "updated", "unchanged", "removed"]
OUTCOMES: tuple[Outcome, ...] = ("added", "updated", "unchanged", "removed")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one article.

    Attributes:
        name: Its title; its id where it is removed.
        source: Where it was read.
    """

    outcome: Outcome
    name: str
    source: str


@dataclass(slots=True)
class IngestReport:
    """What a run did to a library. Counts are articles; `passages` and `stories` are the library's totals."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    articles: int = 0
    passages: int = 0
    stories: int = 0
    seconds: float = 0.0
    changes: list[Change] = field(default_factory=list)
    """Every article counted above, in the order it was met; after a dry run, what would become of it."""

    @property
    def usable(self) -> bool:
        """False when no article at all was found in the sources."""
        return self.added + self.updated + self.unchanged > 0

    @property
    def changed(self) -> bool:
        """True when the library is not what it was."""
        return self.added + self.updated + self.removed > 0

    def note(self, outcome: Outcome, name: str, source: str) -> None:
        """Counts and names an article."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.changes.append(Change(outcome, name, source))

    def to_json(self) -> dict[str, Any]:
        """The document of the command contract (docs/usage.md)."""
        counts: dict[str, Any] = {name: getattr(self, name) for name in OUTCOMES}
        skipped = [{"source": s.source, "reason": s.reason} for s in self.skipped]
        totals = {"articles": self.articles, "passages": self.passages, "stories": self.stories}
        return {**counts, "skipped": skipped, **totals, "seconds": round(self.seconds, 3)}
