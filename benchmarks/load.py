"""Chats that go on at once on a real page while articles are added to its library.

    python benchmarks/load.py [--chats N] [--seconds S] [--json]

Starts `python app.py` over a new library of invented articles and, beside it, `python -m ingest` again and again with
more of them. Every chat speaks to the page as a browser does (its queue, its session) about a subject of its own, each
question with a follow-up that only its own conversation explains, and begins anew after a few turns. What must hold:
no chat shows another's question, subject or search; no answer ends in an error; every article that was reported as
added is in the library, and those looked for are found on the page; the page's memory is flat. Exit code 1 where it
does not. Times are those of this machine with all that runs on it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

import httpx  # noqa: E402

from benchmarks.baselines.page_chats import ANSWER_SECONDS, Turn, chat, stories, town  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from rag.index.library import open_library  # noqa: E402

CHATS, SECONDS = 8, 300.0
BATCH = 25
"""Articles that one run of the ingest adds."""
LOOKED_FOR = 10
"""Added articles that the page is asked for at the end."""
MOST_GROWTH = 1.10
"""Memory of the last quarter over that of the second; the first is for warming up."""


# ------------------------------------------------------------------ the ingest beside them
def ingest(file: Path, library: Path) -> dict[str, Any]:
    """One run of the command; the document it prints.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    command = [sys.executable, "-m", "ingest", str(file), "--library", str(library), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@dataclass(slots=True)
class Adding:
    """Articles of towns nobody asks about, added batch by batch.

    Attributes:
        acknowledged: Ids of those that a run reported as added.
    """

    folder: Path
    library: Path
    first_town: int
    acknowledged: list[str] = field(default_factory=list)
    runs: int = 0
    failures: list[str] = field(default_factory=list)

    def until(self, end: float) -> None:
        """One run after the other; each file is a new one."""
        told = (story for number in range(self.first_town, 160) for story in stories(number))
        while time.monotonic() < end:
            batch = [story.article for story, _ in zip(told, range(BATCH), strict=False)]
            if not batch:
                return
            file = self.folder / f"batch-{self.runs}.jsonl"
            write_articles(file, batch)
            self.runs += 1
            try:
                report = ingest(file, self.library)
            except subprocess.CalledProcessError as error:
                self.failures.append(error.stderr.strip()[-200:])
                continue
            if report["added"] != len(batch):
                self.failures.append(f"added {report['added']} of {len(batch)}")
            self.acknowledged += [article["id"] for article in batch]


def write_articles(file: Path, articles: Sequence[Mapping[str, str]]) -> None:
    """A JSONL file."""
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")


# ------------------------------------------------------------------ the page's process
@contextlib.contextmanager
def served(library: Path, log: Path) -> Iterator[tuple[str, int]]:
    """`python app.py` over a library: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "app.py"), "--library", str(library), "--port", str(port), "--llm", "none"]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=log.parent, env=_environment(), stdout=out, stderr=subprocess.STDOUT)
        site = f"http://127.0.0.1:{port}"
        try:
            _wait_until_ready(site, process, log)
            yield site, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _wait_until_ready(site: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{site}/healthz", timeout=5).status_code == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError(f"the page did not start: {log.read_text()[-500:]}")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GROUNDWIRE_", "OPENAI_"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


def watch(pid: int, until: float) -> list[float]:
    """Its memory every second."""
    seen = []
    while time.monotonic() < until:
        seen.append(megabytes(pid))
        time.sleep(1.0)
    return seen


# ------------------------------------------------------------------ the run
@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. Seconds are of one answer, queue included; memory is of the page's process, in MB."""

    chats: int
    seconds: float
    answers: int
    errors: int
    mixed: int
    right: int
    p50: float
    p95: float
    slowest: float
    memory_start: float
    memory_end: float
    memory_growth: float
    ingest_runs: int
    added: int
    lost: int
    not_found: int
    problems: list[str]

    @property
    def holds(self) -> bool:
        """True when nothing was mixed up, lost or failed, and memory is flat."""
        whole = not (self.errors or self.mixed or self.lost or self.not_found or self.problems)
        return whole and self.answers > 0 and self.memory_growth <= MOST_GROWTH


def run(folder: Path, chats: int, seconds: float) -> Result:
    """Everything at once, then the count."""
    library = folder / "library"
    base = [story.article for number in range(chats) for story in stories(number)]
    write_articles(folder / "base.jsonl", base)
    ingest(folder / "base.jsonl", library)
    names = [town(number) for number in range(chats)]
    turns: dict[int, list[Turn]] = {}
    memory: list[float] = []
    with served(library, folder / "log") as (site, pid):
        until = time.monotonic() + seconds
        adding = Adding(folder, library, first_town=chats)

        def talk(number: int) -> None:
            turns[number] = chat(site, number, [n for n in names if n != names[number]], until)

        threads = [threading.Thread(target=talk, args=(number,)) for number in range(chats)]
        threads += [
            threading.Thread(target=lambda: adding.until(until)),
            threading.Thread(target=lambda: memory.extend(watch(pid, until))),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        some = adding.acknowledged[:: max(1, len(adding.acknowledged) // LOOKED_FOR)]
        missing = [id for id in some if not _is_found(site, id)]
    return counted([t for one in turns.values() for t in one], memory, adding, missing, chats, seconds)


def _is_found(site: str, id: str) -> bool:
    """True when the running page answers from an article, whose id is its town and work."""
    name, _, work = id.partition("-")
    question = f"How many crowns did the new {work} of {name.title()} cost?"
    answer = httpx.post(f"{site}/ask", json={"question": question}, timeout=ANSWER_SECONDS).json()
    return any(citation["article_id"] == id for citation in answer.get("citations", []))


def counted(
    turns: Sequence[Turn], memory: Sequence[float], adding: Adding, missing: Sequence[str], chats: int, seconds: float
) -> Result:
    """What all chats, the memory and the library show at the end."""
    stored = {head.id for head in open_library(adding.library).heads()}
    spent = sorted(turn.seconds for turn in turns)
    quarter = max(len(memory) // 4, 1)
    start, end = statistics.mean(memory[quarter : 2 * quarter] or memory), statistics.mean(memory[-quarter:])
    problems = [turn.error or turn.mixed or "" for turn in turns if turn.error or turn.mixed][:5] + adding.failures[:5]
    return Result(
        chats=chats,
        seconds=seconds,
        answers=len(turns),
        errors=sum(turn.error is not None for turn in turns),
        mixed=sum(turn.mixed is not None for turn in turns),
        right=sum(turn.right for turn in turns),
        p50=round(spent[len(spent) // 2], 2),
        p95=round(spent[int(len(spent) * 0.95)], 2),
        slowest=round(spent[-1], 2),
        memory_start=round(start, 1),
        memory_end=round(end, 1),
        memory_growth=round(end / start, 3),
        ingest_runs=adding.runs,
        added=len(adding.acknowledged),
        lost=len(set(adding.acknowledged) - stored),
        not_found=len(missing),
        problems=problems,
    )


def report(result: Result) -> str:
    """The result as a Markdown table."""
    r = result
    rows = [
        (f"answers to {r.chats} chats in {r.seconds:.0f} s", f"{r.answers}, {r.right} of them hold what was asked for"),
        ("errors; turns of another chat", f"{r.errors}; {r.mixed}"),
        ("seconds of an answer: median, 95 %, slowest", f"{r.p50}, {r.p95}, {r.slowest}"),
        ("articles added meanwhile, runs", f"{r.added}, {r.ingest_runs}"),
        ("of them lost; not found on the page", f"{r.lost}; {r.not_found}"),
        ("memory of the page, second and last quarter", f"{r.memory_start} MB, {r.memory_end} MB ({r.memory_growth})"),
        ("holds", "yes" if r.holds else f"NO: {'; '.join(r.problems) or 'memory grows'}"),
    ]
    return "\n".join(["| | |", "|-|-|", *(f"| {name} | {value} |" for name, value in rows)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print. Returns 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=CHATS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    print(describe_machine("gradio"), file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        result = run(Path(folder), options.chats, options.seconds)
    print(json.dumps({"schema": 1, **asdict(result), "holds": result.holds}) if options.json else report(result))
    return int(not result.holds)


if __name__ == "__main__":
    sys.exit(main())
