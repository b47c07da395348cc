"""Nationality: does the claim say "American officials" where its sources say "Chinese officials"?"""

from __future__ import annotations

from collections.abc import Iterator

from rag.claims.evidence import Evidence
from rag.claims.names import nation_of
from rag.claims.texts import Sentence

_REACH, _LONGEST_GROUP = 2, 5
_LEAST_SHARE = 0.5


def check_nationality(evidence: Evidence) -> str | None:
    """Why the claim gives something to another country than the sources do, or None."""
    if evidence.windows[0].share < _LEAST_SHARE:
        return None
    for stem, at in _modified(evidence.claim, _REACH):
        nation = nation_of(evidence.claim.words[at])
        there = [
            (s, place)
            for s in evidence.sources.sentences
            for root, place in _modified(s, _LONGEST_GROUP)
            if root == stem
        ]
        near = [(s, place) for s, place in there if s in evidence.around]
        if near and all(nation_of(s.words[place]) != nation for s, place in there):
            sentence, place = near[0]
            return f'says "{evidence.claim.surfaces[at]}" of what the cited passage calls "{sentence.surfaces[place]}"'
    return None


def _modified(sentence: Sentence, reach: int) -> Iterator[tuple[str, int]]:
    """The plural noun behind each country word, with the index of that word."""
    for at, word in enumerate(sentence.words):
        if nation_of(word) is None or not sentence.surfaces[at][0].isupper():
            continue
        for place in range(at + 1, min(at + 1 + reach, len(sentence.words))):
            if sentence.clauses[place] != sentence.clauses[at] or nation_of(sentence.words[place]) is not None:
                break
            if sentence.stems[place] and sentence.words[place].endswith("s") and sentence.surfaces[place].islower():
                yield sentence.stems[place], at
                break
