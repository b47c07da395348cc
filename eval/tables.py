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
from eval.judge_check import Agreement
from eval.metrics.catalog import BY_NAME, METRICS
from eval.runs import Evaluation

_WIDE = 130
_ARROWS = {"higher": "↑", "lower": "↓", "neither": " "}


def print_evaluation(evaluation: Evaluation, gates: Sequence[Gate], console: Console) -> None:
    """Headline, cautions, metrics and gates."""
    console.print(headline(evaluation.facts), style="bold", markup=False)
    for caution in cautions(evaluation.facts):
        console.print(f"  {caution}", style="dim", markup=False)
    wide = console.width >= _WIDE
    table = _table("metric", "", ">value", "95 % interval", ">n", ">unscored", ">n/a", *["meaning"][: int(wide)])
    for metric in METRICS:
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
    table = _table("metric", "", ">A", ">B", ">B - A", "95 % interval", ">p", ">p (Holm)", ">McNemar", ">pairs")
    for row in comparison.rows:
        metric, test = BY_NAME[row.metric], row.test
        table.add_row(
            metric.name,
            _ARROWS[metric.better],
            figure(test.a, metric.unit),
            figure(test.b, metric.unit),
            f"{test.difference:+.3f}",
            escape(interval_text(test.interval, metric.unit)),
            f"{test.p:.4f}",
            f"{row.p_holm:.4f}",
            MISSING if test.mcnemar is None else f"{test.mcnemar:.4f}",
            str(test.pairs),
        )
    console.print(table)


def print_agreements(agreements: Sequence[Agreement], console: Console) -> None:
    """One row per judge."""
    first = agreements[0]
    console.print(
        f"{first.file}: {first.claims} claims on {first.articles} articles, {first.base_rate:.1%} supported by people",
        style="bold",
        markup=False,
    )
    table = _table("judge", ">AUC", "95 % interval", ">balanced accuracy", ">kappa", ">unscored", ">ms/claim")
    for a in agreements:
        accuracies = (MISSING if v is None else f"{v:.3f}" for v in (a.balanced_accuracy, a.kappa))
        table.add_row(
            escape(a.judge),
            MISSING if a.auc is None else f"{a.auc:.3f}",
            escape(interval_text(a.auc_interval, "share")),
            *accuracies,
            str(a.unscored or ""),
            f"{a.milliseconds:.2f}",
        )
    console.print(table)
    verdicts = _table("judge", "verdict", ">claims", ">supported by people")
    for a in agreements:
        for word, said in a.said.items():
            verdicts.add_row(escape(a.judge), escape(word), str(said.claims), f"{said.share_supported:.3f}")
    console.print(verdicts)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left", no_wrap=True)
    return table
