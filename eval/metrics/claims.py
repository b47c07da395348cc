"""Claim-level metrics after RAGChecker, and faithfulness after Ragas. Range 0..1; asked for with `--claims`.

Source: Ru et al., "RAGChecker", NeurIPS 2024, and the authors' `computation.py`; faithfulness of Ragas, Es et
al., EACL 2024, section 3. c = claims of the shown answer, g = claims of the gold answer, P = retrieved passages;
"supports" is the judge's verdict. A passage is relevant when it supports some g.

* `claim_precision` = c that the gold answer supports / c. Gold answers here are a few words, so their quotes
  count as part of them; there the gold answer is long.
* `claim_recall` = g that the answer supports / g; showing nothing is 0. `claim_f1` is 2PR / (P + R).
* `context_claim_recall` = g that some passage supports / g.
* `context_precision` = relevant passages / passages.
* `context_utilization` = g that some passage supports and the answer states / g that some passage supports.
* `claim_faithfulness` = c that some one passage supports / c.
* `ragas_faithfulness` = c that the passages together support / c: supported, not merely "not contradicted" (as in
  DeepEval); an answer without claims does not apply (there it is NaN).
* `claim_hallucination` = c not correct that no passage supports / c; `self_knowledge` = correct c that none does / c.
* `noise_relevant` = c not correct that a relevant passage supports / c; `noise_irrelevant` = the same where only
  irrelevant passages support it.

Edge cases: those that need g or correctness do not apply to unanswerable questions, those over c not to answers
that show nothing; one verdict or split that cannot be had leaves the case unscored.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from eval.claims import ClaimCheck
from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored, share

Formula = Callable[[ClaimCheck], Outcome]
_NO_CLAIM, _NO_GOLD = NotApplicable("the answer makes no claim"), NotApplicable("there is no gold answer")


def claim_metric(formula: Formula) -> Callable[[Evidence], Outcome]:
    """A formula over the claims of a case as a metric."""
    return partial(_score, formula)


def _score(formula: Formula, evidence: Evidence) -> Outcome:
    claims = evidence.claims
    if claims is None:
        return NotApplicable("claims were not asked for (--claims)")
    return Unscored(claims.unclear) if claims.unclear else formula(claims)


def precision(claims: ClaimCheck) -> Outcome:
    """Correct claims / claims."""
    return _of_claims(claims, [bool(c.correct) for c in claims.response], needs_gold=True)


def recall(claims: ClaimCheck) -> Outcome:
    """Gold claims stated / gold claims."""
    return _of_gold(claims, [g.in_response for g in claims.gold])


def f1(claims: ClaimCheck) -> Outcome:
    """Harmonic mean of the two; 0 where both are."""
    p, r = precision(claims), recall(claims)
    if not isinstance(r, Scored):
        return r
    p_value = p.value if isinstance(p, Scored) else 0.0
    return Scored(2 * p_value * r.value / (p_value + r.value) if p_value + r.value else 0.0)


def context_recall(claims: ClaimCheck) -> Outcome:
    """Gold claims in some passage / gold claims."""
    return _of_gold(claims, [any(g.by_passage) for g in claims.gold])


def context_precision(claims: ClaimCheck) -> Outcome:
    """Relevant passages / passages."""
    relevant = _relevant(claims)
    if not claims.gold:
        return _NO_GOLD
    return share(sum(relevant), len(relevant)) if relevant else Scored(0.0, detail="nothing was retrieved")


def context_utilization(claims: ClaimCheck) -> Outcome:
    """Retrieved gold claims stated / retrieved gold claims."""
    found = [g.in_response for g in claims.gold if any(g.by_passage)]
    return share(sum(found), len(found)) if found else NotApplicable("no gold claim was retrieved")


def faithfulness(claims: ClaimCheck) -> Outcome:
    """Claims in some one passage / claims."""
    return _of_claims(claims, [any(c.by_passage) for c in claims.response])


def ragas_faithfulness(claims: ClaimCheck) -> Outcome:
    """Claims that the passages together support / claims."""
    return _of_claims(claims, [c.by_context for c in claims.response])


def hallucination(claims: ClaimCheck) -> Outcome:
    """Claims neither correct nor in a passage / claims."""
    return _of_claims(claims, [not c.correct and not any(c.by_passage) for c in claims.response], needs_gold=True)


def self_knowledge(claims: ClaimCheck) -> Outcome:
    """Correct claims in no passage / claims."""
    return _of_claims(claims, [bool(c.correct) and not any(c.by_passage) for c in claims.response], needs_gold=True)


def noise(claims: ClaimCheck, *, relevant: bool) -> Outcome:
    """Wrong claims taken from a relevant passage, or only from irrelevant ones, / claims."""
    is_relevant = _relevant(claims)
    found = []
    for claim in claims.response:
        in_relevant = any(s and r for s, r in zip(claim.by_passage, is_relevant, strict=False))
        from_there = in_relevant if relevant else any(claim.by_passage) and not in_relevant
        found.append(not claim.correct and from_there)
    return _of_claims(claims, found, needs_gold=True)


def _relevant(claims: ClaimCheck) -> list[bool]:
    return [any(column) for column in zip(*(g.by_passage for g in claims.gold), strict=True)]


def _of_claims(claims: ClaimCheck, found: list[bool], *, needs_gold: bool = False) -> Outcome:
    if needs_gold and any(c.correct is None for c in claims.response):
        return _NO_GOLD
    return share(sum(found), len(found)) if found else _NO_CLAIM


def _of_gold(claims: ClaimCheck, found: list[bool]) -> Outcome:
    return share(sum(found), len(found)) if found else _NO_GOLD
