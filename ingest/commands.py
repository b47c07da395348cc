"""What `python -m ingest` does, once its arguments are parsed."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from ingest.indexing import IngestReport, ingest
from ingest.sources import MANY, SINGLE
from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.settings import load_settings

_SKIPS_SHOWN = 20


def run(arguments: argparse.Namespace) -> int:
    """Ingests with a progress bar on stderr and the report on stdout."""
    settings = load_settings(library=arguments.library)
    with ProgressBar() as progress:
        report = ingest(
            arguments.paths,
            settings,
            remove_missing=arguments.remove_missing,
            dry_run=arguments.dry_run,
            progress=progress.show,
        )
    if arguments.json:
        print_json(report.to_json())
    else:
        print(report_text(report, str(settings.library), arguments.dry_run))
    return DONE if report.usable or report.removed else NOTHING_USABLE


def report_text(report: IngestReport, library: str, dry_run: bool = False) -> str:
    """The report as the terminal shows it; names every skipped source, the first twenty one by one."""
    counts = ", ".join(f"{getattr(report, name)} {name}" for name in ("added", "updated", "unchanged", "removed"))
    lines = [f"{'would be: ' if dry_run else ''}{counts}, {len(report.skipped)} skipped in {report.seconds:.1f} s"]
    lines += [f"  skipped {s.source}: {s.reason}" for s in report.skipped[:_SKIPS_SHOWN]]
    rest = Counter(s.reason for s in report.skipped[_SKIPS_SHOWN:])
    lines += [f"  and {n} more skipped: {reason}" for reason, n in rest.most_common()]
    if not report.usable and not report.removed:
        lines.append(f"nothing to ingest was found; files of these types are read: {' '.join((*SINGLE, *MANY))}")
    lines.append(f"{library}: {report.articles} articles, {report.passages} passages, {report.stories} stories")
    return "\n".join(lines)


class ProgressBar:
    """A bar with articles per second and time left on stderr; silent where stderr is no terminal."""

    def __enter__(self) -> ProgressBar:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("reading articles"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("articles", total=None, rate="")
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, done: int, total: int, title: str) -> None:
        """See `ingest.indexing.Progress`."""
        speed = self._bar.tasks[0].speed
        rate = f"{speed:.1f} articles/s" if speed else ""
        self._bar.update(self._task, completed=done, total=total, rate=rate)
