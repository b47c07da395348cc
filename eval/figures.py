"""Figures as text, the same in every output."""

from __future__ import annotations

from eval.metrics.metric import Unit
from eval.statistics import Interval

MISSING = "-"


def figure(value: float | None, unit: Unit) -> str:
    """A value in the unit's usual precision; a dash for none."""
    if value is None:
        return MISSING
    match unit:
        case "share":
            return f"{value:.3f}"
        case "seconds":
            return f"{value:.3g} s"
        case "sentences":
            return f"{value:.2f}"
        case "tokens":
            return f"{value:,.0f}"
        case "money":
            return f"{value:.3g}"


def interval_text(interval: Interval | None, unit: Unit) -> str:
    """[low, high], or a dash."""
    return f"[{figure(interval.low, unit)}, {figure(interval.high, unit)}]" if interval else MISSING
