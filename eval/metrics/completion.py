"""Completed: an answer came back whole. Values 0 or 1, higher is better.

0 when the model or the network cut the answer short (`complete` is false), and for a case whose question
raised an error; every other metric leaves such an error unscored. Source: design, promise 9.
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.outcomes import Outcome, Scored


def completed(evidence: Evidence) -> Outcome:
    """1 for a complete answer."""
    return Scored(1.0) if evidence.answer.complete else Scored(0.0, detail=evidence.answer.reason or "cut short")
