"""Claim × sources → where the sources speak of what the claim says."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from rag.claims.texts import Sentence, Sources
from rag.tokens import stem


@dataclass(frozen=True, slots=True)
class Window:
    """The run of consecutive source sentences that holds most of the claim.

    Attributes:
        share: Share of the claim's content found in it, in 0..1, weighted by idf.
        start, end: Sentence indexes, end exclusive.
    """

    share: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim beside its sources.

    Attributes:
        claim: The claim read as one sentence.
        weights: idf of each word of the claim, 0 for function words and for those compared otherwise.
        windows: The best window of 1, of 2 and of 3 sentences.
    """

    claim: Sentence
    sources: Sources
    weights: tuple[float, ...]
    windows: tuple[Window, Window, Window]

    @property
    def best(self) -> Sentence:
        """The source sentence that holds most of the claim."""
        return self.sources.sentences[self.windows[0].start]

    @property
    def around(self) -> Sequence[Sentence]:
        """The three consecutive source sentences that hold most of the claim."""
        return self.sources.sentences[self.windows[2].start : self.windows[2].end]

    @property
    def found(self) -> float:
        """idf-weighted share of the claim's content that stands anywhere in the sources, in 0..1."""
        total = sum(self.weights) or 1.0
        return sum(w for s, w in zip(self.claim.stems, self.weights, strict=True) if s in self.sources.by_stem) / total

    def missing(self) -> list[str]:
        """Content words of the claim that stand nowhere in the sources, as written, heaviest first."""
        claim = self.claim
        absent = {
            surface: weight
            for surface, root, weight in zip(claim.surfaces, claim.stems, self.weights, strict=True)
            if weight and root not in self.sources.by_stem
        }
        return sorted(absent, key=lambda surface: -absent[surface])


def gather(claim: Sentence, sources: Sources, idf: Callable[[str], float], agreed: Set[int] = frozenset()) -> Evidence:
    """Lay a claim with at least one content word beside at least one source sentence.

    Args:
        agreed: Indexes of words that the sources hold in another spelling ("MIIT", "two dozen"); they are
            left out of the shares as long as other content remains.
    """
    weights = [max(idf(stem(word)), 1e-6) if root else 0.0 for word, root in zip(claim.words, claim.stems, strict=True)]
    if any(weight and at not in agreed for at, weight in enumerate(weights)):
        weights = [0.0 if at in agreed else weight for at, weight in enumerate(weights)]
    mass: dict[str, float] = {}
    for root, weight in zip(claim.stems, weights, strict=True):
        if weight:
            mass[root] = mass.get(root, 0.0) + weight
    return Evidence(claim, sources, tuple(weights), _windows(mass, sources))


def _windows(mass: dict[str, float], sources: Sources) -> tuple[Window, Window, Window]:
    total = sum(mass.values())
    one, two, three = (_best_window(mass, total, sources, size) for size in (1, 2, 3))
    return one, two, three


def _best_window(mass: dict[str, float], total: float, sources: Sources, size: int) -> Window:
    """Earliest window of highest share; linear in the occurrences of the claim's stems."""
    count = len(sources.sentences)
    last = max(0, count - size)
    held = [0.0] * (last + 1)
    for root, weight in mass.items():
        counted_to = 0
        for number in sources.by_stem.get(root, ()):
            first = max(counted_to, number - size + 1)
            for start in range(first, min(number, last) + 1):
                held[start] += weight
            counted_to = max(counted_to, number + 1)
    start = max(range(last + 1), key=lambda i: held[i])
    return Window(held[start] / total, start, min(start + size, count))


def pair_window(claim: Sentence, sources: Sources, size: int) -> Window:
    """The `size` consecutive sentences with most of the claim's adjacent word pairs; share unweighted."""
    mass: dict[tuple[str, str], int] = {}
    for pair in claim.bigrams():
        mass[pair] = mass.get(pair, 0) + 1
    held: dict[int, int] = {}
    for pair, times in mass.items():
        starts = {max(0, n - back) for n in sources.by_bigram.get(pair, ()) for back in range(size)}
        for start in starts:
            held[start] = held.get(start, 0) + times
    start = min(held, key=lambda i: (-held[i], i), default=0)
    share = held.get(start, 0) / max(1, len(claim.words) - 1)
    return Window(share, start, min(start + size, len(sources.sentences)))


def closeness(evidence: Evidence, reach: int = 4, most: int = 100) -> float:
    """Share of the claim's adjacent content pairs that stand within `reach` content words of each other.

    Only the first `most` pairs are looked up, so that the time stays linear in the sources.
    """
    pairs = list(pairwise(evidence.claim.content()))[:most]
    if not pairs:
        return 0.0
    near = sum(any(_within(s.content(), a, b, reach) for s in _both(evidence.sources, a, b)) for a, b in pairs)
    return near / len(pairs)


def _both(sources: Sources, one: str, other: str) -> list[Sentence]:
    shared = set(sources.by_stem.get(one, ())) & set(sources.by_stem.get(other, ()))
    return [sources.sentences[n] for n in sorted(shared)]


def _within(roots: list[str], one: str, other: str, reach: int) -> bool:
    seen: dict[str, int] = {}
    for place, root in enumerate(roots):
        if root in (one, other):
            partner = seen.get(other if root == one else one)
            if partner is not None and place - partner <= reach:
                return True
            seen[root] = place
    return False
