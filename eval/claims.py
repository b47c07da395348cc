"""Answer and gold answer → claims, each checked against gold, response and every retrieved passage.

The raw material of `metrics.claims`. Claims come from a splitter, any callable; the default takes sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.cases import GoldCase
from eval.judges.judge import Judge
from rag.answer_records import MARKER, Answer
from rag.sentences import split_sentences

Splitter = Callable[[str, str], list[str]]
"""(question, text) → the claims that the text makes as an answer to the question."""


class ClaimsUnclear(Exception):
    """A claim could not be split off or judged; the case is unscored with this reason."""


@dataclass(frozen=True, slots=True)
class ResponseClaim:
    """One claim of the answer.

    Attributes:
        correct: Whether the gold answer with its quotes supports it; None for an unanswerable question.
        by_passage: Whether each retrieved passage supports it, by rank.
        by_context: Whether all retrieved passages together do.
    """

    text: str
    correct: bool | None
    by_passage: tuple[bool, ...]
    by_context: bool


@dataclass(frozen=True, slots=True)
class GoldClaim:
    """One claim of the gold answer: whether the answer states it, and which passages do."""

    text: str
    in_response: bool
    by_passage: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """All claims of a case. `unclear` is set, and the claims are empty, where one could not be judged."""

    response: tuple[ResponseClaim, ...] = ()
    gold: tuple[GoldClaim, ...] = ()
    unclear: str | None = None


def split_by_sentence(question: str, text: str) -> list[str]:
    """Every sentence is a claim."""
    return split_sentences(text)


def check_claims(case: GoldCase, answer: Answer, judge: Judge, splitter: Splitter = split_by_sentence) -> ClaimCheck:
    """Split and judge: claims x (passages + 2) questions to the judge."""
    passages = [r.passage.text for r in answer.retrieved]
    said = " ".join(MARKER.sub("", s.text) for s in answer.sentences if s.shown)
    gold = [*case.answers, *(q.text for q in case.quotes)]
    try:
        claims = splitter(case.question, said) if said.strip() else []
        golds = splitter(case.question, case.answer) if case.answer else []
        return ClaimCheck(
            tuple(_response_claim(claim, gold, passages, judge) for claim in claims),
            tuple(_gold_claim(claim, said, passages, judge) for claim in golds),
        )
    except ClaimsUnclear as reason:
        return ClaimCheck(unclear=str(reason))


def _response_claim(claim: str, gold: Sequence[str], passages: Sequence[str], judge: Judge) -> ResponseClaim:
    by_passage = tuple(_supported(claim, [passage], judge) for passage in passages)
    return ResponseClaim(
        text=claim,
        correct=_supported(claim, gold, judge) if gold else None,
        by_passage=by_passage,
        by_context=any(by_passage) or _supported(claim, passages, judge),
    )


def _gold_claim(claim: str, said: str, passages: Sequence[str], judge: Judge) -> GoldClaim:
    in_response = bool(said.strip()) and _supported(claim, [said], judge)
    return GoldClaim(claim, in_response, tuple(_supported(claim, [passage], judge) for passage in passages))


def _supported(claim: str, sources: Sequence[str], judge: Judge) -> bool:
    if not sources:
        return False
    verdict = judge.supported(claim, sources)
    if verdict.supported is None:
        raise ClaimsUnclear(verdict.reason)
    return verdict.supported
