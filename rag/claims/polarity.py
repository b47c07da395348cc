"""Negation and hedges: does the claim say "not" or "may" of the same thing as its sources?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.claims.evidence import Evidence
from rag.claims.texts import Sentence, shown

PLAIN_NEGATIONS = frozenset("not never no none nobody nothing neither nor without".split())
"""Words that only negate."""

NEGATIONS = PLAIN_NEGATIONS | frozenset(
    """hardly unable unlikely deny denies denied denying refuse refuses refused refusing fail fails failed failing
    reject rejects rejected rejecting dismiss dismisses dismissed decline declines declined declining false falsely
    untrue""".split()
)
"""Words that turn what follows into its opposite."""

SOFT_NEGATIONS = frozenset(
    """avoid avoids avoided avoiding escape escaped prevent prevents prevented block blocks blocked ban bans banned bar
    barred prohibit prohibits prohibited stop stops stopped lack lacks lacked lacking absence absent free ruled halt
    halted cancel cancelled canceled scrapped withdrew withdrawn few little rarely seldom barely impossible
    against instead""".split()
)
"""Words that may say "not" in another way; beside them no negation counts as missing."""

HEDGES = frozenset(
    """may might could possibly perhaps probably maybe likely reportedly allegedly alleged apparently seemingly
    suspected believed thought appears appeared seems seemed considering considers proposed proposes if whether unless
    potential potentially rumoured rumored expected planned plans attempted presumed purported supposedly
    suggests suggested unconfirmed partly almost nearly only former acting""".split()
)
"""Words without which a statement says more than its source."""

CONDITIONS = frozenset("if unless until except only provided without whether".split())
"""Words that open a condition on what stands before them."""

_NOT_NEGATING = {
    "not": {("only",), ("just",), ("least",), ("surprisingly",)},
    "no": {("doubt",), ("matter",), ("less",), ("fewer",)},
    "nothing": {("but",)},
    "without": {("doubt",)},
}
_AFTER_VERB = frozenset("neither nothing nobody none".split())
_SCOPE_WORDS = 6
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Negated:
    """A content word under a negation.

    Attributes:
        stem: What is negated.
        start, end: Word indexes from the negation to the negated word, end exclusive.
    """

    stem: str
    start: int
    end: int


def negated(sentence: Sentence, depth: int = 3) -> Iterator[Negated]:
    """The first `depth` content words after each negation, within its clause and six words."""
    for at in range(len(sentence.words)):
        if is_negation(sentence, at):
            if sentence.words[at] in _AFTER_VERB and at and sentence.stems[at - 1]:
                yield Negated(sentence.stems[at - 1], at - 1, at + 1)
            yield from _scope(sentence, at, depth)


def has_negation(sentences: Sequence[Sentence]) -> bool:
    """True when a word of the sentences negates."""
    return any(is_negation(sentence, at) for sentence in sentences for at in range(len(sentence.words)))


def is_negation(sentence: Sentence, at: int) -> bool:
    """True for a word that negates, not for the "not" of "not only" and "not open until"."""
    word = sentence.words[at]
    following = sentence.words[at + 1 : at + 5]
    if word not in NEGATIONS or following[:1] in _NOT_NEGATING.get(word, ()):
        return False
    return not (word == "not" and "until" in following)


def _scope(sentence: Sentence, at: int, depth: int) -> Iterator[Negated]:
    found = 0
    for place in range(at + 1, min(at + 1 + _SCOPE_WORDS, len(sentence.words))):
        if sentence.clauses[place] != sentence.clauses[at] or sentence.words[place] == "but" or found == depth:
            return
        root = sentence.stems[place]
        if root and not root.isdigit() and sentence.words[place] not in NEGATIONS:
            yield Negated(root, at, place + 1)
            found += 1


def check_negation(evidence: Evidence) -> str | None:
    """Why the claim and its sources differ in a "not", or None.

    A negated word counts as contradicted when the sentence of the sources that holds most of the claim has
    the word without negation and nothing around it negates; the reverse likewise.
    """
    if evidence.windows[0].share < _LEAST_SHARE:
        return None
    return _added(evidence) or _dropped(evidence)


def _added(evidence: Evidence) -> str | None:
    around = evidence.around
    if has_negation([evidence.best]) or any(word in SOFT_NEGATIONS for word in evidence.best.words):
        return None
    same = {n.stem for s in around for n in negated(s)}
    for found in negated(evidence.claim, 1):
        if found.stem in evidence.best.stems and found.stem not in same and _in_context(evidence, found.stem):
            place = evidence.best.stems.index(found.stem)
            return _differs(evidence, (found.start, found.end), (place - 2, place + 1))
    return None


def _dropped(evidence: Evidence) -> str | None:
    claim = evidence.claim
    if has_negation([claim]) or any(word in SOFT_NEGATIONS for word in claim.words):
        return None
    for found in negated(evidence.best, 1):
        plain = sum(s.stems.count(found.stem) for s in evidence.around)
        under = sum(n.stem == found.stem for s in evidence.around for n in negated(s))
        if found.stem in claim.stems and under >= plain and _in_context(evidence, found.stem):
            place = claim.stems.index(found.stem)
            return _differs(evidence, (place - 1, place + 1), (found.start, found.end))
    return None


def _in_context(evidence: Evidence, root: str, reach: int = 3) -> bool:
    """True when a word close to `root` in the claim also stands near it in the best sentence."""
    said, there = evidence.claim.content(), evidence.best.content()
    at, place = said.index(root), there.index(root)
    beside = set(said[max(0, at - 2) : at + 3]) - {root}
    return not beside or bool(beside & set(there[max(0, place - reach) : place + reach + 1]))


def _differs(evidence: Evidence, of_claim: tuple[int, int], of_source: tuple[int, int]) -> str:
    said = shown(evidence.claim, of_claim[0] - 1, of_claim[1])
    there = shown(evidence.best, of_source[0] - 1, of_source[1])
    return f'says "{said}" where the cited passage says "{there}"'


# ------------------------------------------------------------------ hedges
def lost_hedges(evidence: Evidence) -> list[str]:
    """Hedges close before a word of the claim in the best sentence, when the claim has none at all."""
    claim = evidence.claim
    if any(word in HEDGES for word in claim.words):
        return []
    said = set(claim.content())
    return [word for at, word in _hedges(evidence.best) if said & set(evidence.best.stems[at + 1 : at + 5])]


def _hedges(sentence: Sentence) -> Iterator[tuple[int, str]]:
    for at, word in enumerate(sentence.words):
        if word in HEDGES and not (word == "may" and sentence.surfaces[at] == "May"):
            yield at, word
