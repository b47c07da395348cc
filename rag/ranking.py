"""The signals of a search → one value for each passage, in points of cosine.

    value = cosine + keyword_weight · I · BM25 + coverage_weight · c + date_weight · J · t

I is the sum of the idf of the question's words: how much there is to look up. A long question full of names is
decided by its words, a short everyday one by its meaning, so I is what makes the weights depend on the question.
c, the coverage, is the idf of those of the question's words that two neighbouring sentences of the passage hold.
t is 1 in the time asked about and falls to 0 over ten days outside it; J is the idf of that time among the articles,
so that "this week" says more than "in 2024", and nothing is added when the question speaks of no time.

Min-max scaled scores, on which plain fusion rests (Bruch et al. 2023, "An Analysis of Fusion Functions for Hybrid
Retrieval", section 4), forget how clear each ranking's case is; raw cosine and BM25 keep it. Measurements:
docs/decisions/retrieval.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from secrets import token_hex

from rag.index.keywords import question_terms
from rag.index.library import Candidates
from rag.question_time import Period
from rag.records import Passage
from rag.settings import Settings
from rag.tokens import stem, tokens

_BETWEEN = f"x{token_hex(8)}"
"""A word that no article holds; stands between sentences where many are read at once."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """The time a question asks about.

    Attributes:
        idf: How few articles are of that time, as if it were a word.
    """

    period: Period
    idf: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate.

    Attributes:
        value: See above; comparable within one question.
        fused_rank: Its rank before coverage, from 1.
        coverage: Idf of the question's words in two neighbouring sentences; None when it was not read.
    """

    number: int
    value: float
    fused_rank: int
    coverage: float | None = None


class Ranking:
    """Puts the candidates of one question in order."""

    def __init__(
        self,
        question: str,
        found: Candidates,
        idf: Callable[[str], float],
        settings: Settings,
        asked: AskedTime | None = None,
    ) -> None:
        self._words = {word: idf(word) for word in map(stem, question_terms(question))}
        self._idf = sum(self._words.values())
        self._found = found
        self._settings = settings
        self._time = {} if asked is None else _closeness(found, asked.period)
        self._keyword_weight = settings.keyword_weight * self._idf
        self._time_weight = settings.date_weight * asked.idf if asked else 0.0
        cosines = found.cosine.values()
        self._low = min(cosines, default=0.0)
        self._span = max(cosines, default=0.0) - self._low
        self._span += self._keyword_weight * max(found.bm25.values(), default=0.0)
        self._span += self._time_weight * max(self._time.values(), default=0.0)

    def fuse(self) -> list[Ranked]:
        """Every candidate by cosine, BM25 and time, best first."""
        bm25, time = self._found.bm25, self._time
        values = {
            number: cosine + self._keyword_weight * bm25.get(number, 0.0) + self._time_weight * time.get(number, 0.0)
            for number, cosine in self._found.cosine.items()
        }
        best_first = sorted((-value, number) for number, value in values.items())
        return [Ranked(number, -negative, rank) for rank, (negative, number) in enumerate(best_first, start=1)]

    def cover(self, ranked: Sequence[Ranked], passages: Mapping[int, Passage]) -> list[Ranked]:
        """The same in a new order, with coverage added for those passages that are given."""
        covered = dict(zip(passages, covered_idf(self._words, list(passages.values())), strict=True))
        self._span += self._settings.coverage_weight * max(covered.values(), default=0.0)
        with_coverage = [self._covered(item, covered) if item.number in covered else item for item in ranked]
        return sorted(with_coverage, key=lambda r: (-r.value, r.number))

    def _covered(self, item: Ranked, covered: Mapping[int, float]) -> Ranked:
        coverage = covered[item.number]
        value = item.value + self._settings.coverage_weight * coverage
        return Ranked(item.number, value, item.fused_rank, coverage)

    def score(self, item: Ranked) -> float:
        """The value scaled to 0..1. 1 is for a passage that is first in every signal."""
        return round(min(1.0, max(0.0, (item.value - self._low) / (self._span + 1e-9))), 4)

    def signals(self, item: Ranked) -> dict[str, float]:
        """What made the value: `cosine`, `dense_rank`, `bm25`, `keyword_rank`, `time`, `fused_rank`, `coverage`, and
        the `value`.

        Ranks count from 1, time and coverage (as a share of I) lie in 0..1; what a stage did not see is left out.
        """
        found, number = self._found, item.number
        signals: dict[str, float] = {}
        for name, of_passages in (
            ("cosine", found.cosine),
            ("dense_rank", found.dense_ranks),
            ("bm25", found.bm25),
            ("keyword_rank", found.keyword_ranks),
            ("time", self._time),
        ):
            if number in of_passages:
                signals[name] = round(of_passages[number], 4)
        signals |= {"fused_rank": item.fused_rank, "value": round(item.value, 4)}
        if item.coverage is not None:
            signals["coverage"] = round(item.coverage / self._idf, 4) if self._idf else 0.0
        return signals


def covered_idf(words: Mapping[str, float], passages: Sequence[Passage]) -> list[float]:
    """For each passage the idf of those of the words (stems) in two neighbouring sentences, where it is most."""
    sentences = [passage.sentence_texts() for passage in passages]
    # All at once, because every call costs as much again as a sentence does.
    held = _held(words, [sentence for of_passage in sentences for sentence in of_passage])
    return [_best_pair(words, [next(held) for _ in of_passage]) for of_passage in sentences]


def _best_pair(words: Mapping[str, float], held: Sequence[Set[str]]) -> float:
    pairs = {one | following for one, following in pairwise(held)} or held
    return max((fsum(words[word] for word in pair) for pair in pairs), default=0.0)


def _held(words: Mapping[str, float], sentences: Sequence[str]) -> Iterator[Set[str]]:
    """Those of the words that each sentence holds."""
    read = [*tokens(f" {_BETWEEN} ".join(sentences)), _BETWEEN]
    initials = {word[:1] for word in words}  # which stemming never changes
    stems = {token: stem(token) for token in set(read) if token[:1] in initials}
    asked = {token: word for token, word in stems.items() if word in words}
    found: set[str] = set()
    for token in [token for token in read if token in asked or token == _BETWEEN]:
        if token == _BETWEEN:
            yield frozenset(found)
            found = set()
        else:
            found.add(asked[token])


def _closeness(found: Candidates, period: Period) -> dict[int, float]:
    of_date = {facts.published: 0.0 for facts in found.facts.values()}
    for published in of_date:
        of_date[published] = round(period.closeness(published), 4)
    return {number: of_date[facts.published] for number, facts in found.facts.items()}
