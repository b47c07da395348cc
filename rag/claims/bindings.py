"""Bindings: is what the claim says of somebody said of them, or of somebody else?

Speaks up only when nothing that the sources say of the one named is what the claim says, and what it says stands
in a segment about another whom the claim does not name. That covers words put into the wrong mouth, deeds of one
company told of another, and facts of two sentences joined into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby

from rag.claims.evidence import Evidence
from rag.claims.mentions import VOICES, Mention, Statement, claimed, statements
from rag.claims.names import SPEECH_VERBS, is_title, may_name_same
from rag.claims.stems import comparable_stem

_LEAST_ELSEWHERE = 0.5
_MOST_OWN = 0.25
_LEAST_WORDS = 2
_SPEECH = frozenset(map(comparable_stem, SPEECH_VERBS))


def check_bindings(evidence: Evidence) -> str | None:
    """Why the sources say it of somebody else, or None."""
    said = claimed(evidence.claim, evidence.sources)
    for mention in _subjects(said):
        other = _said_of_another(mention, said, evidence)
        if other is not None:
            return f'says of "{mention.shown}" what the cited passage says of "{other.shown}"'
    return None


def _subjects(said: Sequence[Statement]) -> list[Mention]:
    """The first one the claim names, and the one whose words it reports."""
    named = sorted({m for s in said for m in s.named if not m.is_country}, key=lambda m: m.start)
    everywhere = [m for m in named if all(m in s.named for s in said)]
    return list(dict.fromkeys([*named[:1], *everywhere]))


def _said_of_another(mention: Mention, said: Sequence[Statement], evidence: Evidence) -> Mention | None:
    weight = _weights(mention, said, evidence)
    there = statements(evidence.sources)
    own = _content(s for s in there if s.speaks_of(mention.keys))
    if len(weight) < _LEAST_WORDS or not (own or mention.keys & VOICES):
        return None
    named = {key for s in said for m in s.named for key in m.keys}
    best = max(_told(there, mention, named), key=lambda told: _mass(weight, told[1]), default=None)
    if best is None:
        return None
    rival, content = best
    elsewhere = _mass(weight, content - own)
    if elsewhere < _LEAST_ELSEWHERE * sum(weight.values()) or _mass(weight, own - content) > _MOST_OWN * elsewhere:
        return None
    return None if may_name_same(mention.shown.split(), rival.shown.split()) else rival


def _told(there: Iterable[Statement], mention: Mention, named: Set[str]) -> Iterator[tuple[Mention, frozenset[str]]]:
    """Somebody whom the claim does not name, and what one sentence says of them and not of the one."""
    for _, group in groupby(there, key=lambda s: id(s.sentence)):
        of_sentence = [s for s in group if not s.speaks_of(mention.keys)]
        for rival in dict.fromkeys(m for s in of_sentence for m in s.named if not m.is_country):
            if named.isdisjoint(rival.keys):
                yield rival, _content(s for s in of_sentence if rival in s.named)


def _content(told: Iterable[Statement]) -> frozenset[str]:
    return frozenset(stem for statement in told for stem in statement.content)


def _weights(mention: Mention, said: Iterable[Statement], evidence: Evidence) -> dict[str, float]:
    """What the claim says of one, by weight: its content but for the name, the office before it and verbs of speech."""
    claim = evidence.claim
    own = set(range(mention.start, mention.end))
    if mention.start and is_title(claim.words[mention.start - 1]):
        own |= {at for s in said if mention.start in s.span for at in s.span if at < mention.start}
    return {
        claim.stems[at]: evidence.weights[at]
        for s in said
        if mention in s.named
        for at in s.span
        if evidence.weights[at] and at not in own and claim.stems[at] not in _SPEECH
    }


def _mass(weight: Mapping[str, float], stems: Set[str]) -> float:
    return sum(w for stem, w in weight.items() if stem in stems)
