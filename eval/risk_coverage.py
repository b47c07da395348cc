"""Risk-coverage curve: how wrong are the answers, when only the most confident are given?

Source: El-Yaniv and Wiener, JMLR 2010; Geifman and El-Yaniv, NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.correctness import text_holds_answer
from eval.scoring import CaseResult


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering exactly the cases with at least this confidence.

    Attributes:
        coverage: Share of the cases that can be scored that are answered, 0..1.
        risk: Share of those answers that are wrong, 0..1.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The curve in order of coverage, and the point where the chatbot stands.

    Attributes:
        operating: (coverage, risk) of the answers that were really given; None when none was.
        cases: Cases that can be scored, the base of coverage.
        left_out: Cases without a confidence, or whose answer cannot be told right from wrong.
    """

    points: tuple[RiskPoint, ...]
    operating: tuple[float, float] | None
    cases: int
    left_out: int


def risk_coverage(results: Sequence[CaseResult]) -> RiskCoverage | None:
    """The curve over all cases that state a confidence; None when none does.

    An answer is right when the case is answerable and the shown text holds the gold answer. A closest passage
    shown with an abstention counts as the answer that a lower threshold would give; showing nothing is wrong.
    """
    judged = [(r, right) for r in results if r.evidence and (right := _right(r)) is not None]
    judged = [(r, right) for r, right in judged if r.evidence and r.evidence.answer.confidence is not None]
    if not judged:
        return None
    ranked = sorted(((_confidence(r), right) for r, right in judged), key=lambda item: -item[0])
    points, wrong = [], 0
    for count, (confidence, right) in enumerate(ranked, start=1):
        wrong += not right
        if count == len(ranked) or ranked[count][0] != confidence:  # equal confidences are answered together
            points.append(RiskPoint(confidence, count / len(ranked), wrong / count))
    given = [right for r, right in judged if r.evidence and not r.evidence.answer.abstained]
    operating = (len(given) / len(judged), given.count(False) / len(given)) if given else None
    return RiskCoverage(tuple(points), operating, len(judged), len(results) - len(judged))


def _confidence(result: CaseResult) -> float:
    answer = result.evidence.answer if result.evidence else None
    return answer.confidence if answer and answer.confidence is not None else 0.0


def _right(result: CaseResult) -> bool | None:
    if result.evidence is None:
        return None
    if not result.case.answerable:
        return False
    return text_holds_answer(result.evidence)
