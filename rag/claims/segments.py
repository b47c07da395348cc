"""Segments: the parts of a sentence that state one thing each, cut at commas and joining words."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rag.claims.texts import Sentence

_JOINS = frozenset(
    """and but or while whereas although though as after before when where if because since until unless that which who
    whom whose so""".split()
)


@lru_cache(maxsize=4096)
def segments(sentence: Sentence) -> tuple[range, ...]:
    """Word indexes of each segment, in order; a joining word opens its segment."""
    cuts = [
        at
        for at in range(1, len(sentence.words))
        if sentence.clauses[at] != sentence.clauses[at - 1] or sentence.words[at] in _JOINS
    ]
    bounds = [0, *cuts, len(sentence.words)]
    return tuple(range(a, b) for a, b in pairwise(bounds) if a < b)


def content_of(sentence: Sentence, span: range) -> frozenset[str]:
    """The stems of the content words in a span."""
    return frozenset(sentence.stems[at] for at in span if sentence.stems[at])
