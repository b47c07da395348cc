"""Outcomes of several answerers on the same questions → Markdown tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.metric import Metric
from eval.outcomes import Outcome
from eval.paired import compare_paired, holm
from eval.statistics import Summary, summarise
from rag.answer_records import Method, Sentence, VerdictState

SMALLEST = 0.0001
"""10,000 permutations tell no smaller p apart."""

Outcomes = Mapping[str, Mapping[str, Sequence[Outcome]]]
"""Row → metric → outcome of each case."""


def figure_table(outcomes: Outcomes, metrics: Sequence[Metric], clusters: Sequence[str]) -> str:
    """One line a metric: figure, 95 % interval and cases scored of every row."""
    lines = [f"| | {' | '.join(outcomes)} |", "|-" * (len(outcomes) + 1) + "|"]
    for metric in metrics:
        figures = [_figure(summarise(metric, of_row[metric.name], clusters)) for of_row in outcomes.values()]
        lines.append(f"| {metric.name}{' (lower is better)' * (metric.better == 'lower')} | {' | '.join(figures)} |")
    return "\n".join(lines)


def _figure(summary: Summary) -> str:
    if summary.value is None:
        return "-"
    bounds = f" ({summary.interval.low:.2f}-{summary.interval.high:.2f})" if summary.interval else ""
    return f"{summary.value:.2f}{bounds}, n={summary.scored}"


def comparison_table(
    outcomes: Outcomes, reference: str, ours: str, metrics: Sequence[Metric], clusters: Sequence[str]
) -> str:
    """Paired differences, permutation tests, Holm-adjusted over the metrics of the table."""
    tests = [(m, compare_paired(m, outcomes[reference][m.name], outcomes[ours][m.name], clusters)) for m in metrics]
    tested = [(m, t, t.p) for m, t in tests if t is not None and t.p is not None]
    lines = [f"{ours} against {reference}, paired by question:", ""]
    lines += ["| | difference | 95 % interval | p | p (Holm) | n |", "|-|-|-|-|-|-|"]
    for (metric, test, p), adjusted in zip(tested, holm([p for *_, p in tested]), strict=True):
        bounds = f"{test.interval.low:+.2f} to {test.interval.high:+.2f}" if test.interval else "-"
        lines.append(f"| {metric.name} | {test.difference:+.2f} | {bounds} | {_p(p)} | {_p(adjusted)} | {test.pairs} |")
    untested = [m.name for m, t in tests if t is None or t.p is None]
    return "\n".join(lines + ([f"\nNot tested, no pair: {', '.join(untested)}."] if untested else []))


def _p(p: float) -> str:
    return f"{p:.4f}" if p >= SMALLEST else f"<{SMALLEST}"


@dataclass(frozen=True, slots=True)
class Drafted:
    """How an answer of Groundwire's generated path came about.

    Attributes:
        sentences: Drafts and, among them, quotations that took the place of one. Of the first draft and of the repair
            alike: an answer is read from a thread of its own, so when a sentence arrives does not tell them apart.
    """

    method: Method
    sentences: tuple[Sentence, ...]

    @property
    def written(self) -> list[Sentence]:
        """The model's sentences."""
        quoted = self.method in (Method.EXTRACTED, Method.ABSTAINED)  # then what is shown is not the model's
        return [s for s in self.sentences if not (quoted and s.shown)]


def draft_table(drafts: Sequence[Drafted]) -> str:
    """What became of the sentences that the model wrote, and what took their place."""
    written = [s for d in drafts for s in d.written]
    lines = ["| sentences the model wrote | |", "|-|-|", f"| all | {len(written)} |"]
    lines.append(f"| withheld | {_of(sum(not s.shown for s in written), len(written))} |")
    for state in VerdictState:
        lines.append(f"| {state} | {_of(sum(s.verdict is state for s in written), len(written))} |")
    methods = Counter(d.method for d in drafts)
    ways = ", ".join(f"{methods[method]} {method}" for method in Method)
    shown = sum(any(s.shown for s in d.written) for d in drafts)
    lines += ["", f"Answers: {ways}. A sentence of the model's was shown in {shown} of {len(drafts)}."]
    return "\n".join(lines)


def _of(count: int, whole: int) -> str:
    return f"{count} ({count / whole:.0%})" if whole else "0"
