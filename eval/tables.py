"""Evaluation, comparison and judge agreement as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.comparison import Comparison
from eval.figures import MISSING, figure, interval_text
from eval.gates import Gate
from eval.headline import cautions, headline
from eval.metrics.catalog import BY_NAME
from eval.runs import Evaluation
from eval.scoring import reported

_WIDE = 130
_ARROWS = {"higher": "↑", "lower": "↓", "neither": " "}


def print_evaluation(evaluation: Evaluation, gates: Sequence[Gate], console: Console) -> None:
    """Headline, cautions, metrics and gates."""
    console.print(headline(evaluation.facts), style="bold", markup=False)
    for caution in cautions(evaluation.facts):
        console.print(f"  {caution}", style="dim", markup=False)
    wide = console.width >= _WIDE
    table = new_table("metric", "", ">value", "95 % interval", ">n", ">unscored", ">n/a", *["meaning"][: int(wide)])
    for metric in reported(evaluation.summaries):
        s = evaluation.summaries[metric.name]
        table.add_row(
            metric.name,
            _ARROWS[metric.better],
            figure(s.value, metric.unit),
            escape(interval_text(s.interval, metric.unit)),
            str(s.scored),
            str(s.unscored or ""),
            str(s.not_applicable or ""),
            *[metric.meaning][: int(wide)],
        )
    console.print(table)
    for gate in gates:
        console.print(f"gate {gate}", style="green" if gate.passed else "bold red", markup=False)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """One row per metric with its difference and tests."""
    console.print(f"A {comparison.run_a}: {comparison.headline_a}", markup=False)
    console.print(f"B {comparison.run_b}: {comparison.headline_b}", markup=False)
    for note in comparison.notes:
        console.print(f"  {note}", style="dim", markup=False)
    wide = console.width >= _WIDE
    more = [">p", ">McNemar", ">detectable", ">pairs"][: 4 * wide]
    table = new_table("metric", ">A", ">B", ">B - A", "95 % interval", ">p (Holm)", *more)
    table.collapse_padding = not wide
    for row in comparison.rows:
        metric, test = BY_NAME[row.metric], row.test
        interval = test.interval
        table.add_row(
            f"{metric.name} {_ARROWS[metric.better]}" if wide else metric.name,
            figure(test.a, metric.unit),
            figure(test.b, metric.unit),
            f"{test.difference:+.3f}",
            escape(f"[{interval.low:+.3f}, {interval.high:+.3f}]") if interval else MISSING,
            _probability(row.p_holm),
            *[_probability(test.p), _probability(test.mcnemar), _three(test.detectable), str(test.pairs)][: 4 * wide],
        )
    console.print(table)
    console.print(comparison.multiplicity, style="dim", markup=False)


def _probability(p: float | None) -> str:
    return MISSING if p is None else f"{p:.4f}"


def _three(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"


def new_table(*columns: str) -> Table:
    """A plain table; a column whose name begins with > is set to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left", no_wrap=True)
    return table
