"""Figures x thresholds → passed or missed. A gate looks at the interval, not at the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.metrics.catalog import BY_NAME
from eval.statistics import Summary

Thresholds = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Gate:
    """One threshold and how the run stands to it.

    Attributes:
        bound: The end of the interval that was compared: lower for "under", upper for "over"; None when
            the metric has no interval, which misses the gate.
    """

    metric: str
    kind: Literal["under", "over"]
    threshold: float
    bound: float | None
    passed: bool

    def __str__(self) -> str:
        bound = "no interval" if self.bound is None else f"{self.bound:.3f}"
        end, sign = ("lower end", ">=") if self.kind == "under" else ("upper end", "<=")
        return f"{'passed' if self.passed else 'MISSED'}: {self.metric} {end} {bound}, wanted {sign} {self.threshold:g}"


def wrong_gate(under: Thresholds, over: Thresholds) -> str | None:
    """What is wrong with the thresholds as given, None when nothing is."""
    unknown = [name for name, _ in (*under, *over) if name not in BY_NAME]
    if unknown:
        return f"unknown metric {unknown[0]!r}. Choose from: {', '.join(BY_NAME)}."
    for name, _ in under:
        if BY_NAME[name].better == "lower":
            return f"{name}: lower is better. Use --fail-over {name}=VALUE."
    for name, _ in over:
        if BY_NAME[name].better == "higher":
            return f"{name}: higher is better. Use --fail-under {name}=VALUE."
    return None


def check_gates(summaries: Mapping[str, Summary], under: Thresholds, over: Thresholds) -> list[Gate]:
    """Every gate, in the order given."""
    gates = []
    for name, threshold in under:
        interval = summaries[name].interval
        low = interval.low if interval else None
        gates.append(Gate(name, "under", threshold, low, low is not None and low >= threshold))
    for name, threshold in over:
        interval = summaries[name].interval
        high = interval.high if interval else None
        gates.append(Gate(name, "over", threshold, high, high is not None and high <= threshold))
    return gates
