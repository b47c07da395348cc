"""Curves and changes in the pixels and words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eval.figures import MISSING, figure
from eval.metrics.catalog import BY_NAME
from eval.reliability import Reliability
from eval.risk_coverage import RiskCoverage

if TYPE_CHECKING:
    from eval.changes import Changes

_WIDTH, _HEIGHT, _SQUARE = 560, 240, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 24, 12, 34


def curve_view(curve: RiskCoverage) -> Mapping[str, Any]:
    """The risk-coverage curve; y grows downwards, risk 1 is at the top."""
    points = [(p.coverage, p.risk) for p in curve.points]
    interval = curve.aurc_interval
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "line": " ".join(f"{_x(c, _WIDTH):.1f},{_y(r, _HEIGHT):.1f}" for c, r in points),
        "operating": (_x(curve.operating[0], _WIDTH), _y(curve.operating[1], _HEIGHT)) if curve.operating else None,
        "operating_text": "answers {:.0%}, {:.0%} of them wrong".format(*curve.operating) if curve.operating else "",
        "ticks": [(share, _x(share, _WIDTH), _y(share, _HEIGHT)) for share in (0, 0.25, 0.5, 0.75, 1)],
        "cases": curve.cases,
        "left_out": curve.left_out,
        "aurc": f"{curve.aurc:.3f}" + (f" [{interval.low:.3f}, {interval.high:.3f}]" if interval else ""),
        "excess": f"{curve.excess:.3f}",
    }


def reliability_view(reading: Reliability) -> Mapping[str, Any]:
    """One reliability plot: a bar of the interval and a dot per bin, sized by its cases."""
    most = max(b.cases for b in reading.bins)
    return {
        "of": reading.of,
        "cases": reading.cases,
        "brier": f"{reading.brier:.3f}",
        "ece": f"{reading.ece:.3f}",
        "side": _SQUARE,
        "ticks": [(share, _x(share, _SQUARE), _y(share, _SQUARE)) for share in (0, 0.25, 0.5, 0.75, 1)],
        "bins": [
            {
                "x": f"{_x(b.confidence, _SQUARE):.1f}",
                "y": f"{_y(b.right, _SQUARE):.1f}",
                "low": f"{_y(b.interval.low if b.interval else b.right, _SQUARE):.1f}",
                "high": f"{_y(b.interval.high if b.interval else b.right, _SQUARE):.1f}",
                "radius": f"{2.5 + 5 * (b.cases / most) ** 0.5:.1f}",
                "text": f"{b.cases} cases, confidence {b.confidence:.2f}, {b.right:.0%} true",
            }
            for b in reading.bins
        ],
    }


def changed_rows(changes: Changes) -> list[Mapping[str, str]]:
    """The metrics that differ from the baseline; `mark` says whether for better or worse, beyond chance."""
    rows: list[Mapping[str, str]] = []
    for row in changes.comparison.rows:
        metric, test = BY_NAME[row.metric], row.test
        if not test.difference:
            continue
        better = (test.difference > 0) == (metric.better == "higher")
        told = metric.better != "neither" and row.metric in changes.comparison.significant
        rows.append(
            {
                "metric": row.metric,
                "a": figure(test.a, metric.unit),
                "b": figure(test.b, metric.unit),
                "difference": f"{test.difference:+.3f}",
                "interval": f"[{test.interval.low:+.3f}, {test.interval.high:+.3f}]" if test.interval else MISSING,
                "p": MISSING if row.p_holm is None else f"{row.p_holm:.4f}",
                "mark": ("good" if better else "bad") if told else "",
            }
        )
    return rows


def _x(share: float, width: int) -> float:
    return _LEFT + share * (width - _LEFT - _RIGHT)


def _y(share: float, height: int) -> float:
    return _TOP + (1 - share) * (height - _TOP - _BOTTOM)
