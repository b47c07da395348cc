from __future__ import annotations

import re
from pathlib import Path

from eval.metrics.catalog import METRICS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def test_every_metric_has_a_row_and_every_row_a_metric() -> None:
    rows = re.findall(r"^\| `([^`]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [metric.name for metric in METRICS]


def test_names_are_unique_and_safe_in_a_gate() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_@]+", name) for name in names)
