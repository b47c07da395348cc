"""How long a search takes, warm, with and without filters, and cold; and how much memory it takes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from eval.cases import GoldCase  # noqa: E402
from rag.index.library import Library  # noqa: E402
from rag.records import Filters  # noqa: E402
from rag.retrieval import Retriever  # noqa: E402

SHARES = (0.5, 0.05, 0.01)
ROUNDS, COLD_RUNS = 2, 3


def filters_by_share(library: Library) -> dict[str, Filters]:
    """No filter, the newest half, twentieth and hundredth of the articles, and single outlets of about those shares."""
    heads = library.heads()
    days = sorted(head.published for head in heads if head.published)
    outlets = Counter(head.outlet for head in heads if head.outlet)
    found = {"none": Filters()}
    for share in SHARES:
        if days:
            found[f"date, {share:.0%}"] = Filters(since=days[int((1 - share) * len(days))])
    for share in SHARES:
        if outlets:
            outlet = min(outlets, key=lambda name: abs(outlets[name] / len(heads) - share))
            found[f"outlet, {outlets[outlet] / len(heads):.1%}"] = Filters(outlets=(outlet,))
    return found


def warm(retriever: Retriever, library: Library, cases: Sequence[GoldCase]) -> str:
    """A Markdown table: milliseconds of a search with each filter, the faster of two; filters take turns."""
    filters = filters_by_share(library)
    wall = {name: [float("inf")] * len(cases) for name in filters}
    processor = {name: [float("inf")] * len(cases) for name in filters}
    for _ in range(ROUNDS):
        for number, case in enumerate(cases):
            for name, condition in filters.items():
                began, busy = time.perf_counter(), time.process_time()
                retriever.retrieve(case.question, filters=condition, date=case.question_date)
                wall[name][number] = min(wall[name][number], time.perf_counter() - began)
                processor[name][number] = min(processor[name][number], time.process_time() - busy)
    lines = ["| filter | p50 ms | p95 ms | p50, x of none | processor ms, p50 |", "|-|-:|-:|-:|-:|"]
    none = statistics.median(wall["none"])
    for name, seconds in wall.items():
        p50, p95 = statistics.median(seconds), sorted(seconds)[int(0.95 * len(seconds))]
        busy = 1000 * statistics.median(processor[name])
        lines.append(f"| {name} | {1000 * p50:.1f} | {1000 * p95:.1f} | {p50 / none:.2f} | {busy:.1f} |")
    return "\n".join(lines)


def cold(directory: Path, question: str) -> str:
    """Wall and processor time of `python -m rag search` in a new process, the best of three, and its peak memory."""
    command = [sys.executable, "-c", _SEARCH, "search", question, "--library", str(directory), "--json"]
    runs = []
    for _ in range(COLD_RUNS):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        processor, kilobytes = map(float, done.stderr.split()[-2:])
        runs.append((time.perf_counter() - began, processor, kilobytes / 1024))
    wall, processor, memory = (min(values) for values in zip(*runs, strict=True))
    return f"cold `python -m rag search`: {wall:.2f} s, {processor:.2f} s of processor time, at most {memory:.0f} MB"


_SEARCH = """
import sys, time
from rag.__main__ import main
main(sys.argv[1:])
[peak] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(time.process_time(), peak, file=sys.stderr)
"""
"""What `python -m rag` does, then its processor seconds and the peak of its own memory in kB, without its parent's."""
