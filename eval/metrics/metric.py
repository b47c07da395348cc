"""What a metric is: a name, a reading direction and a function of one case's evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from eval.evidence import Evidence
from eval.outcomes import Outcome

Better = Literal["higher", "lower", "neither"]
Unit = Literal["share", "seconds", "sentences", "tokens", "money"]
Combine = Literal["mean", "p50", "p95"]
Pairing = Literal["both", "either"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a report.

    Attributes:
        name: As in reports, gates and exports.
        meaning: One line for the reader of a report.
        score: The case's outcome.
        better: Which direction is good.
        unit: "share" is 0..1; the others are >= 0.
        combine: How cases make the figure: weighted mean or percentile.
        pairing: Which cases a paired comparison takes: those scored in "both" runs, or in "either",
            for metrics whose applicability depends on the answer.
        optional: Left out of tables while no case has it, because it must be asked for.
    """

    name: str
    meaning: str
    score: Callable[[Evidence], Outcome]
    better: Better = "higher"
    unit: Unit = "share"
    combine: Combine = "mean"
    pairing: Pairing = "both"
    optional: bool = False
