"""The directory of runs → finished runs, newest first, and their reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.report import JSON_NAME, read_report
from rag.errors import RunError

HTML_NAME = "report.html"
LISTED = 100
"""Runs offered at most."""
_NAME = re.compile(r"[\w.-]{1,120}")


@dataclass(frozen=True, slots=True)
class PastRun:
    """A finished run, as a list shows it.

    Attributes:
        name: Of its directory, and its part of a web address.
        started: ISO time, UTC.
    """

    name: str
    started: str
    headline: str

    @property
    def label(self) -> str:
        """When it was and what it was, for a person to choose by."""
        return f"{self.started[:16].replace('T', ' ')} · {self.headline} ({self.name})"


class PastRuns:
    """The finished runs below a directory; each report is read once while its file stays the same."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[tuple[str, float], PastRun | None] = {}

    def list(self) -> list[PastRun]:
        """The newest runs; directories without a readable report are no runs."""
        found = [
            self._read(path) for path in self._directory.glob(f"*/{JSON_NAME}") if _NAME.fullmatch(path.parent.name)
        ]
        return sorted((run for run in found if run), key=lambda run: (run.started, run.name), reverse=True)[:LISTED]

    def report(self, name: str) -> dict[str, Any]:
        """The report document of a run.

        Raises:
            RunError: There is no such run.
        """
        return read_report(self.directory(name))

    def html_file(self, name: str) -> Path | None:
        """The HTML report of a run, None if there is none of that name."""
        if not _NAME.fullmatch(name) or set(name) == {"."}:
            return None
        file = self._directory / name / HTML_NAME
        return file if file.is_file() else None

    def directory(self, name: str) -> Path:
        """The directory of a run.

        Raises:
            RunError: The name is none a run can have.
        """
        if not _NAME.fullmatch(name) or set(name) == {"."}:
            raise RunError(f"{name!r} is no run. Choose one of the list.")
        return self._directory / name

    def _read(self, path: Path) -> PastRun | None:
        try:
            key = (path.parent.name, path.stat().st_mtime)
        except OSError:
            return None  # removed since it was listed
        if key not in self._known:
            self._known[key] = _past_run(path.parent)
        return self._known[key]


def _past_run(directory: Path) -> PastRun | None:
    try:
        report: Mapping[str, Any] = read_report(directory)
        return PastRun(directory.name, str(report["facts"]["started"]), str(report["headline"]))
    except (RunError, KeyError, TypeError):
        return None
