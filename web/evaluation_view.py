"""Progress, report and comparison of evaluations → HTML, escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.comparison import Comparison
from eval.figures import MISSING, figure
from eval.metrics.catalog import BY_NAME
from eval.metrics.metric import Metric
from web.evaluations import Progress, State
from web.markup import inline, plural, table_head

STAGES = {"ask": "Asking", "judge": "Judging"}
MAIN = (
    "hit@1", "hit@5", "gold_span_hit", "citation_exact", "groundedness", "answer_correct",
    "answer_correct_when_answered", "followup_correct", "abstention_recall", "abstained_answerable",
)  # fmt: skip
"""Figures in sight; the others are in the full report."""

_ARROWS = {"higher": "higher is better", "lower": "lower is better", "neither": ""}


def progress_html(progress: Progress | None) -> str:
    """What the evaluation is doing, or how it ended."""
    if progress is None:
        return ""
    asked = f"{inline(progress.gold)}, {plural(progress.total, 'question')}"
    match progress.state:
        case State.RUNNING:
            words = f"{STAGES.get(progress.stage, progress.stage)}: {progress.done:,} of {progress.total:,}"
            return (
                f'<div class="gw-progress"><label for="gw-bar">{inline(words)}</label>'
                f'<progress id="gw-bar" max="{progress.total}" value="{progress.done}"></progress>'
                f'<p class="gw-note">{asked}</p></div>'
            )
        case State.DONE:
            return f'<p class="gw-ok" role="status">Finished: {asked}.</p>'
        case State.CANCELLED:
            return (
                f'<p class="gw-problem" role="status">Cancelled after {progress.done:,} of '
                f"{plural(progress.total, 'question')}. There is no report.</p>"
            )
        case State.FAILED:
            return f'<p class="gw-problem" role="alert"><strong>No report.</strong> {inline(progress.problem)}</p>'


def report_html(name: str, report: Mapping[str, Any]) -> str:
    """The main figures of a run with their intervals, and the whole report folded below."""
    metrics: Mapping[str, Mapping[str, Any]] = report["metrics"]
    rows = "".join(_figure_row(n, metrics[n]) for n in MAIN if metrics.get(n, {}).get("value") is not None)
    cautions = "".join(f"<li>{inline(caution)}</li>" for caution in report["cautions"])
    address = f"/runs/{inline(name)}/report.html"
    return (
        f'<section class="gw-report"><h3>{inline(report["headline"])}</h3><ul class="gw-cautions">{cautions}</ul>'
        f'<table class="gw-figures">{table_head("Figure", "Value", "95 % interval", "Questions", "Meaning")}'
        f"<tbody>{rows}</tbody></table>"
        '<details class="gw-more"><summary>The whole report, question by question</summary>'
        f'<iframe class="gw-frame" sandbox="" loading="lazy" title="Report" src="{address}"></iframe></details>'
        f'<p><a class="gw-out" href="{address}" target="_blank" rel="noopener">Open the report in a tab of its own</a>'
        "</p></section>"
    )


def comparison_html(comparison: Comparison) -> str:
    """Paired differences between two runs, the figures that moved first."""
    ordered = sorted(comparison.rows, key=lambda row: (1.0 if row.p_holm is None else row.p_holm, row.metric))
    rows = "".join(_difference_row(comparison, row.metric, row.test, row.p_holm) for row in ordered)
    notes = "".join(f"<li>{inline(note)}</li>" for note in (*comparison.notes, comparison.multiplicity))
    return (
        f'<section class="gw-report"><p>{plural(comparison.cases, "question")} asked in both.</p>'
        f'<dl class="gw-facts"><div><dt>A</dt><dd>{inline(comparison.headline_a)}</dd></div>'
        f"<div><dt>B</dt><dd>{inline(comparison.headline_b)}</dd></div></dl>"
        f'<ul class="gw-cautions">{notes}</ul>'
        f'<table class="gw-figures">{table_head("Figure", "A", "B", "B − A", "95 % interval", "p (Holm)")}'
        f"<tbody>{rows}</tbody></table></section>"
    )


def _figure_row(name: str, summary: Mapping[str, Any]) -> str:
    unit, low, high = summary["unit"], summary["low"], summary["high"]
    interval = f"{figure(low, unit)} to {figure(high, unit)}" if low is not None and high is not None else MISSING
    meaning = ", ".join(part for part in (summary["meaning"], _ARROWS[summary["better"]]) if part)
    cells = (figure(summary["value"], unit), interval, f"{summary['scored']:,}", meaning)
    return f'<tr><th scope="row">{inline(name)}</th>' + "".join(f"<td>{inline(cell)}</td>" for cell in cells) + "</tr>"


def _difference_row(comparison: Comparison, name: str, test: Any, p: float | None) -> str:
    metric: Metric = BY_NAME[name]
    interval = f"{test.interval.low:+.3f} to {test.interval.high:+.3f}" if test.interval else MISSING
    cells = (
        figure(test.a, metric.unit),
        figure(test.b, metric.unit),
        f"{test.difference:+.3f}",
        interval,
        MISSING if p is None else f"{p:.4f}",
    )
    strong = ' class="gw-significant"' if name in comparison.significant else ""
    return (
        f'<tr{strong}><th scope="row">{inline(name)}</th>'
        + "".join(f"<td>{inline(cell)}</td>" for cell in cells)
        + "</tr>"
    )
