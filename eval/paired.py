"""Two runs on the same cases → a difference with its interval and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics.metric import Combine, Metric, Pairing
from eval.outcomes import Outcome, Scored, Unscored
from eval.statistics import Grid, Interval, bootstrap, combined, grid

PERMUTATIONS = 10_000


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The difference b - a of one metric over the cases both runs share.

    Attributes:
        interval: Of the difference, cases resampled in pairs.
        p: Two-sided paired permutation test: signs of the differences flipped by cluster, every one of the
            assignments up to `PERMUTATIONS`, else as many drawn at random.
        mcnemar: Exact two-sided McNemar test for values of 0 and 1 only, else None; it ignores clusters.
        pairs: Cases compared.
    """

    a: float
    b: float
    difference: float
    interval: Interval | None
    p: float
    mcnemar: float | None
    pairs: int


def compare_paired(
    metric: Metric, a: Sequence[Outcome], b: Sequence[Outcome], clusters: Sequence[str], seed: int = 0
) -> PairedTest | None:
    """Test outcomes of the same cases under two runs; None when there is no pair.

    Cases unscored in a run are never taken. Where `metric.pairing` is "either", a case that the metric
    applies to in one run only is taken with weight 0 in the other.
    """
    kept = [(x, y, c) for x, y, c in zip(a, b, clusters, strict=True) if _is_pair(x, y, metric.pairing)]
    ours, theirs = [_weighed(x) for x, _, _ in kept], [_weighed(y) for _, y, _ in kept]
    if not sum(w for _, w in ours) or not sum(w for _, w in theirs):
        return None
    names = [c for _, _, c in kept]
    grid_a, grid_b = grid(ours, names), grid(theirs, names)
    value_a, value_b = (float(combined(g.values, g.weights, metric.combine)) for g in (grid_a, grid_b))
    return PairedTest(
        a=value_a,
        b=value_b,
        difference=value_b - value_a,
        interval=_paired_interval(grid_a, grid_b, metric.combine, seed),
        p=_permutation_p(grid_a, grid_b, metric.combine, seed),
        mcnemar=_mcnemar(ours, theirs) if metric.unit == "share" else None,
        pairs=len(kept),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the given order (Scandinavian J. of Statistics, 1979)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def _paired_interval(a: Grid, b: Grid, combine: Combine, seed: int) -> Interval | None:
    def difference(i: Any) -> Any:
        return combined(b.values[i], b.weights[i], combine) - combined(a.values[i], a.weights[i], combine)

    return bootstrap(len(a.values), difference, method="percentile", seed=seed)


def _permutation_p(a: Grid, b: Grid, combine: Combine, seed: int) -> float:
    import numpy as np
    from scipy import stats

    values, weights = np.concatenate([a.values, b.values]), np.concatenate([a.weights, b.weights])
    clusters = len(a.values)
    if clusters == 1:
        return 1.0  # both assignments are equally extreme

    def difference(x: Any, y: Any, axis: int) -> Any:
        x, y = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
        ours, theirs = (combined(values[i], weights[i], combine) for i in (x, y))
        return np.nan_to_num(theirs - ours)  # no weight left on one side: no difference seen

    result = stats.permutation_test(
        (np.arange(clusters), np.arange(clusters, 2 * clusters)), difference, permutation_type="samples",
        vectorized=True, n_resamples=PERMUTATIONS, rng=np.random.default_rng(seed), batch=max(1, 2_000_000 // clusters),
    )  # fmt: skip
    return float(result.pvalue)


def _mcnemar(a: Sequence[tuple[float, float]], b: Sequence[tuple[float, float]]) -> float | None:
    from scipy import stats

    pairs = [(x, y) for (x, xw), (y, yw) in zip(a, b, strict=True) if xw == yw == 1.0]
    if len(pairs) < len(a) or any(value not in (0.0, 1.0) for pair in pairs for value in pair):
        return None
    gained, lost = sum(x < y for x, y in pairs), sum(x > y for x, y in pairs)
    return float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _is_pair(x: Outcome, y: Outcome, pairing: Pairing) -> bool:
    if isinstance(x, Unscored) or isinstance(y, Unscored):
        return False
    scored = (isinstance(x, Scored), isinstance(y, Scored))
    return any(scored) if pairing == "either" else all(scored)


def _weighed(outcome: Outcome) -> tuple[float, float]:
    return (outcome.value, outcome.weight) if isinstance(outcome, Scored) else (0.0, 0.0)
