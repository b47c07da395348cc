"""Outcomes → figures with intervals.

Cases that belong together (questions on one article) are resampled together, as clusters
(Miller, "Adding Error Bars to Evals", arXiv 2411.00640, section 2.2). All randomness is seeded.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eval.metrics.metric import Combine, Metric
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

LEVEL = 0.95
POWER = 0.8
RESAMPLES = 4999
MIN_CLUSTERS = 10
"""Fewer make the standard errors of resamples too wild for a studentised bootstrap; BCa takes over."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided 95 % confidence interval.

    Attributes:
        method: "score" (see `score_interval`) for shares, "bootstrap-t" for other means, "percentile" bootstrap
            for percentiles; "exact" (Clopper-Pearson over clusters) where a share is 0 or 1 in every case.
        clusters: Independent units resampled.
    """

    low: float
    high: float
    method: str
    clusters: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One metric over the cases of a run.

    Attributes:
        value: None when no case is scored.
        interval: None where the cases cannot tell: fewer than two clusters, or the same value in all of
            them (other than a share of 0 or 1, which has an exact bound).
        reasons: Why cases are unscored, counted.
        detectable: A true difference to another run on these questions that a comparison would find four times
            in five, if the two runs went right and wrong independently; as most go alike, less is found too.
    """

    metric: str
    value: float | None
    interval: Interval | None
    scored: int
    unscored: int
    not_applicable: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    detectable: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Values and weights, one row per cluster, short rows filled with weight 0."""

    values: Array
    weights: Array


def summarise(metric: Metric, outcomes: Sequence[Outcome], clusters: Sequence[str], seed: int = 0) -> Summary:
    """The figure of a metric; `clusters` names the cluster of each outcome."""
    pairs = [(o, c) for o, c in zip(outcomes, clusters, strict=True) if isinstance(o, Scored)]
    reasons = Counter(o.reason for o in outcomes if isinstance(o, Unscored))
    value, interval, detectable = None, None, None
    if pairs:
        scored = [o for o, _ in pairs]
        table = grid([(o.value, o.weight) for o in scored], [c for _, c in pairs])
        value = float(combined(table.values, table.weights, metric.combine))
        interval, detectable = _interval(table, metric, seed), _detectable(table, metric)
    return Summary(
        metric=metric.name,
        value=value,
        interval=interval,
        scored=len(pairs),
        unscored=reasons.total(),
        not_applicable=sum(isinstance(o, NotApplicable) for o in outcomes),
        reasons=dict(reasons.most_common()),
        detectable=detectable,
    )


def bootstrap(
    clusters: int, statistic: Callable[[Any], Any], *, method: str = "BCa", seed: int = 0, resamples: int = RESAMPLES
) -> Interval | None:
    """An interval for a statistic of cluster indices (last axis); percentile where BCa is undefined.

    None for fewer than two clusters, or when the statistic is undefined in some resample.
    """
    import numpy as np
    from scipy import stats

    if clusters < 2:
        return None

    def on_last_axis(indices: Any, axis: int) -> Any:
        return statistic(np.moveaxis(indices, axis, -1))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (stats.DegenerateDataWarning, RuntimeWarning))  # answered by the fallback
        for attempt in dict.fromkeys([method, "percentile"]):
            result = stats.bootstrap(
                (np.arange(clusters),), on_last_axis, vectorized=True, n_resamples=resamples, confidence_level=LEVEL,
                method=attempt, rng=np.random.default_rng(seed), batch=max(1, 4_000_000 // clusters),
            )  # fmt: skip
            low, high = (float(bound) for bound in result.confidence_interval)
            if np.isfinite(low) and np.isfinite(high):
                return Interval(low, high, attempt.lower(), clusters)
    return None


def share_interval(table: Grid) -> Interval | None:
    """The interval of a share: `score_interval`, or the exact one where all cases are 0 or all are 1."""
    from scipy import stats

    clusters = len(table.values)
    scored = table.values[table.weights > 0]
    if (scored != scored[0]).any():
        return score_interval(table)
    exact = stats.binomtest(clusters if scored[0] else 0, clusters).proportion_ci(LEVEL, "exact")
    return Interval(float(exact.low), float(exact.high), "exact", clusters)


def score_interval(table: Grid) -> Interval | None:
    """Wilson's interval for a share of clustered cases; None for fewer than two clusters.

    Wilson (JASA 1927) with as many cases as would have the standard error found between clusters (effective
    sample size, Kish 1965) and the t quantile of clusters - 1. Keeps its 95 % near 0 and 1 and with few
    clusters, where bootstraps fall to 87 (docs/evaluation.md).
    """
    import numpy as np
    from scipy import stats

    clusters = len(table.values)
    if clusters < 2:
        return None
    share, error = (float(x) for x in _ratio((table.values * table.weights).sum(-1), table.weights.sum(-1)))
    variance = error**2
    # Half of z^2 / n of the textbook, with n = share (1 - share) / variance.
    shift = float(stats.t.ppf((1 + LEVEL) / 2, clusters - 1)) ** 2 * variance / (share * (1 - share))
    half = np.sqrt(shift * share * (1 - share) + shift**2 / 4)
    low, high = ((share + shift / 2 + sign * half) / (1 + shift) for sign in (-1, 1))
    return Interval(float(max(low, 0.0)), float(min(high, 1.0)), "score", clusters)


def studentised_interval(table: Grid, seed: int = 0) -> Interval:
    """Bootstrap-t interval (Efron and Tibshirani 1993, section 12.5) for the mean of clustered cases.

    Clusters are resampled; the standard error of each resample is the linearised one of a ratio.
    """
    import numpy as np

    sums, sizes = (table.values * table.weights).sum(-1), table.weights.sum(-1)
    clusters = len(sums)
    mean, error = _ratio(sums, sizes)
    drawn = np.random.default_rng(seed).integers(0, clusters, (RESAMPLES, clusters))
    means, errors = _ratio(sums[drawn], sizes[drawn])
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = (means - mean) / errors
    low, high = np.quantile(deviations[np.isfinite(deviations)], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(mean - high * error), float(mean - low * error), "bootstrap-t", clusters)


def smallest_seen(error: float, clusters: int) -> float:
    """The true difference that a two-sided test at 5 % finds four times in five, given its standard error."""
    from scipy import stats

    return float(stats.t.ppf((1 + LEVEL) / 2, clusters - 1) + stats.t.ppf(POWER, clusters - 1)) * error


def _detectable(table: Grid, metric: Metric) -> float | None:
    clusters = len(table.values)
    if metric.combine != "mean" or clusters < 2:
        return None
    error = float(_ratio((table.values * table.weights).sum(-1), table.weights.sum(-1))[1])
    return smallest_seen(2**0.5 * error, clusters) or None


def _ratio(sums: Array, sizes: Array) -> tuple[Any, Any]:
    """Mean over clusters (last axis) and its standard error."""
    import numpy as np

    clusters, total = sums.shape[-1], sizes.sum(-1)
    mean = sums.sum(-1) / total
    residuals = sums - mean[..., None] * sizes
    return mean, np.sqrt(clusters / (clusters - 1) * (residuals**2).sum(-1)) / total


def grid(pairs: Sequence[tuple[float, float]], clusters: Sequence[str]) -> Grid:
    """(value, weight) pairs as a grid of their clusters, clusters in order of first appearance."""
    import numpy as np

    rows: dict[str, list[tuple[float, float]]] = {}
    for pair, cluster in zip(pairs, clusters, strict=True):
        rows.setdefault(cluster, []).append(pair)
    filled = np.zeros((len(rows), max(map(len, rows.values()), default=0), 2))
    for index, row in enumerate(rows.values()):
        filled[index, : len(row)] = row
    return Grid(filled[..., 0], filled[..., 1])


def combined(values: Array, weights: Array, combine: Combine) -> Any:
    """The figure over the last two axes (clusters, members)."""
    import numpy as np

    flat = (*values.shape[:-2], -1)
    v, w = values.reshape(flat), weights.reshape(flat)
    if combine == "mean":
        return (v * w).sum(-1) / w.sum(-1)
    percent = 50 if combine == "p50" else 95
    if w.all():
        return np.percentile(v, percent, axis=-1)
    return np.nanpercentile(np.where(w > 0, v, np.nan), percent, axis=-1)


def _interval(table: Grid, metric: Metric, seed: int) -> Interval | None:
    clusters = len(table.values)
    scored = table.values[table.weights > 0]
    if (scored == scored[0]).all():
        return share_interval(table) if scored[0] in (0.0, 1.0) and metric.unit == "share" else None

    if metric.unit == "share" and metric.combine == "mean":
        return score_interval(table)

    if metric.combine == "mean" and clusters >= MIN_CLUSTERS:
        return studentised_interval(table, seed)

    def figure(indices: Any) -> Any:
        return combined(table.values[indices], table.weights[indices], metric.combine)

    return bootstrap(clusters, figure, method="BCa" if metric.combine == "mean" else "percentile", seed=seed)
