"""Direction: does the claim say "rose" where its sources say "fell"?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rag.claims.evidence import Evidence
from rag.claims.polarity import has_negation
from rag.claims.stems import comparable_stem
from rag.claims.texts import Sentence

_OPPOSITES = """
rise climb grow increase gain jump surge soar up higher / fall drop decline decrease shrink plunge slump slide down
win victory / lose defeat
import / export
ban block bar prohibit / allow permit lift approve
accept approve / reject refuse
open reopen / close shut
start begin launch resume / end stop halt cease suspend
join enter / leave quit exit
hire recruit / fire sack
buy acquire / sell
support back favour / oppose
agree / disagree
guilty convict / innocent acquit
arrest detain jail imprison / release
survive live / die kill
success succeed / fail failure
strengthen / weaken
expand / shrink contract
improve / worsen
add / remove
accelerate / slow
raise hike / lower cut reduce
positive / negative
profit / loss
majority / minority
maximum / minimum
legal lawful / illegal unlawful
likely / unlikely
possible / impossible
able / unable
confirm admit / deny
domestic / foreign
appoint / resign
attack / defend
borrow / lend
include / exclude
morning / evening
best / worst
better / worse
uphold upheld / overturn quash
ease / tighten
surplus / deficit
optimistic / pessimistic
deploy / withdraw
exempt / need require oblige
employer / employee
plaintiff / defendant
"""
_OPPOSITES_IN_COPIES = """
before / after
more higher above over / less fewer lower below under
all every always / no none never
inside / outside
earlier / later
first / last
north northern / south southern
east eastern / west western
man men male boy / woman women female girl
"""
"""Opposites only where one stands in the place of the other, as they may well stand side by side."""

_JOINS = frozenset("and but while whereas although though as".split())
_LEAST_SHARE = 0.5
_LEAST_CLAUSE = 0.5
_SHORT, _MOST_OF_IT = 8, 0.75


def _sides(lines: str) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Stem → stems that say the same, and stem → stems that say the opposite."""
    same: dict[str, frozenset[str]] = {}
    against: dict[str, frozenset[str]] = {}
    for line in lines.strip().splitlines():
        one, other = (frozenset(map(comparable_stem, side.split())) for side in line.split(" / "))
        for side, facing in ((one, other), (other, one)):
            for root in side:
                same[root] = same.get(root, frozenset()) | side
                against[root] = against.get(root, frozenset()) | facing
    return same, against


_SAME, _AGAINST = _sides(_OPPOSITES)
_AGAINST_IN_COPIES = _sides(_OPPOSITES + _OPPOSITES_IN_COPIES.lstrip())[1]


def check_direction(evidence: Evidence) -> str | None:
    """Why the claim says the opposite of its sources, or None.

    The clause of the best sentence that holds most of the claim's other words must have an opposite of one
    of the claim's words, which the claim lacks, and neither that word nor a synonym.
    """
    claim = evidence.claim
    if evidence.windows[0].share < _LEAST_SHARE:
        return None
    said = {comparable_stem(word) for word in claim.words}
    for place, word in enumerate(claim.words):
        root = comparable_stem(word)
        if root not in _AGAINST or said & _AGAINST[root]:
            continue
        there = _opposite_beside(evidence, place, root) or _opposite_clause(evidence, root)
        if there is not None:
            return f'says "{claim.surfaces[place]}" where the cited passage says "{there}"'
    return None


def has_opposite(word: str) -> bool:
    """True for a lower-cased word that gives a direction, such as "rose"."""
    return comparable_stem(word) in _AGAINST_IN_COPIES


def are_opposite(one: str, other: str) -> bool:
    """True for two lower-cased words of which one must not stand in the place of the other: "rose" and "fell"."""
    return comparable_stem(other) in _AGAINST_IN_COPIES.get(comparable_stem(one), ())


def _opposite_clause(evidence: Evidence, root: str) -> str | None:
    """The opposite word as written in the best clause, None when that clause does not contradict."""
    start, end = _best_clause(evidence, root)
    best = evidence.best
    there = [comparable_stem(word) for word in best.words[start:end]]
    if _SAME[root] & set(there) or has_negation([evidence.claim]) or has_negation([best]):
        return None
    return next((best.surfaces[start + i] for i, other in enumerate(there) if other in _AGAINST[root]), None)


def _opposite_beside(evidence: Evidence, place: int, root: str) -> str | None:
    """The opposite word that stands in the best sentence beside the same word: "closed further", "opened further"."""
    best, following = evidence.best, _next_content(evidence.claim, place)
    if _SAME[root] & set(best.stems) or has_negation([evidence.claim]) or has_negation([best]) or not following:
        return None
    stems = [comparable_stem(word) for word in best.words]
    there = (at for at, stem in enumerate(stems) if stem in _AGAINST[root] and _next_content(best, at) == following)
    return next((best.surfaces[at] for at in there), None)


def _next_content(sentence: Sentence, place: int) -> str:
    return next((stem for stem in sentence.stems[place + 1 : place + 4] if stem), "")


def _best_clause(evidence: Evidence, without: str) -> tuple[int, int]:
    """Span of the clause with the highest idf mass of the claim, leaving one stem out; empty if none is high."""
    weight = {
        s: w for s, w in zip(evidence.claim.stems, evidence.weights, strict=True) if s and s not in _SAME[without]
    }
    total = sum(weight.values()) or 1.0

    def mass(span: tuple[int, int]) -> float:
        return sum(weight.get(root, 0.0) for root in set(evidence.best.stems[span[0] : span[1]])) / total

    best = max(_clauses(evidence.best), key=mass)
    whole = (0, len(evidence.best.words))
    if mass(best) < _LEAST_CLAUSE and len(evidence.best.content()) <= _SHORT and mass(whole) >= _MOST_OF_IT:
        return whole
    return best if mass(best) >= _LEAST_CLAUSE else (0, 0)


def _clauses(sentence: Sentence) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(sentence.words)):
        if sentence.clauses[at] != sentence.clauses[at - 1] or sentence.words[at] in _JOINS:
            yield start, at
            start = at
    yield start, len(sentence.words)
