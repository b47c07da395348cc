"""Evaluation → Markdown, for pull requests and logs."""

from __future__ import annotations

from collections.abc import Sequence

from eval.figures import figure, interval_text
from eval.gates import Gate
from eval.headline import cautions, headline
from eval.metrics.catalog import METRICS
from eval.runs import Evaluation
from eval.worst import faults, worst_cases

_WORST = 10
_ARROWS = {"higher": "↑", "lower": "↓", "neither": ""}


def markdown_report(evaluation: Evaluation, gates: Sequence[Gate] = ()) -> str:
    """Headline, cautions, gates, the table of metrics, and the worst cases by id."""
    facts = evaluation.facts
    lines = ["# Groundwire evaluation", "", headline(facts), "", *(f"- {c}" for c in cautions(facts)), ""]
    lines += [*(f"- gate {gate}" for gate in gates), ""] if gates else []
    lines += ["| metric | | value | 95 % interval | scored | unscored | n/a |", "|---|---|---:|---|---:|---:|---:|"]
    for metric in METRICS:
        s = evaluation.summaries[metric.name]
        value, interval = figure(s.value, metric.unit), interval_text(s.interval, metric.unit)
        lines.append(
            f"| {metric.name} | {_ARROWS[metric.better]} | {value} | {interval} "
            f"| {s.scored} | {s.unscored} | {s.not_applicable} |"
        )
    worst = worst_cases(evaluation.results, _WORST)
    if worst:
        lines += ["", "## Read these first", ""]
        lines += [f"- `{_cell(r.case.id)}` {_cell(r.case.question)} — {'; '.join(faults(r))}" for r in worst]
    lines += [
        "",
        f"Seed {facts.seed}, intervals over {facts.cluster}s, gold {facts.gold_digest}, started {facts.started}.",
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    # Questions and ids are data: no mark-up of theirs may take effect.
    return "".join("\\" + c if c in r"\`*_{}[]<>()#|!~" else c for c in " ".join(text.split()))
