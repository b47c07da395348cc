"""Two app servers and a writer over one PostgreSQL and one Chroma server: is what was stored found by both, and when?

    python benchmarks/cluster.py
    python benchmarks/cluster.py --seconds 30 --batch 2 --json cluster.json

Starts PostgreSQL, `chroma run` and two processes of `python app.py`, each with a folder of caches of its own, in a
passing folder and on loopback. Then `python -m ingest` adds small batches of invented articles, one run after the
other, and each app server is asked (`POST /ask`) for the word that only that article has, from the moment its
transaction was committed until its passage comes. Delays are counted from that moment, when an article is safe and the
Python API acknowledges it, and from the report that the command prints at its end. It holds when no article is missing,
no question or run failed, everything was found within 2 s of its commit, both app servers count every article, and the
Chroma server agrees with the store. Exit code 1 where it does not. Each app server is asked one question at a time, so
a delay has the answers before it in it, and whatever else runs on the machine: read it with the load.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

import psycopg  # noqa: E402
from pydantic import SecretStr  # noqa: E402

from benchmarks.baselines.app_servers import Asking, app_server, article, articles_of  # noqa: E402
from benchmarks.baselines.servers import chroma_server  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from rag.index.health import check_library  # noqa: E402
from rag.index.opening import open_store  # noqa: E402
from rag.index.place import Place  # noqa: E402
from tests.postgres_server import PostgresServer, binaries  # noqa: E402

SOON = 2.0
"""Seconds within which a committed article must be found."""
_LOOK_SECONDS = 0.05


# ------------------------------------------------------------------ the writer
@dataclass(slots=True)
class Adding:
    """Runs of `python -m ingest`, one after the other.

    Attributes:
        stored: When each article was first seen in the database, counted from the look before.
        reported: When the report came that acknowledged it.
    """

    folder: Path
    environment: Mapping[str, str]
    batch: int
    stored: dict[str, float] = field(default_factory=dict)
    reported: dict[str, float] = field(default_factory=dict)
    runs: int = 0
    failures: list[str] = field(default_factory=list)

    def until(self, end: float) -> None:
        """At least one run."""
        while not self.runs or time.monotonic() < end:
            self.add(range(self.runs * self.batch, (self.runs + 1) * self.batch))

    def add(self, numbers: Sequence[int]) -> None:
        """One run, as a command."""
        batch = [article(number) for number in numbers]
        file = self.folder / f"batch-{self.runs}.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in batch), encoding="utf-8")
        self.runs += 1
        command = [sys.executable, "-m", "ingest", str(file), "--library", str(self.folder / "writer"), "--json"]
        done = subprocess.run(command, cwd=ROOT, env=dict(self.environment), capture_output=True, text=True)
        now = time.monotonic()
        if done.returncode or json.loads(done.stdout)["added"] != len(batch) or "WARNING" in done.stderr:
            self.failures.append(f"exit code {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
        else:
            self.reported.update((line["id"], now) for line in batch)

    def watch(self, url: str, askings: Sequence[Asking], done: threading.Event) -> None:
        """Passes on each article as soon as its transaction can be seen in the database."""
        last, looked = 0, time.monotonic()
        with psycopg.connect(url, autocommit=True) as connection:
            while True:
                ended, before, looked = done.is_set(), looked, time.monotonic()
                query = "SELECT number, id FROM articles WHERE number > %s ORDER BY number"
                for number, id in connection.execute(query, [last]).fetchall():
                    self.stored[id], last = before, number
                    for asking in askings:
                        asking.add(id)
                if ended:
                    break
                time.sleep(_LOOK_SECONDS)
        for asking in askings:
            asking.add(None)


# ------------------------------------------------------------------ the run
@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds until an app server showed an article, of all articles."""

    median: float
    p95: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Delay:
        """Rounded; what was found before its report took no time."""
        ordered = sorted(max(0.0, s) for s in seconds) or [0.0]
        picked = (statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))], ordered[-1])
        return cls(*(round(value, 3) for value in picked))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. Delays are of each app server."""

    seconds: float
    runs: int
    acknowledged: int
    found: tuple[int, ...]
    since_stored: tuple[Delay, ...]
    since_reported: tuple[Delay, ...]
    late: int
    counted: tuple[int | None, ...]
    load: tuple[float, float]
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True when every acknowledged article was found by every app server, soon, and nothing failed."""
        whole = all(count == self.acknowledged for count in (*self.found, *self.counted))
        return whole and self.acknowledged > 0 and not self.late and not self.problems


