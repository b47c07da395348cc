"""Memory leak: the withheld true answer said without grounds. Values 0 or 1, lower is better.

For unanswerable questions whose true answer is known but kept from the articles: 1 when it (or an alias)
stands in a shown sentence and not in the quotes which that sentence cites. Edge cases: no withheld answer
does not apply, nor does one that the question itself holds; showing nothing scores 0. Containment as in
`correctness`, so a paraphrased leak is not seen. Source: defined here; "self-knowledge" of RAGChecker
(Ru et al., NeurIPS 2024) is the same idea with claims and an entailment model.
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.metrics.normalising import canonical_tokens, contains
from eval.outcomes import NotApplicable, Outcome, Scored


def memory_leak(evidence: Evidence) -> Outcome:
    """1 when a shown sentence says the withheld answer and its quotes do not."""
    question = canonical_tokens(evidence.case.question)
    withheld = [t for w in evidence.case.withheld if (t := canonical_tokens(w)) and not contains(question, t)]
    if evidence.case.answerable or not withheld:
        return NotApplicable("no withheld answer")
    quotes = {c.marker: canonical_tokens(c.quote) for c in evidence.answer.citations}
    for sentence in evidence.shown:
        said = canonical_tokens(sentence.text)
        for answer in withheld:
            grounded = any(contains(quotes[m], answer) for m in sentence.citations if m in quotes)
            if contains(said, answer) and not grounded:
                return Scored(1.0, detail=f"says {' '.join(answer)!r}")
    return Scored(0.0)
