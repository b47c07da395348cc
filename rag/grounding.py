"""Sentence × cited texts → Verdict: does the sentence say what its sources say?

The default verifier compares words. It can vouch for a sentence copied from its sources and refute one that
states a number, date, name, quotation, negation, direction, certainty or speaker they do not have; what lies between is
a paraphrase, which it does not verify.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from rag.answer_records import Verdict, VerdictState
from rag.claims.actors import check_actors
from rag.claims.alterations import check_alterations
from rag.claims.bindings import check_bindings
from rag.claims.copying import find_copy, find_near_copy
from rag.claims.dating import check_dating
from rag.claims.direction import check_direction
from rag.claims.evidence import Evidence, gather
from rag.claims.full_names import check_full_names
from rag.claims.modality import check_modality
from rag.claims.names import agreed_names, check_names
from rag.claims.nationality import check_nationality
from rag.claims.numbers import agreed_numbers, check_numbers, missing_numbers, offered_by
from rag.claims.polarity import check_negation, lost_hedges
from rag.claims.quotations import check_quotations
from rag.claims.silence import check_silence
from rag.claims.slots import check_slots
from rag.claims.synonyms import not_meant, share_meant
from rag.claims.texts import LONGEST_SENTENCE, Sentence, Sources, read, read_claim, read_sources
from rag.support_model import estimate_support

LEAST_FOUND = 0.75
"""Share of a sentence's content, weighted by idf, that must stand in its sources, synonyms included."""

LEAST_TOGETHER = 0.4
"""Share of it that must stand in three consecutive sentences of theirs."""

LEAST_CARRIED = 0.6
"""Share of a sentence's content, as above, that quotations must have to be shown in its place."""

_CHECKS: tuple[Callable[[Evidence], str | None], ...] = (
    check_numbers,
    check_names,
    check_full_names,
    check_quotations,
    check_alterations,
    check_negation,
    check_direction,
    check_actors,
    check_bindings,
    check_slots,
    check_dating,
    check_modality,
    check_nationality,
    check_silence,
)
_MOST_WORDS_SHOWN = 6


class Verifier(Protocol):
    """Checks one drafted sentence against the texts it cites."""

    def verify(self, sentence: str, sources: Sequence[str]) -> Verdict:
        """The finding for a sentence without its markers.

        Args:
            sources: Each cited passage with its neighbouring text, title, outlet and date, as plain text.
        """
        ...


class LexicalVerifier:
    """The bundled verifier: no model, no download, some milliseconds a sentence. English.

    It never says SUPPORTED, which takes a judge that understands the sentence.
    """

    def __init__(self, idf: Callable[[str], float] | None = None) -> None:
        """Weigh words by the inverse document frequency of their stem in the library, alike without it."""
        self._idf = idf if idf is not None else lambda _: 1.0

    def verify(self, sentence: str, sources: Sequence[str]) -> Verdict:
        """The finding for a sentence; see `Verifier`. Its score falls from QUOTED to NOT_FOUND."""
        claim, cited = read_claim(sentence), read_sources(tuple(sources))
        if not cited.sentences:
            return Verdict(VerdictState.UNCHECKED, 0.0, "cites no text to check it against")
        if not any(claim.stems):
            return Verdict(VerdictState.UNCHECKED, 0.0, "has no content to check")
        if len(claim.words) > LONGEST_SENTENCE:
            return Verdict(VerdictState.UNCHECKED, 0.0, "is too long to be checked as one sentence")
        evidence = compare(claim, cited, self._idf)
        state, why = judge(evidence, read(sentence))
        return Verdict(state, _score(estimate_support(evidence), state), why)


def carries(quotes: Sequence[str], sentence: str, idf: Callable[[str], float]) -> bool:
    """Whether quotations can stand in for a sentence: a reader of them learns most of what it says, and its numbers.

    That is no check of the sentence. A wrong one may well pass, as its quotations correct it.
    """
    claim, cited = read_claim(sentence), read_sources(tuple(quotes))
    if not cited.sentences or not any(claim.stems):
        return False
    evidence = compare(claim, cited, idf)
    return share_meant(evidence) >= LEAST_CARRIED and not missing_numbers(evidence)


def untold(quotes: Sequence[str], sentence: str, idf: Callable[[str], float]) -> dict[str, str]:
    """The content words of a sentence that its quotations do not tell a reader: stem → as the sentence writes it."""
    claim, cited = read_claim(sentence), read_sources(tuple(quotes))
    return not_meant(compare(claim, cited, idf)) if cited.sentences and any(claim.stems) else {}


def compare(claim: Sentence, cited: Sources, idf: Callable[[str], float]) -> Evidence:
    """Lay a claim beside its sources; a name or number they write in another way counts as found."""
    spans = [(claim.starts[n.start], claim.starts[n.start + len(n.words) - 1]) for n in agreed_names(claim, cited)]
    spans += [(q.start, q.end - 1) for q in agreed_numbers(claim, offered_by(cited))]
    agreed = {
        at
        for at, start in enumerate(claim.starts)
        if claim.stems[at] not in cited.by_stem and any(first <= start <= last for first, last in spans)
    }
    return gather(claim, cited, idf, agreed)


def refute(evidence: Evidence) -> str | None:
    """The first reason why the sources do not say what the claim says, None when there is none."""
    for check in _CHECKS:
        why = check(evidence)
        if why is not None:
            return why
    if share_meant(evidence) < LEAST_FOUND:
        return f"much of it is not in the cited passage: {_missing(evidence)}"
    if evidence.windows[2].share < LEAST_TOGETHER:
        return "its words stand far apart in the cited passage, nowhere together"
    return None


def judge(evidence: Evidence, parts: Sequence[Sentence]) -> tuple[VerdictState, str]:
    """State and reason. A run copied word for word needs no other check, a near-copy does."""
    copied = find_copy(parts, evidence.sources)
    if copied is not None and copied.verbatim:
        return VerdictState.QUOTED, copied.why
    refuted = refute(evidence)
    if refuted is not None:
        return VerdictState.NOT_FOUND, refuted
    copied = copied or find_near_copy(evidence.claim, evidence.sources)
    if copied is not None:
        return (VerdictState.QUOTED if copied.verbatim else VerdictState.PARAPHRASE), copied.why
    return VerdictState.PARAPHRASE, _remark(evidence)


def _remark(evidence: Evidence) -> str:
    """What a reader of a paraphrase should know."""
    hedges = lost_hedges(evidence)
    if hedges:
        return f'the cited passage says "{hedges[0]}", the sentence does not'
    missing = _missing(evidence)
    if missing:
        return f"not word for word; not in the cited passage: {missing}"
    return "not word for word, but in words of the cited passage"


def _missing(evidence: Evidence) -> str:
    return ", ".join(f'"{word}"' for word in evidence.missing()[:_MOST_WORDS_SHOWN])


def _score(support: float, state: VerdictState) -> float:
    """Estimated support, moved to the upper half by a copy and to the lower half by a refutation."""
    if state is VerdictState.QUOTED:
        return (1 + support) / 2
    return support / 2 if state is VerdictState.NOT_FOUND else support
