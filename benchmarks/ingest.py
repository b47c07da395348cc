"""Measures bringing articles into a library, against the usual LlamaIndex way.

    python benchmarks/ingest.py [--articles N]

Both read the first N articles of news-dev from the same file and embed with the same model; each runs in a
process of its own, one after the other. Groundwire: `python -m ingest FILE`, the command as it is. LlamaIndex:
Documents, SentenceSplitter(512), HuggingFaceEmbedding, VectorStoreIndex on Chroma. Loading the model is timed
apart, as `start`, for LlamaIndex with its imports; the peak of memory is that of the process until the library
is complete. Needs ../shared/data.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from benchmarks.baselines.embedded_share import Piece, embedded_share  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from ingest import indexing  # noqa: E402
from ingest.__main__ import main as ingest  # noqa: E402
from rag.embedder import Embedder  # noqa: E402
from rag.index.sqlite_store import SqliteStore  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "news-dev" / "articles.jsonl.gz"
PACKAGES = ("chromadb", "llama-index-core", "sentence-transformers", "onnxruntime")


@dataclass(slots=True)
class Measured:
    """One system's figures: seconds of wall clock and of all processors, MB = 10^6 bytes, share in 0..1."""

    articles: int = 0
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: {"start": 0.0})
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    disk_mb: float = 0.0
    embedded: float = 0.0

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Adds the seconds of a stage: "start", "build" or "again"."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began

    def finish_build(self) -> None:
        """Takes the processor time and the peak of memory of this process so far."""
        self.cpu_seconds = time.process_time()
        self.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


# ------------------------------------------------------------------ the two systems
def measure_groundwire(file: Path, directory: Path) -> Measured:
    """Into a new library, then again unchanged."""
    measured = Measured()
    with _timing_start(measured), measured.timing("build"):
        report = _ingest(file, directory)
    measured.seconds["build"] -= measured.seconds["start"]
    measured.finish_build()
    measured.articles, measured.passages = report["articles"], report["passages"]
    measured.disk_mb = _megabytes(directory)
    with measured.timing("again"):
        _ingest(file, directory)
    with closing(SqliteStore(directory)) as store:
        found = [(stored.passage, stored.article.title) for stored in store.passages_since(-1)]
        articles = {known.id: store.article(known.id) for known in store.known_articles()}
    pieces = [Piece(p.article_id, p.start, p.end, f"{title}. ") for p, title in found]
    measured.embedded = embedded_share({key: a.text for key, a in articles.items() if a}, pieces)
    return measured


def _ingest(file: Path, directory: Path) -> dict[str, Any]:
    """Runs the command in this process and gives its report."""
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        code = ingest([str(file), "--library", str(directory), "--json"])
    if code:
        raise RuntimeError(f"the command ended with exit code {code}")
    printed.seek(0)
    return dict(json.load(printed))


@contextmanager
def _timing_start(measured: Measured) -> Iterator[None]:
    """Takes the seconds in which the command opens the engine that embeds; it opens one only when it needs it."""
    names = ("open_bulk_embedder", "open_embedder")
    openings = {name: getattr(indexing, name) for name in names}

    def timed(opening: Callable[[str], Embedder]) -> Callable[[str], Embedder]:
        def open_timed(model: str) -> Embedder:
            with measured.timing("start"):
                return opening(model)

        return open_timed

    for name in names:
        setattr(indexing, name, timed(openings[name]))
    try:
        yield
    finally:
        for name in names:
            setattr(indexing, name, openings[name])


def measure_llamaindex(file: Path, directory: Path) -> Measured:
    """Into a new Chroma directory, then again with a docstore that knows every document."""
    measured = Measured()
    with measured.timing("start"):
        from benchmarks.baselines import llamaindex as baseline  # not at the top: Groundwire's process would load it

        embedding = baseline.open_embedding()
        embedding.get_text_embedding("warm")
    with measured.timing("build"):
        documents = baseline.read_documents(file)
        nodes = baseline.split(documents)
        baseline.build_index(nodes, directory, embedding)
    measured.finish_build()
    measured.articles, measured.passages = len(documents), len(nodes)
    measured.disk_mb = _megabytes(directory)
    remembered = file.with_name("docstore.json")
    baseline.remember(documents, remembered)
    with measured.timing("again"):
        made = baseline.run_again(remembered, file, directory, embedding)
    if made:
        raise RuntimeError(f"the docstore did not recognise {made} nodes")
    texts = {document.id_: document.text for document in documents}
    measured.embedded = embedded_share(texts, baseline.embedded_pieces(nodes, documents))
    return measured


def _megabytes(directory: Path) -> float:
    return sum(f.stat().st_size for f in directory.rglob("*") if f.is_file()) / 1e6


# ------------------------------------------------------------------ report
ROWS: tuple[tuple[str, str, Callable[[Measured], float]], ...] = (
    ("articles", ".0f", lambda m: m.articles),
    ("passages", ".0f", lambda m: m.passages),
    ("seconds", ".1f", lambda m: m.seconds["build"]),
    ("processor seconds, start included", ".1f", lambda m: m.cpu_seconds),
    ("articles/s", ".2f", lambda m: m.articles / m.seconds["build"]),
    ("passages/s", ".1f", lambda m: m.passages / m.seconds["build"]),
    ("share of the text embedded", ".3f", lambda m: m.embedded),
    ("articles/s x share embedded", ".2f", lambda m: m.embedded * m.articles / m.seconds["build"]),
    ("peak memory, MB", ".0f", lambda m: m.peak_mb),
    ("disk, MB", ".1f", lambda m: m.disk_mb),
    ("start, s", ".2f", lambda m: m.seconds["start"]),
    ("unchanged again, s", ".2f", lambda m: m.seconds["again"]),
)


def table(ours: Measured, theirs: Measured) -> str:
    """A Markdown table with the ratio of each figure."""
    lines = ["| | Groundwire | LlamaIndex | ratio |", "|-|-:|-:|-:|"]
    for name, form, figure in ROWS:
        a, b = figure(ours), figure(theirs)
        lines.append(f"| {name} | {a:{form}} | {b:{form}} | {f'{a / b:.2f}' if b else '-'} |")
    return "\n".join(lines)


def measure_both(articles: Sequence[str]) -> tuple[Measured, Measured]:
    """Groundwire and LlamaIndex on JSONL lines, each in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(articles), encoding="utf-8")
        results = []
        for number, measure in enumerate((measure_groundwire, measure_llamaindex)):
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                results.append(process.submit(measure, file, Path(folder) / str(number)).result())
        return results[0], results[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Returns 1 when the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300, metavar="N", help="the first N (default 300)")
    parser.add_argument("--data", type=Path, default=DATA, help="JSONL, gzipped")
    options = parser.parse_args(arguments)
    if not options.data.is_file():
        print(f"{options.data} is absent: there are no articles to ingest; name a file with --data", file=sys.stderr)
        return 1
    with gzip.open(options.data, "rt", encoding="utf-8") as lines:
        articles = list(islice(lines, options.articles))
    print(f"First {len(articles)} articles of {options.data.parent.name}, one run. {describe_machine(*PACKAGES)}\n")
    print(table(*measure_both(articles)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
