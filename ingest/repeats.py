"""Articles → the lines their outlet repeats from story to story: house advertising, standing links, footers.

A line that several stories share is not yet boilerplate: copies and updates of one story share their
paragraphs, and lists share their items. Those come with the same lines around them; what the page adds
stands between other lines each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    """A line of several articles: how many, the lines seen before and after it, and its key once that is needed."""

    before: set[int]
    after: set[int]
    articles: int = 1
    key: int | None = None

    def is_repeated(self) -> bool:
        """True for enough articles, in which it stands elsewhere each time."""
        return self.articles >= FEWEST and min(len(self.before), len(self.after)) >= DIFFERENT * self.articles


_Once = tuple[int, int]
"""A line of one article, as most are: the lines before and after it."""


class Repeats:
    """What outlets repeat; learned from the articles of a run and from what earlier runs learned."""

    def __init__(self, known: Mapping[str, Iterable[int]] | None = None) -> None:
        """Starts from the keys of lines by outlet that an earlier `known` gave."""
        self._known = {outlet: set(keys) for outlet, keys in (known or {}).items()}
        self._articles: dict[str, int] = {}
        self._seen: dict[str, dict[int, _Seen | _Once]] = {}

    def add(self, outlet: str, lines: Iterable[str]) -> None:
        """Counts the lines of one article that cleaning has left."""
        count = self._articles[outlet] = self._articles.get(outlet, 0) + 1
        if count > _MOST_ARTICLES:
            return
        seen = self._seen.setdefault(outlet, {})
        filled = [line for line in lines if line]
        # A line at an edge of the text has the edge of that article as its neighbour: another each time.
        around = [-2 * count, *map(hash, filled), -2 * count - 1]
        done: set[int] = set()
        for place, line in enumerate(filled, start=1):
            if around[place] not in done and _may_repeat(line):
                done.add(around[place])
                _count(seen, line, *around[place - 1 : place + 2])

    def of(self, outlet: str) -> frozenset[int]:
        """Keys of the lines that an outlet repeats."""
        several = (seen for seen in self._seen.get(outlet, {}).values() if isinstance(seen, _Seen))
        learned = {seen.key for seen in several if seen.key is not None and seen.is_repeated()}
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


def _count(seen: dict[int, _Seen | _Once], line: str, before: int, hashed: int, after: int) -> None:
    """Counts a line between two others in one more article."""
    entry = seen.get(hashed)
    if entry is None:
        seen[hashed] = before, after
        return
    if isinstance(entry, tuple):
        entry = seen[hashed] = _Seen({entry[0]}, {entry[1]})
    entry.before.add(before)
    entry.after.add(after)
    entry.articles += 1
    if entry.articles == FEWEST:
        entry.key = line_key(line)


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
