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
RESAMPLES = 4999


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided 95 % confidence interval.

    Attributes:
        method: "bca" (Efron, JASA 1987) or "percentile" bootstrap; "exact" (Clopper-Pearson over clusters)
            where a share is 0 or 1 in every case, which a bootstrap would call certain.
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
    """

    metric: str
    value: float | None
    interval: Interval | None
    scored: int
    unscored: int
    not_applicable: int
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """Values and weights, one row per cluster, short rows filled with weight 0."""

    values: Array
    weights: Array


def summarise(metric: Metric, outcomes: Sequence[Outcome], clusters: Sequence[str], seed: int = 0) -> Summary:
    """The figure of a metric; `clusters` names the cluster of each outcome."""
    pairs = [(o, c) for o, c in zip(outcomes, clusters, strict=True) if isinstance(o, Scored)]
    reasons = Counter(o.reason for o in outcomes if isinstance(o, Unscored))
    value, interval = None, None
    if pairs:
        scored = [o for o, _ in pairs]
        table = grid([(o.value, o.weight) for o in scored], [c for _, c in pairs])
        value = float(combined(table.values, table.weights, metric.combine))
        interval = _interval(table, metric, seed)
    return Summary(
        metric=metric.name,
        value=value,
        interval=interval,
        scored=len(pairs),
        unscored=reasons.total(),
        not_applicable=sum(isinstance(o, NotApplicable) for o in outcomes),
        reasons=dict(reasons.most_common()),
    )


def bootstrap(clusters: int, statistic: Callable[[Any], Any], *, method: str = "BCa", seed: int = 0) -> Interval | None:
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
                (np.arange(clusters),), on_last_axis, vectorized=True, n_resamples=RESAMPLES, confidence_level=LEVEL,
                method=attempt, rng=np.random.default_rng(seed), batch=max(1, 4_000_000 // clusters),
            )  # fmt: skip
            low, high = (float(bound) for bound in result.confidence_interval)
            if np.isfinite(low) and np.isfinite(high):
                return Interval(low, high, attempt.lower(), clusters)
    return None


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
    from scipy import stats

    clusters = len(table.values)
    scored = table.values[table.weights > 0]
    if (scored == scored[0]).all():
        if scored[0] not in (0.0, 1.0) or metric.unit != "share":
            return None
        exact = stats.binomtest(clusters if scored[0] else 0, clusters).proportion_ci(LEVEL, "exact")
        return Interval(float(exact.low), float(exact.high), "exact", clusters)

    def figure(indices: Any) -> Any:
        return combined(table.values[indices], table.weights[indices], metric.combine)

    return bootstrap(clusters, figure, method="BCa" if metric.combine == "mean" else "percentile", seed=seed)
