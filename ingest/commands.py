"""What `python -m ingest` does, once its arguments are parsed."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from ingest.indexing import ingest
from ingest.progress import open_display
from ingest.records import Skipped
from ingest.report import OUTCOMES, Change, IngestReport
from ingest.sources import MANY, SINGLE
from ingest.watching import Watch
from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.index.opening import open_store
from rag.index.upkeep import has_library
from rag.settings import Settings, load_settings

_SHOWN = 20
"""Of the names of one kind; the rest is counted."""


def run(arguments: argparse.Namespace) -> int:
    """Ingests with the progress on stderr and the report on stdout."""
    if arguments.watch:
        return watch(arguments)
    settings = _settings(arguments)
    with _ended_by_term(), open_display() as display:
        report = ingest(
            arguments.paths,
            settings,
            remove_missing=arguments.remove_missing,
            dry_run=arguments.dry_run,
            progress=display.show,
        )
    if arguments.json:
        print_json(report.to_json())
    else:
        print(report_text(report, str(settings.place), arguments.dry_run))
    return DONE if report.usable or report.removed else NOTHING_USABLE


def watch(arguments: argparse.Namespace) -> int:
    """Ingests whenever the sources change, until it is stopped; says what each round changed."""
    settings = _settings(arguments)
    totals: Counter[str] = Counter()
    known_skips: set[Skipped] = set()
    with open_display() as display:
        rounds = Watch(
            arguments.paths,
            settings,
            every=arguments.every,
            remove_missing=arguments.remove_missing,
            say=lambda line: print(line, file=sys.stderr, flush=True),
            progress=display.show,
        )
        with _stopping(rounds):
            for report in rounds.rounds():
                totals.update(rounds=1, **{name: getattr(report, name) for name in ("added", "updated", "removed")})
                _print_round(report, known_skips, arguments.json)
    if not arguments.json:
        counts = ", ".join(f"{totals[name]} {name}" for name in ("added", "updated", "removed"))
        print(f"stopped after {totals['rounds']} rounds: {counts}")
        if has_library(settings.place):
            print(_library_text(str(settings.place), *open_store(settings.place).counts()))
    return DONE


def _settings(arguments: argparse.Namespace) -> Settings:
    return load_settings(
        library=arguments.library, ingest_workers=arguments.ingest_workers, ray_address=arguments.ray_address
    )


@contextmanager
def _ended_by_term() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does, so that its workers end with it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _stopping(rounds: Watch) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the watch in order; a second one ends it at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        rounds.stop()
        signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_round(report: IngestReport, known_skips: set[Skipped], as_json: bool) -> None:
    new_skips = [skipped for skipped in report.skipped if skipped not in known_skips]
    known_skips.update(new_skips)
    if as_json:
        print_json(report.to_json())
    else:
        lines = _changes_text(c for c in report.changes if c.outcome != "unchanged")
        counts = ", ".join(f"{getattr(report, name)} {name}" for name in OUTCOMES)
        print("\n".join([f"{time.strftime('%H:%M:%S')} {counts}", *lines, *_skips_text(new_skips)]))
    sys.stdout.flush()


def report_text(report: IngestReport, library: str, dry_run: bool = False) -> str:
    """The report as the terminal shows it; names every skipped source, the first twenty one by one.

    After a dry run it names the articles too, and what would become of each.
    """
    counts = ", ".join(f"{getattr(report, name)} {name}" for name in OUTCOMES)
    lines = [f"{'would be: ' if dry_run else ''}{counts}, {len(report.skipped)} skipped in {report.seconds:.1f} s"]
    if dry_run:
        lines += _changes_text(report.changes)
    lines += _skips_text(report.skipped)
    if not report.usable and not report.removed:
        lines.append(f"nothing to ingest was found; files of these types are read: {' '.join((*SINGLE, *MANY))}")
    lines.append(_library_text(library, report.articles, report.passages, report.stories))
    return "\n".join(lines)


def _changes_text(changes: Iterable[Change]) -> list[str]:
    by_outcome: dict[str, list[Change]] = {name: [] for name in OUTCOMES}
    for change in changes:
        by_outcome[change.outcome].append(change)
    lines = []
    for outcome, found in by_outcome.items():
        lines += [f"  {outcome} {change.name} ({change.source})" for change in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"  and {len(found) - _SHOWN} more {outcome}")
    return lines


def _skips_text(skips: list[Skipped]) -> list[str]:
    lines = [f"  skipped {s.source}: {s.reason}" for s in skips[:_SHOWN]]
    rest = Counter(s.reason for s in skips[_SHOWN:])
    return lines + [f"  and {n} more skipped: {reason}" for reason, n in rest.most_common()]


def _library_text(library: str, articles: int, passages: int, stories: int) -> str:
    return f"{library}: {articles} articles, {passages} passages, {stories} stories"
