"""Citation exactness: `article.text[start:end] == quote`, read from the library. Range 0..1, 1 is promised.

Share of all citations of the answer. Edge cases: no citation does not apply; no library at hand is
unscored; a cited article that the library does not hold counts as inexact. Source: design, promise 1.
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Unscored, share


def citation_exact(evidence: Evidence) -> Outcome:
    """Citations whose quote is the library's text at their offsets / citations."""
    citations = evidence.answer.citations
    if not citations:
        return NotApplicable("the answer cites nothing")
    if evidence.stored is None:
        return Unscored("no library at hand to compare with")
    wrong = [c.marker for c in citations if evidence.stored[c.marker] != c.quote]
    return share(len(citations) - len(wrong), len(citations), f"inexact: {wrong}" if wrong else None)
