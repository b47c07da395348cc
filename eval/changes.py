"""A baseline run + this run → what changed, for the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.comparison import Comparison, compare_reports, comparison_json
from eval.report import read_report

FLIPPING = "answer_correct"


@dataclass(frozen=True, slots=True)
class Changes:
    """Differences to the baseline (A = baseline, B = this run).

    Attributes:
        gained, lost: Questions whose `answer_correct` went from 0 to 1, and from 1 to 0.
    """

    comparison: Comparison
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The comparison document with the questions that flipped."""
        return comparison_json(self.comparison) | {"gained": list(self.gained), "lost": list(self.lost)}


def changes_since(baseline: Path, report: Mapping[str, Any], run: str, seed: int = 0) -> Changes:
    """What changed from a finished run to a report.

    Raises:
        RunError: The baseline is no finished run, or shares no question.
    """
    before = read_report(baseline)
    old, new = (
        {(case["id"], case["asked"]): case["outcomes"][FLIPPING].get("value") for case in document["cases"]}
        for document in (before, report)
    )
    return Changes(
        compare_reports(before, report, (str(baseline), run), seed=seed),
        tuple(key[0] for key in new if new[key] == 1 and old.get(key) == 0),
        tuple(key[0] for key in new if new[key] == 0 and old.get(key) == 1),
    )
