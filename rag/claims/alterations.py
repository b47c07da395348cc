"""Alterations: a near-copy of a source sentence with one telling word exchanged."""

from __future__ import annotations

from collections.abc import Sequence

from rag.claims.alignment import Edit, align
from rag.claims.direction import are_opposite
from rag.claims.evidence import Evidence
from rag.claims.names import calendar_kind, can_name, may_name_same, whole_name
from rag.claims.numbers import agreed_numbers, numbers_of
from rag.claims.polarity import PLAIN_NEGATIONS, is_negation
from rag.claims.quantities import Quantity, quantities
from rag.claims.texts import Sentence, shown

_NEAR = 0.7
_LEAST_WORDS = 4
_LONGEST_NAME = 4


def check_alterations(evidence: Evidence) -> str | None:
    """Why the claim's changed words contradict the source sentence it copies, or None.

    Looks only at copies that keep 70 % of their words, where a name stands in the place of another name, a
    number of another number, a word of its opposite, or "not" has been added or dropped.
    """
    claim = evidence.claim
    alignment = align(claim, evidence.sources)
    if alignment is None or alignment.kept < _NEAR or len(claim.words) < _LEAST_WORDS:
        return None
    edits = [e for e in alignment.edits if _reverses(e, claim, alignment.sentence)]
    if not edits:
        exchanged = [e for e in alignment.edits if _exchanges(e, claim, alignment.sentence)]
        edits = [] if _from_one_sentence(exchanged, evidence, alignment.sentence) else exchanged
    return _difference(edits[0], claim, alignment.sentence) if edits else None


def _difference(edit: Edit, claim: Sentence, best: Sentence) -> str:
    said = shown(claim, edit.claim.start - 1, edit.claim.stop + 1)
    there = shown(best, edit.source.start - 1, edit.source.stop + 1)
    return f'says "{said}" where the cited passage says "{there}"'


def _from_one_sentence(edits: Sequence[Edit], evidence: Evidence, best: Sentence) -> bool:
    """True when several exchanged names and numbers stand together in another sentence.

    "Sales were 95 in 2022" rightly joins "Sales were 90 in 2021." and "In 2022 they were 95."
    """
    words = {evidence.claim.words[at] for edit in edits for at in edit.claim if evidence.claim.stems[at]}
    others = (s for s in evidence.sources.sentences if s is not best)
    return len(edits) > 1 and any(words.issubset(s.words) for s in others)


def _reverses(edit: Edit, claim: Sentence, best: Sentence) -> bool:
    """True for an added or dropped "not" and for a word in the place of its opposite."""
    if _negates(claim, edit.claim) != _negates(best, edit.source):
        return _content(claim, edit.claim) == _content(best, edit.source)
    return any(are_opposite(claim.words[a], best.words[b]) for a in edit.claim for b in edit.source)


def _exchanges(edit: Edit, claim: Sentence, best: Sentence) -> bool:
    """True for a name in the place of another, a number in that of another."""
    return _other_name(edit, claim, best) or _other_number(edit, claim, best)


def _negates(sentence: Sentence, span: range) -> bool:
    return any(sentence.words[at] in PLAIN_NEGATIONS and is_negation(sentence, at) for at in span)


def _content(sentence: Sentence, span: range) -> set[str]:
    return {sentence.stems[at] for at in span if sentence.stems[at] and not is_negation(sentence, at)}


def _other_name(edit: Edit, claim: Sentence, best: Sentence) -> bool:
    """True for "Orla won" in the place of "Finn won", not for "Tuesday" in that of "8 October"."""
    mine, theirs = _name_words(claim, edit.claim), _name_words(best, edit.source)
    if not mine or not theirs or may_name_same(mine, theirs):
        return False
    return {calendar_kind(mine), calendar_kind(theirs)} != {"day", "month"}


def _name_words(sentence: Sentence, span: range) -> Sequence[str]:
    """The names that a span is part of when all its content words can belong to names, else none."""
    places = [at for at in span if sentence.stems[at]]
    if len(places) > _LONGEST_NAME or not all(can_name(sentence, at) for at in places):
        return ()
    return whole_name(sentence, places) if places else ()


def _other_number(edit: Edit, claim: Sentence, best: Sentence) -> bool:
    agreed = agreed_numbers(claim, numbers_of([best]))
    mine = [q for q in _numbers(claim, edit.claim) if q not in agreed]
    return bool(mine) and bool(_numbers(best, edit.source))


def _numbers(sentence: Sentence, span: range) -> list[Quantity]:
    if not span:
        return []
    first, last = sentence.starts[span.start], sentence.starts[span.stop - 1]
    return [q for q in quantities(sentence.text) if q.counts and q.start <= last and first < q.end]