def run(folder: Path, seconds: float, batch: int) -> Result:
    """Starts everything, adds and asks, and counts."""
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        url = stack.enter_context(PostgresServer(binaries())).new_database()
        vectors = stack.enter_context(chroma_server(folder / "chroma"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GROUNDWIRE_", "OPENAI_"))}
        environment = kept | {"PYTHONPATH": str(ROOT), "GROUNDWIRE_STORE": url, "GROUNDWIRE_VECTORS": vectors}
        adding = Adding(folder, environment, batch)
        adding.add(range(batch))  # an app server wants a library
        askings = [Asking(stack.enter_context(app_server(folder / name, environment))) for name in ("a", "b")]
        done = threading.Event()
        threads = [threading.Thread(target=asking.run) for asking in askings]
        threads.append(threading.Thread(target=adding.watch, args=(url, askings, done)))
        for thread in threads:
            thread.start()
        first = set(adding.reported)  # were there before the app servers
        try:
            adding.until(time.monotonic() + seconds)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        counted = tuple(articles_of(asking.site) for asking in askings)
        problems = [*adding.failures, *(error for asking in askings for error in asking.errors)]
        problems += disagreements(Place(folder / "writer", SecretStr(url), vectors))
    return result(adding, askings, first, counted, problems, seconds, load)


def disagreements(place: Place) -> list[str]:
    """What `python -m rag doctor` would find, the Chroma server included."""
    with closing(open_store(place)) as store:
        return [f"{finding.part}: {finding.problem}" for finding in check_library(store, thorough=True)]


def result(
    adding: Adding,
    askings: Sequence[Asking],
    first: set[str],
    counted: tuple[int | None, ...],
    problems: Sequence[str],
    seconds: float,
    load: float,
) -> Result:
    """Counts; delays are of the articles that came while both app servers ran."""
    stored = tuple(_delays(asking, adding.stored, first) for asking in askings)
    reported = tuple(_delays(asking, adding.reported, first) for asking in askings)
    return Result(
        seconds=seconds,
        runs=adding.runs,
        acknowledged=len(adding.reported),
        found=tuple(sum(id in asking.found for id in adding.reported) for asking in askings),
        since_stored=tuple(map(Delay.of, stored)),
        since_reported=tuple(map(Delay.of, reported)),
        late=sum(delay > SOON for delays in stored for delay in delays),
        counted=counted,
        load=(round(load, 1), round(os.getloadavg()[0], 1)),
        problems=tuple(problems),
    )


def _delays(asking: Asking, since: Mapping[str, float], first: set[str]) -> list[float]:
    return [asking.found[id] - at for id, at in since.items() if id in asking.found and id not in first]


# ------------------------------------------------------------------ command
def report(result: Result) -> str:
    """The result as a Markdown table."""
    r = result
    rows = [
        (f"acknowledged in {r.seconds:.0f} s, by so many runs", f"{r.acknowledged}", f"{r.runs}"),
        ("found", *map(str, r.found)),
        ("counted by /healthz", *map(str, r.counted)),
        ("s after it was committed: median, 95 %, longest", *map(_words, r.since_stored)),
        ("s after it was reported", *map(_words, r.since_reported)),
        (f"found later than {SOON:.0f} s after the commit", f"{r.late}", ""),
        ("load at start and end", *map(str, r.load)),
        ("holds", "yes" if r.holds else f"NO: {'; '.join(r.problems[:5])}", ""),
    ]
    return "\n".join(["| | A | B |", "|-|-|-|", *(f"| {' | '.join(row)} |" for row in rows)])


def _words(delay: Delay) -> str:
    return f"{delay.median:.2f}, {delay.p95:.2f}, {delay.most:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print. Returns 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=180.0, help="of adding (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=3, help="articles of one run of the writer (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="writes the figures there too")
    options = parser.parse_args(arguments)
    print(f"{describe_machine('gradio', 'chromadb', 'psycopg')}\n", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = run(Path(folder), options.seconds, options.batch)
    if options.json:
        options.json.write_text(json.dumps({"schema": 1, **asdict(found), "holds": found.holds}, indent=1))
    print(report(found))
    return int(not found.holds)


if __name__ == "__main__":
    sys.exit(main())
