"""Is the stated confidence worth its number? Reliability bins, Brier score and expected calibration error.

Two readings of `Answer.confidence`: as the chance that the shown text holds the right answer ("correct"), and, as it is
fitted, as the chance that the articles answer the question ("answerable").

Source: Brier, Monthly Weather Review 1950; Guo et al., "On Calibration of Modern Neural Networks", ICML 2017 (equal
widths, ten bins; ECE = sum of n_bin / n x |confidence - share right|).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.risk_coverage import confident
from eval.scoring import CaseResult
from eval.statistics import Interval, grid, share_interval

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases with a confidence in [low, high), the last bin with its end.

    Attributes:
        confidence: Mean stated confidence.
        right: Share that came true, 0..1.
    """

    low: float
    high: float
    cases: int
    confidence: float
    right: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """One reading of the confidence.

    Attributes:
        brier: Mean squared distance of confidence and truth, 0..1, 0 best; always saying .5 gives .25.
        ece: Expected calibration error, 0..1, 0 best.
    """

    of: str
    cases: int
    brier: float
    ece: float
    bins: tuple[Bin, ...]


def reliability(results: Sequence[CaseResult]) -> list[Reliability]:
    """Both readings; empty when no case states a confidence."""
    judged = confident(results)
    if not judged:
        return []
    return [
        calibration("correct", [(confidence, right) for _, confidence, right in judged]),
        calibration("answerable", [(confidence, result.case.answerable) for result, confidence, _ in judged]),
    ]


def calibration(of: str, judged: Sequence[tuple[float, bool]]) -> Reliability:
    """The bins and scores of (confidence in 0..1, truth) pairs."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, truth in judged:
        groups.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, truth))
    bins = tuple(_bin(index, rows) for index, rows in sorted(groups.items()))
    return Reliability(
        of=of,
        cases=len(judged),
        brier=sum((confidence - truth) ** 2 for confidence, truth in judged) / len(judged),
        ece=sum(b.cases * abs(b.confidence - b.right) for b in bins) / len(judged),
        bins=bins,
    )


def _bin(index: int, rows: Sequence[tuple[float, bool]]) -> Bin:
    table = grid([(float(truth), 1.0) for _, truth in rows], [str(i) for i in range(len(rows))])
    return Bin(
        low=index / BINS,
        high=(index + 1) / BINS,
        cases=len(rows),
        confidence=sum(confidence for confidence, _ in rows) / len(rows),
        right=sum(truth for _, truth in rows) / len(rows),
        interval=share_interval(table),
    )
