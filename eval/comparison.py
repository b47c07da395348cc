"""Two finished runs → paired differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from eval.metrics.catalog import METRICS
from eval.outcomes import read_outcome
from eval.paired import PairedTest, compare_paired, holm
from eval.report import read_report
from rag.errors import RunError


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One metric; `p_holm` is adjusted for all metrics of the comparison."""

    metric: str
    test: PairedTest
    p_holm: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences B - A over the questions both runs asked.

    Attributes:
        notes: What limits the comparison: other gold answers, other judge, questions of one run only.
    """

    run_a: str
    run_b: str
    headline_a: str
    headline_b: str
    cases: int
    notes: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]


def compare_runs(run_a: Path, run_b: Path, *, seed: int = 0) -> Comparison:
    """Compare two run directories, question by question.

    Raises:
        RunError: A run has no report, or they share no question.
    """
    a, b = read_report(run_a), read_report(run_b)
    cases_a, cases_b = ({case["id"]: case for case in report["cases"]} for report in (a, b))
    shared = [key for key, case in cases_a.items() if key in cases_b and cases_b[key]["asked"] == case["asked"]]
    if not shared:
        raise RunError(f"{run_a} and {run_b} share no question. Compare runs of the same gold set.")
    by_article = a["facts"]["cluster"] == b["facts"]["cluster"] == "article"
    clusters = [cases_a[key]["article_cluster"] if by_article else key for key in shared]
    rows = []
    for metric in METRICS:
        ours, theirs = (
            [read_outcome(cases[key]["outcomes"].get(metric.name, _NOT_IN_RUN)) for key in shared]
            for cases in (cases_a, cases_b)
        )
        test = compare_paired(metric, ours, theirs, clusters, seed)
        if test:
            rows.append(ComparisonRow(metric.name, test, 1.0))
    adjusted = holm([row.test.p for row in rows])
    return Comparison(
        run_a=str(run_a),
        run_b=str(run_b),
        headline_a=a["headline"],
        headline_b=b["headline"],
        cases=len(shared),
        notes=tuple(_notes(a, b, len(shared))),
        rows=tuple(replace(row, p_holm=p) for row, p in zip(rows, adjusted, strict=True)),
    )


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as one document, metrics by name."""
    document = asdict(comparison)
    rows = document.pop("rows")
    return {"schema": 1, **document, "metrics": {r["metric"]: {**r["test"], "p_holm": r["p_holm"]} for r in rows}}


_NOT_IN_RUN = {"unscored": "the run does not have this metric"}


def _notes(a: Mapping[str, Any], b: Mapping[str, Any], shared: int) -> list[str]:
    notes = []
    for name, report in (("A", a), ("B", b)):
        if len(report["cases"]) > shared:
            notes.append(
                f"{len(report['cases']) - shared} questions of {name} are not in the other run, or ask otherwise."
            )
    if a["facts"]["judge"] != b["facts"]["judge"]:
        notes.append(f"Different judges ({a['facts']['judge']}, {b['facts']['judge']}): do not compare judged metrics.")
    if a["facts"]["gold_digest"] != b["facts"]["gold_digest"]:
        notes.append("The gold sets differ; shared questions may have other gold answers.")
    if a["facts"]["library"] != b["facts"]["library"]:
        notes.append("The libraries differ.")
    return notes
