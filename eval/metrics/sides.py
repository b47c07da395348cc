"""Disagreements: are the sides that the gold set names shown? Range 0..1, higher is better.

* `sides_shown`: share of a case's gold sides of which a quote is shown, in a sentence of the answer or set out as
  a disagreement; a quote is shown as in `gold_span_hit`.
* `disagreement_set_out`: 1 when the answer sets out a disagreement that holds two gold sides, each cited.

Edge cases: a case without gold sides does not apply; an abstention shows what it quotes as closest.
Source: defined here.
"""

from __future__ import annotations

from collections.abc import Iterable

from eval.cases import GoldSide
from eval.evidence import Evidence
from eval.metrics.spans import overlaps, same_text
from eval.outcomes import NotApplicable, Outcome, Scored
from rag.answer_records import Citation


def sides_shown(evidence: Evidence) -> Outcome:
    """Share of the gold sides that a reader sees quoted."""
    sides = evidence.case.sides
    if not sides:
        return NotApplicable("no gold sides")
    set_out = {side.marker for d in evidence.answer.disagreements for side in d.sides}
    cited = {*evidence.shown_citations, *(c for c in evidence.answer.citations if c.marker in set_out)}
    missed = [side.by for side in sides if not _is_shown(side, cited)]
    return Scored(1 - len(missed) / len(sides), detail=f"not shown: {', '.join(missed)}" if missed else "all shown")


def disagreement_set_out(evidence: Evidence) -> Outcome:
    """1 when two gold sides stand beside each other in one disagreement."""
    if not evidence.case.sides:
        return NotApplicable("no gold sides")
    for disagreement in evidence.answer.disagreements:
        markers = {side.marker for side in disagreement.sides}
        cited = [c for c in evidence.answer.citations if c.marker in markers]
        if sum(_is_shown(side, cited) for side in evidence.case.sides) > 1:
            return Scored(1.0, detail=disagreement.subject)
    return Scored(0.0, detail="no disagreement holds two of them")


def _is_shown(side: GoldSide, cited: Iterable[Citation]) -> bool:
    return any(overlaps(c, quote) or same_text(c.quote, quote.text) for c in cited for quote in side.quotes)
