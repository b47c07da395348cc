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

LEVEL = 0.05
"""Adjusted p-values under this are called significant."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One metric; `p_holm` is adjusted for all metrics of the comparison that have a p-value."""

    metric: str
    test: PairedTest
    p_holm: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences B - A over the questions both runs asked.

    Attributes:
        notes: What limits the comparison: other gold answers, other judge, questions of one run only.
        multiplicity: How many metrics were tested, and what is left after Holm's correction.
    """

    run_a: str
    run_b: str
    headline_a: str
    headline_b: str
    cases: int
    notes: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]
    multiplicity: str = ""

    @property
    def significant(self) -> tuple[str, ...]:
        """Metrics with an adjusted p-value under 0.05."""
        return tuple(row.metric for row in self.rows if row.p_holm is not None and row.p_holm < LEVEL)


def compare_runs(run_a: Path, run_b: Path, *, seed: int = 0) -> Comparison:
    """Compare two run directories, question by question.

    Raises:
        RunError: A run has no report, or they share no question.
    """
    return compare_reports(read_report(run_a), read_report(run_b), (str(run_a), str(run_b)), seed=seed)


def compare_reports(
    a: Mapping[str, Any], b: Mapping[str, Any], runs: tuple[str, str] = ("A", "B"), *, seed: int = 0
) -> Comparison:
    """Compare two report documents, question by question.

    Raises:
        RunError: They share no question.
    """
    cases_a, cases_b = ({case["id"]: case for case in report["cases"]} for report in (a, b))
    shared = [key for key, case in cases_a.items() if key in cases_b and cases_b[key]["asked"] == case["asked"]]
    if not shared:
        raise RunError(f"{runs[0]} and {runs[1]} share no question. Compare runs of the same gold set.")
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
            rows.append(ComparisonRow(metric.name, test, None))
    rows = _adjusted(rows)
    comparison = Comparison(
        run_a=runs[0],
        run_b=runs[1],
        headline_a=a["headline"],
        headline_b=b["headline"],
        cases=len(shared),
        notes=tuple(_notes(a, b, len(shared))),
        rows=tuple(rows),
    )
    return replace(comparison, multiplicity=_multiplicity(comparison))


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as one document, metrics by name."""
    document = asdict(comparison)
    rows = document.pop("rows")
    document["significant"] = list(comparison.significant)
    return {"schema": 1, **document, "metrics": {r["metric"]: {**r["test"], "p_holm": r["p_holm"]} for r in rows}}


def _adjusted(rows: list[ComparisonRow]) -> list[ComparisonRow]:
    tested = {row.metric: row.test.p for row in rows if row.test.p is not None}
    adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
    return [replace(row, p_holm=adjusted.get(row.metric)) for row in rows]


def _multiplicity(comparison: Comparison) -> str:
    tested = sum(row.p_holm is not None for row in comparison.rows)
    found = ", ".join(comparison.significant) or "none"
    return (
        f"{tested} metrics were tested; about {tested * LEVEL:.1f} of them would show p < {LEVEL:g} by chance, so "
        f"read p (Holm). Under {LEVEL:g} after Holm: {found}."
    )


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
