"""The same questions asked again → how much the figures move by themselves, as with a sampled model."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.runs import Evaluation


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over repeats.

    Attributes:
        values: In the order of the repeats; those without a value are left out.
        deviation: Standard deviation between repeats; beside an interval, which is about other questions.
    """

    values: tuple[float, ...]
    deviation: float


@dataclass(frozen=True, slots=True)
class Repeats:
    """What changed between repeats.

    Attributes:
        changed: Questions whose answer text was not the same each time.
    """

    runs: int
    questions: int
    changed: int
    metrics: Mapping[str, Spread]

    def __str__(self) -> str:
        moved = {name: s for name, s in self.metrics.items() if s.deviation and not name.startswith("latency")}
        largest = sorted(moved, key=lambda name: -moved[name].deviation)[:3]
        told = ", ".join(f"{name} by {moved[name].deviation:.3f}" for name in largest) or "no metric"
        return (
            f"Asked {self.runs} times: {self.changed} of {self.questions} answers were not the same each time; "
            f"standard deviation between repeats: {told}."
        )


def spread(evaluations: Sequence[Evaluation]) -> Repeats:
    """The spread over at least two evaluations of the same cases."""
    found: dict[str, Spread] = {}
    for name in evaluations[0].summaries:
        values = tuple(v for e in evaluations if (v := e.summaries[name].value) is not None)
        if len(values) > 1:
            found[name] = Spread(values, statistics.stdev(values))
    texts = zip(*([_text(r.transcript.answer) for r in e.results] for e in evaluations), strict=True)
    changed = sum(len(set(answers)) > 1 for answers in texts)
    return Repeats(len(evaluations), len(evaluations[0].results), changed, found)


def _text(answer: object) -> str | None:
    return None if answer is None else str(answer)
