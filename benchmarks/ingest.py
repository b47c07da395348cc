"""Measures bringing articles into a library, against the usual LlamaIndex way.

    python benchmarks/ingest.py [--articles N]

Both read the first N articles of news-dev from the same file and embed with the same model; each runs in a
process of its own, one after the other. LlamaIndex: Documents, SentenceSplitter(512), HuggingFaceEmbedding,
VectorStoreIndex on Chroma. Imports and loading the model are timed apart, as `start`. Needs ../shared/data.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from benchmarks.baselines.embedded_share import Piece, embedded_share  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from ingest.indexing import ingest  # noqa: E402
from rag.embedder import open_embedder  # noqa: E402
from rag.index.store import Store  # noqa: E402
from rag.settings import load_settings  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "news-dev" / "articles.jsonl.gz"
PACKAGES = ("chromadb", "llama-index-core", "sentence-transformers", "onnxruntime")


@dataclass(slots=True)
class Measured:
    """One system's figures: seconds of wall clock and of all processors, MB = 10^6 bytes, share in 0..1."""

    articles: int = 0
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
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

    def finish_build(self, before: float) -> None:
        """Takes the processor time since `before` and the peak of memory so far."""
        self.cpu_seconds = time.process_time() - before
        self.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


# ------------------------------------------------------------------ the two systems
def measure_groundwire(file: Path, directory: Path) -> Measured:
    """Into a new library, then again unchanged."""
    measured = Measured()
    settings = load_settings(library=directory)
    with measured.timing("start"):
        open_embedder(settings.embedding_model).embed(["warm"])
    before = time.process_time()
    with measured.timing("build"):
        report = ingest([file], settings)
    measured.finish_build(before)
    measured.articles, measured.passages = report.articles, report.passages
    measured.disk_mb = _megabytes(directory)
    with measured.timing("again"):
        ingest([file], settings)
    store = Store(directory)
    found = [(stored.passage, stored.article.title) for stored in store.passages_since(-1)]
    articles = {known.id: store.article(known.id) for known in store.known_articles()}
    store.close()
    pieces = [Piece(p.article_id, p.start, p.end, f"{title}. ") for p, title in found]
    measured.embedded = embedded_share({key: a.text for key, a in articles.items() if a}, pieces)
    return measured


def measure_llamaindex(file: Path, directory: Path) -> Measured:
    """Into a new Chroma directory, then again with a docstore that knows every document."""
    measured = Measured()
    with measured.timing("start"):
        from benchmarks.baselines import llamaindex as baseline  # not at the top: Groundwire's process would load it

        embedding = baseline.open_embedding()
        embedding.get_text_embedding("warm")
    before = time.process_time()
    with measured.timing("build"):
        documents = baseline.read_documents(file)
        nodes = baseline.split(documents)
        baseline.build_index(nodes, directory, embedding)
    measured.finish_build(before)
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
    ("processor seconds", ".1f", lambda m: m.cpu_seconds),
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
