"""Articles → the lines their outlet repeats from story to story: house advertising, standing links, footers.

A line that several stories share is not yet boilerplate: copies and updates of one story share their
paragraphs, and lists share their items. Those come with the same lines around them; what the page adds
stands between other lines each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

FEWEST = 4
"""Articles of an outlet that must have the line."""
DIFFERENT = 0.8
"""Share of them in which both the line before and the line after are new."""
_SHORTEST, _LONGEST, _FEWEST_WORDS = 25, 600, 4
_MOST_ARTICLES = 2000
"""Articles of an outlet that are counted; more teach nothing new and would cost memory."""


@dataclass(slots=True)
class _Seen:
    """One line: the articles that have it, and the lines seen before and after it."""

    articles: int = 0
    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)

    def is_repeated(self) -> bool:
        return self.articles >= FEWEST and min(len(self.before), len(self.after)) >= DIFFERENT * self.articles


class Repeats:
    """What outlets repeat; learned from the articles of a run and from what earlier runs learned."""

    def __init__(self, known: Mapping[str, Iterable[int]] | None = None) -> None:
        """Starts from the keys of lines by outlet that an earlier `known` gave."""
        self._known = {outlet: set(keys) for outlet, keys in (known or {}).items()}
        self._articles: dict[str, int] = {}
        self._seen: dict[str, dict[int, _Seen]] = {}

    def add(self, outlet: str, lines: Iterable[str]) -> None:
        """Counts the lines of one article that cleaning has left."""
        count = self._articles[outlet] = self._articles.get(outlet, 0) + 1
        if count > _MOST_ARTICLES:
            return
        seen = self._seen.setdefault(outlet, {})
        filled = [line for line in lines if line]
        keys = [line_key(line) for line in filled]
        # A line at an edge of the text has the edge of that article as its neighbour: another each time.
        around = [-2 * count, *keys, -2 * count - 1]
        done: set[int] = set()
        for number, (line, key) in enumerate(zip(filled, keys, strict=True)):
            if key not in done and _may_repeat(line):
                done.add(key)
                entry = seen.setdefault(key, _Seen())
                entry.articles += 1
                entry.before.add(around[number])
                entry.after.add(around[number + 2])

    def of(self, outlet: str) -> frozenset[int]:
        """Keys of the lines that an outlet repeats."""
        learned = {key for key, seen in self._seen.get(outlet, {}).items() if seen.is_repeated()}
        return frozenset(learned | self._known.get(outlet, set()))

    def known(self) -> dict[str, frozenset[int]]:
        """All keys by outlet, to start from another time; a line once learned is never forgotten."""
        return {outlet: keys for outlet in sorted({*self._seen, *self._known}) if (keys := self.of(outlet))}

    def to_json(self) -> str:
        """`known` as a text."""
        return json.dumps({outlet: sorted(keys) for outlet, keys in self.known().items()})

    @classmethod
    def from_json(cls, text: str) -> Repeats:
        """Reads what `to_json` wrote.

        Raises:
            ValueError: It is something else.
        """
        known = json.loads(text)
        if not isinstance(known, dict) or not all(isinstance(keys, list) for keys in known.values()):
            raise ValueError("is not a list of line keys by outlet")
        return cls({outlet: [int(key) for key in keys] for outlet, keys in known.items()})


def without_repeats(text: str, keys: frozenset[int]) -> str:
    """The text without the lines of these keys; unchanged when they are most of it."""
    lines = text.split("\n")
    kept = [line for line in lines if not (_may_repeat(line) and line_key(line) in keys)]
    if len(kept) == len(lines) or 2 * sum(map(len, kept)) < len(text):
        return text
    return "\n".join(kept)


def line_key(line: str) -> int:
    """64 bits of a hash of a line: enough to know it again, too little to read it."""
    return int.from_bytes(blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _may_repeat(line: str) -> bool:
    return _SHORTEST <= len(line) <= _LONGEST and line.count(" ") >= _FEWEST_WORDS - 1
