"""Risk-coverage curve: how wrong are the answers, when only the most confident are given?

AURC is the mean risk over all coverages (Geifman, Uziel and El-Yaniv, ICLR 2019), 0 best; equal confidences share
the risk of answering them in random order. `excess` is what is left after the AURC of a perfect order at the same
number of wrong answers: 0 means that the confidence could not order the answers better.

Source: El-Yaniv and Wiener, JMLR 2010; Geifman and El-Yaniv, NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics.correctness import text_holds_answer
from eval.scoring import CaseResult
from eval.statistics import Interval, bootstrap

AURC_RESAMPLES = 999
"""Fewer than elsewhere: each is a sort in Python."""


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
        aurc: Area under the curve, 0..1, lower is better; its interval is a bootstrap over questions.
        excess: AURC less the best possible one for so many wrong answers.
    """

    points: tuple[RiskPoint, ...]
    operating: tuple[float, float] | None
    cases: int
    left_out: int
    aurc: float = 0.0
    aurc_interval: Interval | None = None
    excess: float = 0.0


def risk_coverage(results: Sequence[CaseResult], seed: int = 0) -> RiskCoverage | None:
    """The curve over all cases that state a confidence; None when none does.

    An answer is right when the case is answerable and the shown text holds the gold answer. A closest passage
    shown with an abstention counts as the answer that a lower threshold would give; showing nothing is wrong.
    """
    judged = confident(results)
    if not judged:
        return None
    ranked = sorted(((confidence, right) for _, confidence, right in judged), key=lambda item: -item[0])
    points, wrong = [], 0
    for count, (confidence, right) in enumerate(ranked, start=1):
        wrong += not right
        if count == len(ranked) or ranked[count][0] != confidence:  # equal confidences are answered together
            points.append(RiskPoint(confidence, count / len(ranked), wrong / count))
    given = [right for r, _, right in judged if r.evidence and not r.evidence.answer.abstained]
    operating = (len(given) / len(judged), given.count(False) / len(given)) if given else None
    area = aurc(ranked)
    best = aurc([(float(right), right) for _, right in ranked])
    return RiskCoverage(
        tuple(points),
        operating,
        len(judged),
        len(results) - len(judged),
        area,
        _aurc_interval(ranked, seed),
        area - best,
    )


def confident(results: Sequence[CaseResult]) -> list[tuple[CaseResult, float, bool]]:
    """(case, confidence, whether its answer is right) of every case with both."""
    found = []
    for result in results:
        right = _right(result)
        confidence = result.evidence.answer.confidence if result.evidence else None
        if right is not None and confidence is not None:
            found.append((result, confidence, right))
    return found


def aurc(judged: Sequence[tuple[float, bool]]) -> float:
    """Mean risk over the coverages 1/n..n/n of (confidence, right) pairs."""
    groups: dict[float, list[bool]] = {}
    for confidence, right in judged:
        groups.setdefault(confidence, []).append(right)
    count, wrong, area = 0, 0.0, 0.0
    for confidence in sorted(groups, reverse=True):
        share_wrong = groups[confidence].count(False) / len(groups[confidence])
        for _ in groups[confidence]:
            count, wrong = count + 1, wrong + share_wrong
            area += wrong / count
    return area / len(judged)


def _aurc_interval(judged: Sequence[tuple[float, bool]], seed: int) -> Interval | None:
    import numpy as np

    def resampled(indices: Any) -> Any:
        flat = indices.reshape(-1, indices.shape[-1])
        return np.array([aurc([judged[i] for i in row]) for row in flat]).reshape(indices.shape[:-1])

    return bootstrap(len(judged), resampled, method="percentile", seed=seed, resamples=AURC_RESAMPLES)


def _right(result: CaseResult) -> bool | None:
    if result.evidence is None:
        return None
    if not result.case.answerable:
        return False
    return text_holds_answer(result.evidence)
