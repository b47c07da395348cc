"""Keeping a library up to date with its sources, round after round.

Sources are looked at again and again rather than subscribed to: that also works on network drives and
in containers. A file is taken once it has stopped changing, so that none is read half written.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from ingest.articles import read_articles
from ingest.counting import Progress
from ingest.indexing import ingest_articles
from ingest.records import Skipped
from ingest.report import IngestReport
from ingest.sources import SourceFile, find_files, printable
from rag.errors import LibraryBusy, LibraryUnreachable, SourceError
from rag.settings import Settings

_REST_PER_LOOK = 5
"""Looking at many files takes time; at most a sixth of it is spent looking."""


class Stopped(Exception):
    """The watch was asked to stop; what was stored until now is kept."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found at one moment.

    Attributes:
        files: Size, time of change and inode of each file.
        settled: Files that had stopped changing.
        skipped: Everything else under the paths.
    """

    files: dict[Path, tuple[int, int, int]] = field(default_factory=dict)
    settled: frozenset[Path] = frozenset()
    skipped: tuple[Skipped, ...] = ()

    @property
    def is_settled(self) -> bool:
        return len(self.settled) == len(self.files)

    @property
    def ready(self) -> dict[Path, tuple[int, int, int]]:
        return {path: facts for path, facts in self.files.items() if path in self.settled}

    def has_news(self, done: dict[Path, tuple[int, int, int]]) -> bool:
        """True when a settled file is not as it was when it was read, or one that was read is gone."""
        return any(done.get(path) != facts for path, facts in self.ready.items()) or bool(done.keys() - self.files)


class Watch:
    """Rounds of ingestion, one whenever the files under some paths have changed."""

    def __init__(
        self,
        paths: Sequence[Path],
        settings: Settings,
        *,
        every: float,
        remove_missing: bool = False,
        say: Callable[[str], None],
        progress: Progress,
    ) -> None:
        """Watches nothing yet, see `rounds`.

        Args:
            every: Seconds between two looks; a file that is the same in both has stopped changing.
            say: Called with a line when a round has to wait, once for each cause.
        """
        self._paths = paths
        self._settings = settings
        self._every = every
        self._remove_missing = remove_missing
        self._say = say
        self._progress = progress
        self._stop = threading.Event()
        self._last_said = ""

    def stop(self) -> None:
        """Ends the rounds after the article that is being stored. May be called from a signal handler."""
        self._stop.set()

    def rounds(self) -> Iterator[IngestReport]:
        """The reports of the rounds, the first at once, until `stop` is called.

        A library that another process writes or whose server does not answer is waited for, and so is a path that is
        not there.

        Raises:
            GroundwireError: As `ingest`, for everything else.
        """
        done: dict[Path, tuple[int, int, int]] = {}
        before: _Look | None = None
        is_first = True
        while not self._stop.is_set():
            started = time.monotonic()
            rest = self._every
            try:
                look = self._look(before)
                rest = max(rest, _REST_PER_LOOK * (time.monotonic() - started))
                if look.has_news(done) or (is_first and (before or look.is_settled)):
                    report = self._round(look)
                    done = {path: facts for path, facts in done.items() if path in look.files} | look.ready
                    is_first, self._last_said = False, ""
                    yield report
                before = look
            except (LibraryBusy, LibraryUnreachable, SourceError) as reason:
                self._say_once(f"waiting: {reason}")
            except Stopped:
                return
            self._stop.wait(rest)

    def _round(self, look: _Look) -> IngestReport:
        changing = [Skipped(printable(path), "still being written") for path in look.files.keys() - look.settled]
        items = read_articles(list(look.ready), self._settings, lambda name: self._advance(0, 0, f"reading {name}"))
        return ingest_articles(
            chain(look.skipped, changing, items),
            self._settings,
            remove_missing_under=self._paths if self._remove_missing else (),
            progress=self._advance,
        )

    def _advance(self, done: int, total: int, title: str) -> None:
        self._progress(done, total, title)
        if self._stop.is_set():
            raise Stopped

    def _look(self, before: _Look | None) -> _Look:
        """Looks at the files; the library's own are none of the news."""
        own = self._settings.library.resolve()
        files: dict[Path, tuple[int, int, int]] = {}
        skipped: list[Skipped] = []
        for found in find_files(self._paths):
            if isinstance(found, Skipped):
                if not Path(found.source).is_relative_to(own):
                    skipped.append(found)
            elif not found.path.is_relative_to(own) and (facts := _facts(found)):
                files[found.path] = facts
        long_ago = time.time_ns() - int(2e9 * self._every)
        known = before.files if before else {}
        settled = {path for path, facts in files.items() if facts == known.get(path) or facts[1] < long_ago}
        return _Look(files, frozenset(settled), tuple(skipped))

    def _say_once(self, line: str) -> None:
        if line != self._last_said:
            self._last_said = line
            self._say(line)


def _facts(file: SourceFile) -> tuple[int, int, int] | None:
    try:
        found = file.path.stat()
    except OSError:  # gone since it was listed
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
