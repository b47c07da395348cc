"""Groundedness: share of shown sentences that the judge finds supported. Range 0..1, higher is better.

Against the retrieved passages that the sentence cites (the quotes and the sentences around them). A
sentence that cites nothing is not supported. Edge cases: an answer that shows nothing does not apply; if
the judge cannot say for any one sentence, the case is unscored, so that no sentence leaves the
denominator unseen. Source: faithfulness of Ragas (Es et al., EACL 2024, section 3), with sentences in
place of extracted claims and the cited in place of all passages.
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Unscored, share


def groundedness(evidence: Evidence) -> Outcome:
    """Shown sentences supported by the passages they cite / shown sentences."""
    verdicts = [s.in_passages for s in evidence.judgement.sentences]
    if not verdicts:
        return NotApplicable("no sentence is shown")
    for verdict in verdicts:
        if verdict.supported is None:
            return Unscored(verdict.reason)
    faults = [v.reason for v in verdicts if not v.supported]
    return share(len(verdicts) - len(faults), len(verdicts), "; ".join(faults) or None)
