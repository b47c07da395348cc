"""Gold cases → transcripts → judgements → report.

from eval import evaluate, load_cases, write_report

evaluation = evaluate(load_cases("gold.jsonl"), bot.ask, articles=bot.library)
print(evaluation.summaries["groundedness"])
write_report(evaluation, "runs/today")

Import names from here, not the package: `import eval` would hide the builtin.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.cases import GoldCase, Quote, load_cases
    from eval.comparison import compare_reports, compare_runs
    from eval.gates import check_gates
    from eval.judge_check import check_judge
    from eval.judges.opening import open_judge
    from eval.labels import load_labels
    from eval.plain_answers import plain_ask
    from eval.report import report_json, write_report
    from eval.runs import evaluate

_HOME = {
    "GoldCase": "eval.cases",
    "Quote": "eval.cases",
    "check_gates": "eval.gates",
    "check_judge": "eval.judge_check",
    "compare_reports": "eval.comparison",
    "compare_runs": "eval.comparison",
    "evaluate": "eval.runs",
    "load_cases": "eval.cases",
    "load_labels": "eval.labels",
    "open_judge": "eval.judges.opening",
    "plain_ask": "eval.plain_answers",
    "report_json": "eval.report",
    "write_report": "eval.report",
}

__all__ = [
    "GoldCase",
    "Quote",
    "check_gates",
    "check_judge",
    "compare_reports",
    "compare_runs",
    "evaluate",
    "load_cases",
    "load_labels",
    "open_judge",
    "plain_ask",
    "report_json",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that `python -m eval --help` loads nothing heavy."""
    if name not in _HOME:
        raise AttributeError(f"module 'eval' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
