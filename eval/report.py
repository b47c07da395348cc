"""Evaluation → report.json, report.md and report.html in the run directory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.gates import Gate
from eval.headline import cautions, headline
from eval.html_report import html_report
from eval.markdown_report import markdown_report
from eval.metrics.catalog import BY_NAME
from eval.outcomes import outcome_json
from eval.reliability import reliability
from eval.risk_coverage import risk_coverage
from eval.runs import Evaluation
from eval.scoring import CaseResult, by_tag, cluster_of
from eval.statistics import Summary
from eval.support import Articles
from rag.errors import RunError

if TYPE_CHECKING:
    from eval.changes import Changes

SCHEMA = 1
JSON_NAME = "report.json"


def write_report(
    evaluation: Evaluation, directory: Path, *, gates: Sequence[Gate] = (), articles: Articles | None = None,
    changes: Changes | None = None,
) -> dict[str, str]:  # fmt: skip
    """Write the three files.

    Args:
        articles: Shows citations in the context of their article.
        changes: What changed against a baseline run.

    Returns:
        Kind → path.

    Raises:
        RunError: The directory cannot be written to.
    """
    document = report_json(evaluation, gates) | ({"baseline": changes.to_json()} if changes else {})
    texts = {
        JSON_NAME: json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1),
        "report.md": markdown_report(evaluation, gates, changes),
        "report.html": html_report(evaluation, gates, articles, changes),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{directory}: the report cannot be written ({error}). Choose another --out.") from None
    return {name.rpartition(".")[2]: str(directory / name) for name in texts}


def report_json(evaluation: Evaluation, gates: Sequence[Gate] = ()) -> dict[str, Any]:
    """The whole evaluation as one document."""
    facts, results = evaluation.facts, evaluation.results
    curve = risk_coverage(results)
    return {
        "schema": SCHEMA,
        "headline": headline(facts),
        "cautions": cautions(facts),
        "facts": asdict(facts),
        "metrics": {name: summary_json(summary) for name, summary in evaluation.summaries.items()},
        "abstention": confusion(results),
        "tags": {tag: {"n": len(group)} | _means(group) for tag, group in by_tag(results).items()},
        "risk_coverage": asdict(curve) if curve else None,
        "reliability": [asdict(reading) for reading in reliability(results)],
        "gates": [asdict(gate) for gate in gates],
        "cases": [case_result_json(result) for result in results],
    }


def summary_json(summary: Summary) -> dict[str, Any]:
    """A figure with all that is needed to read it."""
    metric = BY_NAME[summary.metric]
    interval = summary.interval
    return {
        "value": summary.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "interval": interval.method if interval else None,
        "clusters": interval.clusters if interval else None,
        "detectable": summary.detectable,
        "scored": summary.scored,
        "unscored": summary.unscored,
        "not_applicable": summary.not_applicable,
        "unscored_reasons": dict(list(summary.reasons.items())[:5]),
        "better": metric.better,
        "unit": metric.unit,
        "meaning": metric.meaning,
    }


def confusion(results: Sequence[CaseResult]) -> dict[str, int]:
    """Counts of answered and abstained by answerable and unanswerable; errors are in none."""
    counts = {
        "answered_answerable": 0,
        "abstained_answerable": 0,
        "answered_unanswerable": 0,
        "abstained_unanswerable": 0,
    }
    for result in results:
        if result.evidence:
            done = "abstained" if result.evidence.answer.abstained else "answered"
            counts[f"{done}_{'answerable' if result.case.answerable else 'unanswerable'}"] += 1
    return counts


def case_result_json(result: CaseResult) -> dict[str, Any]:
    """One case: what was asked and answered, and every outcome."""
    case, answer = result.case, result.transcript.answer
    return {
        "id": case.id,
        "asked": case.asked,
        "question": case.question,
        "answerable": case.answerable,
        "tags": list(case.tags),
        "article_cluster": cluster_of(case, "article"),
        "error": result.transcript.error,
        "answer": answer.answer if answer else None,
        "method": str(answer.method) if answer else None,
        "confidence": answer.confidence if answer else None,
        "seconds": result.transcript.seconds,
        "outcomes": {name: outcome_json(outcome) for name, outcome in result.outcomes.items()},
    }


def read_report(directory: Path) -> dict[str, Any]:
    """The report.json of a run directory.

    Raises:
        RunError: There is none, or it is not one of this version.
    """
    path = directory / JSON_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read ({error}). Name the directory of a finished run.") from None
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA or "cases" not in document:
        raise RunError(f"{path}: is no report of this version. Run the evaluation again.")
    return dict(document)


def _means(group: Sequence[CaseResult]) -> dict[str, float]:
    values = {name: [v for r in group if (v := r.value(name)) is not None] for name in TAG_METRICS}
    return {name: sum(v) / len(v) for name, v in values.items() if v}


TAG_METRICS = ("hit@5", "gold_span_hit", "answer_correct", "groundedness", "abstention_recall", "abstained_answerable")
"""Plain means over the cases of a tag, for want of cases without intervals."""
