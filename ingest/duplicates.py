"""Copies and near-copies of one story, also cut, retitled or with lines added → story groups.

Method: Broder, "On the resemblance and containment of documents" (1997), over runs of five words.
A signature keeps the run hashes that fall in a fixed sixteenth of the hash range. Unlike the minima
of MinHash they estimate containment too, so that a story cut to a third still meets its full text.
What two signatures suggest is confirmed on the texts.
"""

from __future__ import annotations

import datetime
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from ingest.captions import without_captions
from ingest.metadata import normalise_url
from ingest.run_index import RunIndex
from rag.tokens import tokens

RUN = 5
"""Words in a run; measured on 1,500 articles: different reports of one event share under 5 % of such runs."""
RESEMBLANCE = 0.5
"""Jaccard similarity of the runs from which two texts are copies."""
CONTAINMENT = 0.7
"""Share of the shorter text's runs in the longer text from which it is a cut copy."""
SHORTEST_CUT = 0.25
"""A copy cut below this share of the longer text counts only as its beginning, lest a round-up join all it holds."""
BEGINNING_CONTAINMENT = 0.9
DAYS_APART = 7
"""Copies appear within days; a yearly rewrite of one explainer is another story unless it is nearly the same."""
EDITION_DAYS, EDITION_CONTAINMENT = 31, 0.75
"""Within a month, a text that keeps this much of the other, and half of both together, is an edition of it: for
another place, or brought up to date."""
SAME_TEXT = 0.9
REVISION_CONTAINMENT = 0.05
"""Of two texts at one address: less is the second page of a long report, or an address that many reports share."""

_SAMPLE = (1 << 64) // 16
_FEWEST = 4
_HINT = 0.4
_MOST_CANDIDATES = 20
_MOST_REVISIONS = 5
_HAS_ADDRESS = 1 << 63


def signature(text: str, published: str | None = None, url: str | None = None) -> bytes:
    """What is stored to find an article's copies again: its day, its address and about one run hash in sixteen.

    `published` (ISO) keeps stories apart that are more than `DAYS_APART` days apart; without it, or
    without a day in it, the text alone decides. By `url`, the revisions of one page are known for such.
    """
    runs = sorted(set(_runs(text)))
    sample = [run for run in runs if run < _SAMPLE]
    if len(sample) < _FEWEST:
        sample = runs[:_FEWEST]
    address = _address(url)
    head = [_day(published) | _HAS_ADDRESS, address] if address else [_day(published)]
    return array("Q", [*head, *sample]).tobytes()


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A signature taken apart; day and address are 0 when not known."""

    day: int
    address: int
    sample: array[int]


@dataclass(frozen=True, slots=True)
class _Member:
    """A known article: its group, its day and address, the size of its sample and its number in the index."""

    story_id: str
    day: int
    address: int
    sampled: int
    number: int


class Stories:
    """The story groups of a library, kept up to date one article at a time.

    An article joins the group of the text it overlaps most, but first that of an earlier version of its own page.
    Groups are never merged: an article that overlaps two joins one. The outcome depends on the order of the calls
    and on nothing else.
    """

    def __init__(self, known: Iterable[tuple[str, str, bytes]], text_of: Callable[[str], str | None]) -> None:
        """Starts from a library.

        Args:
            known: Article id, story id and signature of every stored article.
            text_of: Stored text of an article id; None when it is gone.
        """
        self._text_of = text_of
        self._members: dict[str, _Member] = {}
        self._ids: list[str | None] = []
        self._index = RunIndex()
        self._at_address: defaultdict[int, list[int]] = defaultdict(list)
        self._sizes: Counter[str] = Counter()
        for article_id, story_id, stored in known:
            self._add(article_id, story_id, stored)

    def assign(self, article_id: str, text: str, signature: bytes) -> str:
        """Puts an article in a group, a new one named after it if it copies nothing known.

        Calling again for the same id replaces the earlier call.

        Returns:
            The story id.
        """
        self.forget(article_id)
        sketch = _unpack(signature)
        runs = _runs(text)
        found: list[tuple[bool, float, float, str]] = []
        for other in dict.fromkeys([*self._revisions(sketch.address), *self._candidates(sketch.sample)]):
            other_text = self._text_of(other)
            overlap = _overlap(runs, _runs(other_text)) if other_text is not None else _Overlap()
            is_revision = self._is_revision(sketch, other, overlap)
            if is_revision or overlap.is_copy(self._days_apart(sketch.day, other)):
                found.append((is_revision, overlap.containment, overlap.resemblance, other))
        story_id = self._members[max(found)[-1]].story_id if found else self._new_story(article_id)
        self._add(article_id, story_id, signature)
        return story_id

    def forget(self, article_id: str) -> None:
        """Takes an article out; its group keeps its name. An unknown id is no error."""
        member = self._members.pop(article_id, None)
        if member is not None:
            self._sizes[member.story_id] -= 1
            self._ids[member.number] = None

    def _add(self, article_id: str, story_id: str, stored: bytes) -> None:
        sketch, number = _unpack(stored), len(self._ids)
        self._members[article_id] = _Member(story_id, sketch.day, sketch.address, len(sketch.sample), number)
        self._sizes[story_id] += 1
        self._index.add(number, sketch.sample)
        if sketch.address:
            self._at_address[sketch.address].append(number)
        self._ids.append(article_id)

    def _new_story(self, article_id: str) -> str:
        """The article's id, or a variant while copies of its former text still form a group of that name."""
        story_id, number = article_id, 1
        while self._sizes[story_id] > 0:
            number += 1
            story_id = f"{article_id}~{number}"
        return story_id

    def _candidates(self, sample: array[int]) -> list[str]:
        """Articles whose signatures share enough with a sample, best first."""
        hints: list[tuple[float, str]] = []
        for number, shared in self._index.shared(sample).items():
            other = self._ids[number]
            if other is not None and shared >= _HINT * (smaller := min(len(sample), self._members[other].sampled)):
                hints.append((-shared / smaller, other))
        return [other for _, other in sorted(hints)[:_MOST_CANDIDATES]]

    def _revisions(self, address: int) -> list[str]:
        """The latest articles read from an address; none for no address."""
        numbers = self._at_address.get(address, [])
        return [name for number in reversed(numbers) if (name := self._ids[number]) is not None][:_MOST_REVISIONS]

    def _is_revision(self, sketch: _Sketch, other: str, overlap: _Overlap) -> bool:
        is_same_page = sketch.address != 0 and sketch.address == self._members[other].address
        return is_same_page and overlap.containment >= REVISION_CONTAINMENT

    def _days_apart(self, day: int, other: str) -> int:
        other_day = self._members[other].day
        return abs(day - other_day) if day and other_day else 0


