"""What filtering and ranking need to know of every passage, in memory: one row for each passage.

A filter is decided for the articles, of which there are few, and read off for the passages: tenths of a
millisecond at 100,000 passages, where a joined query of the store takes a hundred times that.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.index.passage_rows import PassageRows
from rag.index.store import Store
from rag.records import ArticleHead, Filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MASKS = 8
"""Filters whose rows are remembered, those used last."""
NO_DAYS = (99_999_999, 0)
"""First and last day of an article without a date: neither after nor before any day."""


def day_range(published: str | None) -> tuple[int, int]:
    """First and last day, as YYYYMMDD, that an ISO date of any precision may stand for; `NO_DAYS` without one.

    The last day may be one that its month does not have, such as 20190231, which orders as well.
    """
    digits = (published or "").replace("-", "")[:8]
    if len(digits) not in (4, 6, 8) or not digits.isdecimal():
        return NO_DAYS
    return int(digits + "0101"[len(digits) - 4 :]), int(digits + "1231"[len(digits) - 4 :])


@dataclass(frozen=True, slots=True)
class PassageFacts:
    """What is known of a passage without reading it.

    Attributes:
        copies: Other articles of its story.
    """

    article_id: str
    story_id: str
    published: str | None
    copies: int = 0


class Catalogue:
    """The articles of the rows of a vector index, and which of the passages meet a filter.

    Articles without a passage in the rows do not count.

    Attributes:
        rows: As given, also those of passages that went.
    """

    def __init__(self, store: Store, rows: PassageRows, gone: NDArray[np.intp] | None = None) -> None:
        """Asks the store for the articles of some rows.

        Args:
            gone: Rows of passages that went.
        """
        self.rows = rows
        heads = dict(store.numbered_heads()) if len(rows) else {}
        self._heads = list(heads.values())
        self._article = _article_rows(store, rows.numbers, np.fromiter(heads, dtype=np.int64, count=len(heads)))
        self._article[[] if gone is None else gone] = -1
        self._is_there = np.zeros(len(self._heads), dtype=bool)
        self._is_there[self._article[self._article >= 0]] = True
        self._days = np.array([day_range(h.published) for h in self._heads], dtype=np.int32).reshape(-1, 2)
        self._of_story = Counter(h.story_id for h, there in zip(self._heads, self._is_there, strict=True) if there)
        self._masks: dict[str, NDArray[np.bool_]] = {}
        self._codes: dict[str, tuple[dict[str, int], NDArray[np.int32]]] = {}

    def follow(self, store: Store, rows: PassageRows, gone: NDArray[np.intp]) -> None:
        """Takes in rows that came behind the known ones, and the rows of passages that went, old and new."""
        numbers = rows.numbers[len(self.rows) :].tolist()
        passages = store.passages(numbers)
        heads = {stored.article.id: stored.article for stored in passages.values()}
        place = {id: len(self._heads) + i for i, id in enumerate(heads)}
        came = np.array([place[passages[n].article.id] if n in passages else -1 for n in numbers], dtype=np.int32)
        article = np.concatenate((self._article, came))
        left = np.unique(article[gone])  # an article goes with all its passages
        article[gone] = -1
        self._add(list(heads.values()))
        self._drop([int(place) for place in left if place >= 0 and self._is_there[place]])
        self.rows, self._article, self._masks = rows, article, {}

    def _add(self, heads: Sequence[ArticleHead]) -> None:
        days = np.array([day_range(h.published) for h in heads], dtype=np.int32).reshape(-1, 2)
        for field, (known, codes) in self._codes.items():
            self._codes[field] = known, np.concatenate((codes, _coded([TEXT_FIELDS[field](h) for h in heads], known)))
        self._heads.extend(heads)
        self._days = np.concatenate((self._days, days))
        self._is_there = np.concatenate((self._is_there, np.ones(len(heads), dtype=bool)))
        self._of_story.update(head.story_id for head in heads)

    def _drop(self, places: Sequence[int]) -> None:
        self._of_story.subtract(self._heads[place].story_id for place in places)
        self._is_there[list(places)] = False

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """For each of the rows whether its passage is there and meets every filter; text ignores case."""
        key = repr(filters)  # which, other than their hash, lists of values have too
        mask = self._masks.pop(key, None)
        if mask is None:
            mask = self._decide(filters)
            if len(self._masks) >= _MASKS:
                del self._masks[next(iter(self._masks))]
        self._masks[key] = mask
        return mask

    def _decide(self, filters: Filters) -> NDArray[np.bool_]:
        articles = np.ones(len(self._heads) + 1, dtype=bool)
        articles[-1] = False  # row -1: the passage is there no more
        for field, wanted in text_filters(filters):
            articles[:-1] &= self._are_any_of(field, wanted)
        if filters.since:
            articles[:-1] &= self._days[:, 1] >= day_range(filters.since)[0]
        if filters.until:
            articles[:-1] &= self._days[:, 0] <= day_range(filters.until)[1]
        return articles.take(self._article)

    def rarity(self, first: str, last: str) -> float:
        """The idf of a period, as if it were a word of the articles of that time: ln((N + 1) / (n + 1)).

        Args:
            first, last: ISO days, inclusive.
        """
        low, high = day_range(first)[0], day_range(last)[1]
        within = int(np.count_nonzero((self._days[:, 1] >= low) & (self._days[:, 0] <= high) & self._is_there))
        return math.log((int(np.count_nonzero(self._is_there)) + 1) / (within + 1))

    def facts(self, passages: Sequence[int]) -> dict[int, PassageFacts]:
        """The facts of passages by number; those unknown are left out."""
        places = [(number, int(self._article[row])) for number, row in self._known(passages)]
        of_articles = {place: self._facts_of(self._heads[place]) for place in {p for _, p in places if p >= 0}}
        return {number: of_articles[place] for number, place in places if place >= 0}

    def _facts_of(self, head: ArticleHead) -> PassageFacts:
        return PassageFacts(head.id, head.story_id, head.published, self._of_story[head.story_id] - 1)

    def passing(self, passages: Sequence[int], allowed: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The places of those of the passages whose row is allowed."""
        rows = self.rows.places(np.asarray(passages, dtype=np.int64))
        return np.flatnonzero((rows >= 0) & allowed[rows])

    def _known(self, passages: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Known passages by number, each with its row."""
        rows = self.rows.places(passages).tolist()
        return ((number, row) for number, row in zip(passages, rows, strict=True) if row >= 0)

    def _are_any_of(self, field: str, wanted: Sequence[str]) -> NDArray[np.bool_]:
        if field not in self._codes:
            known: dict[str, int] = {}
            self._codes[field] = known, _coded([TEXT_FIELDS[field](head) for head in self._heads], known)
        known, codes = self._codes[field]
        return np.isin(codes, [known[w] for w in wanted if w in known])


TEXT_FIELDS: dict[str, Callable[[ArticleHead], str]] = {
    "outlet": lambda head: (head.outlet or "").casefold(),
    "author": lambda head: (head.author or "").casefold(),
    "language": lambda head: (head.language or "").casefold(),
    "article": lambda head: head.id.casefold(),
    "story": lambda head: head.story_id.casefold(),
}
"""What a filter compares, case folded; "" where the article does not say."""


def text_filters(filters: Filters) -> list[tuple[str, list[str]]]:
    """Each text filter that is set: a name of `TEXT_FIELDS` and the values that pass, case folded."""
    given = {
        "outlet": filters.outlets,
        "author": filters.authors,
        "language": filters.languages,
        "article": filters.article_ids,
        "story": filters.story_ids,
    }
    return [(field, [w.casefold() for w in wanted if w]) for field, wanted in given.items() if wanted]


def _article_rows(store: Store, numbers: NDArray[np.int64], articles: NDArray[np.int64]) -> NDArray[np.int32]:
    """For each passage number the place of its article among `articles`, ascending; -1 when it has none."""
    pairs = np.fromiter(store.article_of_passages(), dtype=[("passage", np.int64), ("article", np.int64)])
    rows = np.full(len(numbers), -1, dtype=np.int32)
    if len(pairs):
        places = np.minimum(np.searchsorted(pairs["passage"], numbers), len(pairs) - 1)
        present = pairs["passage"][places] == numbers
        rows[present] = np.searchsorted(articles, pairs["article"][places[present]])
    return rows


def _coded(values: Sequence[str], known: dict[str, int]) -> NDArray[np.int32]:
    """A number for each value; a new value gets the next one."""
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int32)
