"""Two runs on the same cases → a difference with its interval and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics.metric import Metric, Pairing
from eval.outcomes import Outcome, Scored, Unscored
from eval.statistics import LEVEL, Grid, Interval, bootstrap, combined, grid, smallest_seen

PERMUTATIONS = 10_000


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The difference b - a of one metric over the cases both runs share.

    Attributes:
        interval: Of the difference: t interval of the paired, clustered difference for means (Miller, arXiv
            2411.00640, section 4.2), bootstrap over pairs for percentiles.
        p: Two-sided paired permutation test: clusters swapped between the runs, every one of the assignments up
            to `PERMUTATIONS`, else as many drawn at random. Assignments as extreme as the one seen count half
            (mid-p, Lancaster, JASA 1961), or 0/1 figures would reach 5 % only 3 times in 100. None for percentiles
            of time: the load of the machine is common to all questions of a run, so they are no independent evidence.
        mcnemar: Exact two-sided McNemar test for values of 0 and 1 only, else None; it ignores clusters.
        pairs: Cases compared.
        detectable: True difference that pairs like these would show with p < 0.05 four times in five; None
            where no pair differs, or for percentiles.
    """

    a: float
    b: float
    difference: float
    interval: Interval | None
    p: float | None
    mcnemar: float | None
    pairs: int
    detectable: float | None = None


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
        interval=_paired_interval(grid_a, grid_b, metric, seed),
        p=_permutation_p(grid_a, grid_b, seed) if metric.combine == "mean" else None,
        mcnemar=_mcnemar(ours, theirs) if metric.unit == "share" else None,
        pairs=len(kept),
        detectable=_detectable(grid_a, grid_b, metric),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the given order (Scandinavian J. of Statistics, 1979)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def _paired_interval(a: Grid, b: Grid, metric: Metric, seed: int) -> Interval | None:
    if metric.combine == "mean":
        return _t_interval(a, b)

    def difference(i: Any) -> Any:
        figures = [combined(g.values[i], g.weights[i], metric.combine) for g in (a, b)]
        return figures[1] - figures[0]

    return bootstrap(len(a.values), difference, method="percentile", seed=seed)


def _t_interval(a: Grid, b: Grid) -> Interval | None:
    from scipy import stats

    clusters = len(a.values)
    if clusters < 2:
        return None
    difference = _mean(b) - _mean(a)
    half = float(stats.t.ppf((1 + LEVEL) / 2, clusters - 1)) * _standard_error(a, b)
    return Interval(difference - half, difference + half, "t", clusters)


def _standard_error(a: Grid, b: Grid) -> float:
    """Of the difference of two means over the same clusters, linearised."""
    influence = sum(
        sign * ((g.values - _mean(g)) * g.weights).sum(-1) / g.weights.sum() for g, sign in ((b, 1.0), (a, -1.0))
    )
    clusters = len(a.values)
    return float((clusters / (clusters - 1) * (influence**2).sum()) ** 0.5)


def _mean(table: Grid) -> float:
    return float((table.values * table.weights).sum() / table.weights.sum())


def _detectable(a: Grid, b: Grid, metric: Metric) -> float | None:
    if metric.combine != "mean" or len(a.values) < 2:
        return None
    return smallest_seen(_standard_error(a, b), len(a.values)) or None


def _permutation_p(a: Grid, b: Grid, seed: int) -> float:
    """Share of assignments of clusters to runs with a difference of means at least as large."""
    import numpy as np

    clusters = len(a.values)
    if clusters == 1:
        return 1.0  # both assignments are equally extreme
    (sum_a, size_a), (sum_b, size_b) = (((g.values * g.weights).sum(-1), g.weights.sum(-1)) for g in (a, b))
    every = 2**clusters <= PERMUTATIONS
    if every:
        swapped = (np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1).astype(float)
    else:
        width = -(-clusters // 8)  # bytes of a row of bits
        drawn = np.frombuffer(np.random.default_rng(seed).bytes(PERMUTATIONS * width), np.uint8)
        swapped = np.unpackbits(drawn.reshape(PERMUTATIONS, width), axis=1, count=clusters).astype(float)
    moved_sum, moved_size = swapped @ (sum_b - sum_a), swapped @ (size_b - size_a)
    with np.errstate(divide="ignore", invalid="ignore"):
        ours = (sum_a.sum() + moved_sum) / (size_a.sum() + moved_size)
        theirs = (sum_b.sum() - moved_sum) / (size_b.sum() - moved_size)
    differences = np.nan_to_num(theirs - ours)  # no weight left on one side: no difference seen
    seen = abs(sum_b.sum() / size_b.sum() - sum_a.sum() / size_a.sum())
    larger = int((np.abs(differences) > seen + 1e-12).sum())
    equal = int((np.abs(differences) >= seen - 1e-12).sum()) - larger
    if equal == len(differences):
        return 1.0  # no assignment differs from the one seen
    own = 0 if every else 1  # the assignment seen is among all, but not among those drawn
    return (larger + (equal + own) / 2) / (len(differences) + own)


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