@dataclass(frozen=True, slots=True)
class _Overlap:
    """How two texts overlap, all in 0..1.

    Attributes:
        resemblance: Runs in both over runs in either.
        containment: Share of the shorter text's runs found in the longer.
        beginning: The same, found in the beginning of the longer.
        ratio: Runs of the shorter over runs of the longer.
    """

    resemblance: float = 0.0
    containment: float = 0.0
    beginning: float = 0.0
    ratio: float = 0.0

    def is_copy(self, days_apart: int) -> bool:
        if days_apart > EDITION_DAYS:
            return self.resemblance >= SAME_TEXT
        if days_apart > DAYS_APART:
            return self.resemblance >= RESEMBLANCE and self.containment >= EDITION_CONTAINMENT
        is_cut = self.containment >= CONTAINMENT and self.ratio >= SHORTEST_CUT
        return is_cut or self.resemblance >= RESEMBLANCE or self.beginning >= BEGINNING_CONTAINMENT


def _overlap(one: list[int], other: list[int]) -> _Overlap:
    short, long = sorted((one, other), key=lambda runs: len(set(runs)))
    short_set, long_set = set(short), set(long)
    if not short_set:
        return _Overlap()
    both = len(short_set & long_set)
    head = set(long[: len(short) * 3 // 2 + 50])
    return _Overlap(
        resemblance=both / len(short_set | long_set),
        containment=both / len(short_set),
        beginning=len(short_set & head) / len(short_set),
        ratio=len(short_set) / len(long_set),
    )


def _runs(text: str) -> list[int]:
    """64-bit hashes of every run of words, in order; the hash of all words for a text shorter than a run.

    Captions do not count: one picture gallery stands in many reports.
    """
    words = tokens(without_captions(text))
    if not words:
        return []
    starts = range(max(1, len(words) - RUN + 1))
    return [int.from_bytes(blake2b(" ".join(words[i : i + RUN]).encode(), digest_size=8).digest()) for i in starts]


def _day(published: str | None) -> int:
    """Days since year 1; 0 when the day is not known."""
    try:
        return datetime.date.fromisoformat((published or "")[:10]).toordinal()
    except ValueError:
        return 0


def _address(url: str | None) -> int:
    """64 bits of a hash of a page's address; 0 for none, and for the front page of a site, which is no article's."""
    page = normalise_url(url) if url else ""
    return int.from_bytes(blake2b(page.encode(), digest_size=8).digest()) if "/" in page or "?" in page else 0


def _unpack(stored: bytes) -> _Sketch:
    values = array("Q")
    values.frombytes(stored)
    if not values:
        return _Sketch(0, 0, values)
    if values[0] & _HAS_ADDRESS:
        return _Sketch(values[0] ^ _HAS_ADDRESS, values[1], values[2:])
    return _Sketch(values[0], 0, values[1:])
