"""Modality: does the claim report as done what its sources only plan, fear, ask for or think possible?

Speaks up when a verb of the claim stands in a past or perfect form, and the same verb stands in the best sentences
of the sources only under "may", "will", "asked to" and the like. Also "all" in the place of "some".
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.claims.evidence import Evidence
from rag.claims.polarity import PLAIN_NEGATIONS
from rag.claims.stems import IRREGULAR
from rag.claims.texts import Sentence, shown

_MODALS = frozenset("may might could would will shall should must".split())
_OPEN_QUESTION = frozenset("whether if unless".split())
_ASKS = frozenset("asked asks asking question questions wondered unclear".split())
_LEADS_TO = frozenset(
    """ask asked asks asking urge urged urges urging want wants wanted plan plans planned planning aim aims aimed hope
    hopes hoped expect expects expected intend intends intended order due set likely unlikely demand demanded demands
    propose proposed proposes seek seeks sought threaten threatened threatens try tried tries trying attempt attempted
    call called calls promise promised promises vow vowed offer offered ready prepare prepared prepares consider
    need needs needed have has had is are was were be""".split()
)
"""Words whose "to" leads to what has not happened yet."""

_DONE = frozenset("has have had did was were been is are".split())
_REACH = 5
_LEAST_SHARE = 0.5
_ALL = frozenset("all every each everyone everything entire entirely".split())
_SOME = frozenset("some several certain many most few part parts partly".split())


def check_modality(evidence: Evidence) -> str | None:
    """Why the claim says more than its sources, or None."""
    if evidence.windows[2].share < _LEAST_SHARE:
        return None
    return _done_there_open(evidence) or _settled_there_asked(evidence) or _all_there_some(evidence)


def _done_there_open(evidence: Evidence) -> str | None:
    claim = evidence.claim
    for at in _reported_verbs(claim):
        there = [(s, place) for s in evidence.around for place, stem in enumerate(s.stems) if stem == claim.stems[at]]
        if there and all(is_open(s, place) for s, place in there) and _shares(evidence, at, *there[0]):
            sentence, place = there[0]
            said = shown(claim, at - 2, at + 2)
            return f'says "{said}" where the cited passage says "{shown(sentence, _cue(sentence, place), place + 1)}"'
    return None


def _settled_there_asked(evidence: Evidence) -> str | None:
    """ "China would retaliate" beside "asked whether China would retaliate"."""
    claim = evidence.claim
    if (_OPEN_QUESTION | _ASKS) & set(claim.words):
        return None
    for at, stem in enumerate(claim.stems):
        there = [(s, place) for s in evidence.around for place, root in enumerate(s.stems) if stem and root == stem]
        asked = [(s, place) for s, place in there if s.words[max(0, place - 4) : place].count("whether")]
        if asked and len(asked) == len(there) and claim.words[at - 1] in _MODALS and _shares(evidence, at, *asked[0]):
            sentence, place = asked[0]
            said = shown(claim, at - 2, at + 1)
            return f'says "{said}" where the cited passage says "{shown(sentence, place - 4, place + 1)}"'
    return None


def _reported_verbs(claim: Sentence) -> Iterator[int]:
    """Indexes of the verbs of a claim that stand in a past or perfect form and under no modal."""
    for at, word in enumerate(claim.words):
        past = word.endswith("ed") or word in IRREGULAR
        if past and claim.stems[at] and claim.surfaces[at].islower() and not is_open(claim, at):
            yield at


def is_open(sentence: Sentence, at: int) -> bool:
    """True when a verb stands under a modal, a question, or the "to" of a plan, wish or request."""
    return _cue(sentence, at) < at


def _cue(sentence: Sentence, at: int) -> int:
    """Index of the word that leaves a verb open, the verb's own without one."""
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        word = sentence.words[place]
        if sentence.clauses[place] != sentence.clauses[at]:
            return at
        if (word in _MODALS and sentence.surfaces[place] != "May") or word in _OPEN_QUESTION:
            return place
        if word == "to" and place == at - 1:
            return place if _LEADS_TO & set(sentence.words[max(0, place - _REACH) : place]) else at
        if word in _DONE:
            return at
    return at


def _shares(evidence: Evidence, at: int, sentence: Sentence, place: int) -> bool:
    """True when the words around the verb are the same in both."""
    near = {stem for stem in evidence.claim.stems[max(0, at - 5) : at + 6] if stem} - {evidence.claim.stems[at]}
    around = set(sentence.stems[max(0, place - 8) : place + 9])
    return len(near & around) >= min(2, len(near))


def _all_there_some(evidence: Evidence) -> str | None:
    """ "All were approved" beside "some of them were approved"."""
    claim = evidence.claim
    wide = next((at for at, word in enumerate(claim.words) if word in _ALL), None)
    if wide is None or _ALL & {w for s in evidence.around for w in s.words} or PLAIN_NEGATIONS & set(claim.words):
        return None
    said = {stem for stem in claim.stems[wide:] if stem}
    for sentence in evidence.around:
        narrow = next((at for at, word in enumerate(sentence.words) if word in _SOME), None)
        if narrow is not None and said & set(sentence.stems[narrow : narrow + 6]) - {""}:
            there = shown(sentence, narrow, narrow + 5)
            return f'says "{shown(claim, wide, wide + 3)}" where the cited passage says "{there}"'
    return None
