"""Evaluation → one HTML file that needs nothing else: no script, no request, no font.

Questions, answers and articles are data: the template escapes everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.figures import MISSING, figure, interval_text
from eval.gates import Gate
from eval.headline import cautions, headline
from eval.html_plots import changed_rows, curve_view, reliability_view
from eval.judgements import holding_passage
from eval.metrics.metric import Metric
from eval.reliability import reliability
from eval.risk_coverage import risk_coverage
from eval.runs import Evaluation
from eval.scoring import CaseResult, by_tag, reported
from eval.statistics import Summary
from eval.support import Articles
from eval.worst import faults, worst_cases
from rag.answer_records import Citation, Sentence

if TYPE_CHECKING:
    from eval.changes import Changes

_TEMPLATES = Path(__file__).parent / "templates"
_WORST = 25
_CONTEXT = 220
"""Characters of the article shown on either side of a quote."""

TAG_COLUMNS = (
    ("hit@5", "hit@5"),
    ("gold_span_hit", "gold span"),
    ("answer_correct", "correct"),
    ("groundedness", "grounded"),
    ("abstention_recall", "abstained rightly"),
    ("abstained_answerable", "abstained wrongly"),
)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A line of the metric table; `low`, `high`, `at` are percent of the bar, None without one."""

    metric: Metric
    value: str
    interval: str
    scored: int
    unscored: int
    not_applicable: int
    reasons: tuple[str, ...]
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CitationView:
    """A citation with the text around it."""

    citation: Citation
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case to be read by a person."""

    result: CaseResult
    faults: tuple[str, ...]
    sentences: tuple[tuple[Sentence, str], ...]
    citations: tuple[CitationView, ...]
    outcomes: tuple[tuple[str, str], ...]


def html_report(
    evaluation: Evaluation,
    gates: Sequence[Gate] = (),
    articles: Articles | None = None,
    changes: Changes | None = None,
) -> str:
    """The report as a page.

    Args:
        articles: Shows quotes in their article; without it in the retrieved passage.
        changes: What changed against a baseline run.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(_view(evaluation, gates, articles, changes))


def _view(
    evaluation: Evaluation, gates: Sequence[Gate], articles: Articles | None, changes: Changes | None
) -> Mapping[str, Any]:
    results = evaluation.results
    curve = risk_coverage(results)
    return {
        "headline": headline(evaluation.facts),
        "cautions": cautions(evaluation.facts),
        "facts": evaluation.facts,
        "gates": gates,
        "rows": [metric_row(m, evaluation.summaries[m.name]) for m in reported(evaluation.summaries)],
        "confusion": _confusion_cells(results),
        "tags": tag_table(results),
        "tag_columns": [title for _, title in TAG_COLUMNS],
        "curve": curve_view(curve) if curve else None,
        "reliability": [reliability_view(reading) for reading in reliability(results)],
        "changes": changes,
        "changed": changed_rows(changes) if changes else [],
        "worst": [case_view(r, articles) for r in worst_cases(results, _WORST)],
        "faulty": sum(bool(faults(r)) for r in results),
        "results": results,
    }


def metric_row(metric: Metric, summary: Summary) -> MetricRow:
    """The line of one metric; only shares have a bar."""
    interval = summary.interval
    has_bar = metric.unit == "share" and summary.value is not None
    return MetricRow(
        metric=metric,
        value=figure(summary.value, metric.unit),
        interval=interval_text(interval, metric.unit),
        scored=summary.scored,
        unscored=summary.unscored,
        not_applicable=summary.not_applicable,
        reasons=tuple(f"{count} x {reason}" for reason, count in list(summary.reasons.items())[:5]),
        at=100 * summary.value if has_bar and summary.value is not None else None,
        low=100 * interval.low if has_bar and interval else None,
        high=100 * interval.high if has_bar and interval else None,
    )


def tag_table(results: Sequence[CaseResult]) -> list[tuple[str, int, list[str]]]:
    """(tag, cases, mean of each of `TAG_COLUMNS` over the scored cases)."""
    rows = []
    for tag, group in by_tag(results).items():
        values = [[v for r in group if (v := r.value(name)) is not None] for name, _ in TAG_COLUMNS]
        rows.append((tag, len(group), [f"{sum(v) / len(v):.2f} ({len(v)})" if v else MISSING for v in values]))
    return rows


def case_view(result: CaseResult, articles: Articles | None) -> CaseView:
    """A case with its citations in context and the judge's reason beside each shown sentence."""
    evidence = result.evidence
    if evidence is None:
        return CaseView(result, tuple(faults(result)), (), (), ())
    reasons = iter(f"{s.in_passages.word}: {s.in_passages.reason}" for s in evidence.judgement.sentences)
    return CaseView(
        result=result,
        faults=tuple(faults(result)),
        sentences=tuple((s, next(reasons) if s.shown else s.why or "") for s in evidence.answer.sentences),
        citations=tuple(_in_context(c, result, articles) for c in evidence.answer.citations),
        outcomes=tuple(
            (name, detail)
            for name, outcome in result.outcomes.items()
            if (detail := getattr(outcome, "detail", None)) and name != "groundedness"
        ),
    )


def _in_context(citation: Citation, result: CaseResult, articles: Articles | None) -> CitationView:
    article = articles.article(citation.article_id) if articles else None
    if article and article.text[citation.start : citation.end] == citation.quote:
        return _excerpt(citation, article.text, citation.start, citation.end)
    passage = holding_passage(citation, result.evidence.answer) if result.evidence else None
    if passage:
        return _excerpt(citation, passage.text, citation.start - passage.start, citation.end - passage.start)
    return CitationView(citation, "", "")


def _excerpt(citation: Citation, text: str, start: int, end: int) -> CitationView:
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    cut_before, cut_after = start > _CONTEXT, end + _CONTEXT < len(text)
    return CitationView(citation, f"{'…' * cut_before}{before}", f"{after}{'…' * cut_after}")


def _confusion_cells(results: Sequence[CaseResult]) -> Mapping[str, int]:
    answered = [(r.case.answerable, r.evidence.answer.abstained) for r in results if r.evidence]
    return {
        "right": answered.count((True, False)),
        "too_shy": answered.count((True, True)),
        "too_bold": answered.count((False, False)),
        "rightly_silent": answered.count((False, True)),
    }
