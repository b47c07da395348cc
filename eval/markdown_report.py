"""Evaluation → Markdown, for pull requests and logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.figures import figure, interval_text
from eval.gates import Gate
from eval.headline import cautions, headline
from eval.runs import Evaluation
from eval.scoring import reported
from eval.worst import faults, worst_cases

if TYPE_CHECKING:
    from eval.changes import Changes

_WORST = 10
_ARROWS = {"higher": "↑", "lower": "↓", "neither": ""}


def markdown_report(evaluation: Evaluation, gates: Sequence[Gate] = (), changes: Changes | None = None) -> str:
    """Headline, cautions, gates, the table of metrics, what changed, and the worst cases by id."""
    facts = evaluation.facts
    lines = ["# Groundwire evaluation", "", headline(facts), "", *(f"- {c}" for c in cautions(facts)), ""]
    lines += [*(f"- gate {gate}" for gate in gates), ""] if gates else []
    lines += ["| metric | | value | 95 % interval | scored | unscored | n/a |", "|---|---|---:|---|---:|---:|---:|"]
    for metric in reported(evaluation.summaries):
        s = evaluation.summaries[metric.name]
        value, interval = figure(s.value, metric.unit), interval_text(s.interval, metric.unit)
        lines.append(
            f"| {metric.name} | {_ARROWS[metric.better]} | {value} | {interval} "
            f"| {s.scored} | {s.unscored} | {s.not_applicable} |"
        )
    lines += _changed(changes) if changes else []
    worst = worst_cases(evaluation.results, _WORST)
    if worst:
        lines += ["", "## Read these first", ""]
        lines += [f"- `{_cell(r.case.id)}` {_cell(r.case.question)} — {'; '.join(faults(r))}" for r in worst]
    lines += [
        "",
        f"Seed {facts.seed}, intervals over {facts.cluster}s, gold {facts.gold_digest}, started {facts.started}.",
    ]
    return "\n".join(lines) + "\n"


def _changed(changes: Changes) -> list[str]:
    comparison = changes.comparison
    lines = ["", f"## Against {_cell(comparison.run_a)}", "", *(f"- {note}" for note in comparison.notes)]
    lines += [f"- {comparison.multiplicity}", ""]
    lines += ["| metric | before | now | difference | p (Holm) |", "|---|---:|---:|---:|---:|"]
    for row in comparison.rows:
        if row.test.difference:
            p = "-" if row.p_holm is None else f"{row.p_holm:.4f}"
            lines.append(f"| {row.metric} | {row.test.a:.3f} | {row.test.b:.3f} | {row.test.difference:+.3f} | {p} |")
    for what, ids in (("now right", changes.gained), ("no longer right", changes.lost)):
        if ids:
            lines += ["", f"{what}: " + ", ".join(f"`{_cell(key)}`" for key in ids)]
    return lines


def _cell(text: str) -> str:
    # Questions and ids are data: no mark-up of theirs may take effect.
    return "".join("\\" + c if c in r"\`*_{}[]<>()#|!~" else c for c in " ".join(text.split()))
