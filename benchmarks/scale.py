"""Measures building and searching libraries of 10,000 to a million passages, on SQLite or PostgreSQL.

    python benchmarks/scale.py --passages 10000 100000
    python benchmarks/scale.py --passages 1000000 --directory /big/disk --json scale.json
    python benchmarks/scale.py --passages 100000 --chroma server
    python benchmarks/scale.py --passages 100000 --store server
    python benchmarks/scale.py --passages 1000000 --store postgresql://... --copy-of /big/disk/1000000-none/library

The articles are the samples with other names and numbers, their vectors made-up neighbours of real ones (see
benchmarks/made_library.py); nothing is embedded but the questions. `--chroma server` starts `chroma run` on a free
port of this machine, `--store server` a PostgreSQL in a passing folder. `--copy-of` takes the rows of a library made
before, as `python -m rag library copy` does but without its proof. Each library is measured in a process of its own.
Searches are the product's: embedding of the question, both rankings, fusion, reading. Filters take turns; the faster
of two rounds counts.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does, before numpy is loaded

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

import psycopg  # noqa: E402

from benchmarks.baselines.servers import chroma_server  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from benchmarks.made_library import Sample, fill, made_articles, sample_articles, take_over  # noqa: E402
from benchmarks.retrieval_speed import filters_by_share  # noqa: E402
from rag.embedder import open_embedder  # noqa: E402
from rag.index.caches import (  # noqa: E402
    chroma_index,
    exact_vectors,
    keeps_chroma,
    keyword_index,
    update_server,
)
from rag.index.library import Library, open_library  # noqa: E402
from rag.index.place import Place  # noqa: E402
from rag.index.upkeep import finish_writing, writing  # noqa: E402
from rag.records import Filters  # noqa: E402
from rag.retrieval import Retriever  # noqa: E402
from rag.settings import Settings, load_settings  # noqa: E402
from tests.postgres_server import PostgresServer, binaries  # noqa: E402

QUESTIONS, ROUNDS, NEW_ARTICLES = 40, 2, 10
PACKAGES = ("chromadb", "numpy", "tantivy")


# ------------------------------------------------------------------ building
def build(
    settings: Settings, samples: list[list[Sample]], model: str, passages: int, copy_of: Path | None = None
) -> dict[str, float]:
    """Fills a new library and builds what searches it; seconds of each part."""
    seconds: dict[str, float] = {}

    @contextmanager
    def timing(part: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        seconds[part] = time.perf_counter() - began
        print(f"{passages} passages: {part} {seconds[part]:.1f} s", file=sys.stderr, flush=True)

    with writing(settings.place, create=True) as store:
        with timing("store" if copy_of is None else "store, copied"):
            if copy_of is None:
                fill(store, samples, model, passages)
            else:
                take_over(store, copy_of)
        with timing("vectors"):
            exact_vectors(store.directory).update(store)
        with timing("keywords"):
            keyword_index(store.directory).update(store)
        if keeps_chroma(store):
            with timing("chroma"):
                chroma_index(store.directory).update(store)
        elif settings.vectors != "none":
            with timing("chroma"):
                update_server(store)
        finish_writing(store)
    return seconds


# ------------------------------------------------------------------ measuring
def measure(settings: Settings, samples: list[list[Sample]], directory: Path) -> dict[str, Any]:
    """Sizes, memory, times of searches and of a new article."""
    library, embedder = open_library(settings.place), open_embedder(settings.embedding_model)
    retriever = Retriever(library, embedder, settings)
    began = time.perf_counter()
    retriever.retrieve("Which firms were named?")
    found: dict[str, Any] = {"first search s": time.perf_counter() - began}
    counts = library.counts()
    found |= {
        "articles": counts.articles,
        "passages": counts.passages,
        "disk MB": _disk(directory) | _tables(settings.place),
    }
    found["search ms"] = searches(retriever, library)
    found["server answers"] = bool(library._server and library._server.problem is None)
    found["visible s"], found["visible with the writer's end s"] = visible(library, settings.place, samples)
    found["memory MB"] = _memory()
    return found


def searches(retriever: Retriever, library: Library) -> dict[str, dict[str, float]]:
    """p50 and p95 of a search with each filter, in milliseconds."""
    lines = (ROOT / "samples" / "questions.jsonl").read_text().splitlines()
    questions = [json.loads(line)["question"] for line in lines][:QUESTIONS]
    filters = filters_by_share(library)
    best = {name: [float("inf")] * len(questions) for name in filters}
    for _ in range(ROUNDS):
        for number, question in enumerate(questions):
            for name, condition in filters.items():
                began = time.perf_counter()
                retriever.retrieve(question, filters=condition)
                best[name][number] = min(best[name][number], time.perf_counter() - began)
    return {
        name: {"p50": 1000 * statistics.median(times), "p95": 1000 * sorted(times)[int(0.95 * len(times))]}
        for name, times in best.items()
    }


def visible(library: Library, place: Place, samples: list[list[Sample]]) -> tuple[list[float], list[float]]:
    """Seconds from the commit of an article to the end of the first search that shows it.

    Of an open reader, while the writer goes on; and, for other articles, of the writer's own work at its end.
    """
    made = made_articles(samples, seed=int(time.time()))
    seen, ended = [], []
    with writing(place) as store:
        for _ in range(NEW_ARTICLES):
            article, rows = next(made)
            vector = rows[0][2]
            assert vector is not None
            store.put(article, b"", rows)
            began = time.perf_counter()
            while article.id not in _shown(library, vector):
                time.sleep(0.01)
            seen.append(time.perf_counter() - began)
        for _ in range(3):
            article, rows = next(made)
            store.put(article, b"", rows)
            began = time.perf_counter()
            finish_writing(store)
            ended.append(time.perf_counter() - began)
    return [min(seen), statistics.median(seen), max(seen)], [min(ended), statistics.median(ended), max(ended)]


def _shown(library: Library, vector: Any) -> set[str]:
    facts = library.candidates("which firms were named", vector, 100, Filters()).facts
    return {fact.article_id for fact in facts.values()}


def _disk(directory: Path) -> dict[str, float]:
    """Megabytes of the store's file and of each index."""
    parts = {"store": directory.glob("library.sqlite*")}
    parts |= {path.name: path.rglob("*") for path in (directory / "index").iterdir() if path.is_dir()}
    return {name: sum(f.stat().st_size for f in files if f.is_file()) / 1e6 for name, files in parts.items()}


def _tables(place: Place) -> dict[str, float]:
    """Megabytes of each table of a database with its indexes."""
    if place.store is None:
        return {}
    query = "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"
    with psycopg.connect(place.store.get_secret_value()) as connection:
        return {f"table {name}": size / 1e6 for name, size in connection.execute(query) if size > 100_000}


def _memory() -> dict[str, float]:
    """Megabytes of this process: its own, mapped files that are in memory, and the peak of both."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    names = {"own": "RssAnon", "mapped": "RssFile", "peak": "VmHWM"}
    return {name: int(lines[key].split()[0]) / 1000 for name, key in names.items()}


# ------------------------------------------------------------------ command
def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000], metavar="N")
    parser.add_argument("--directory", type=Path, help="where the libraries are made and kept; a passing folder if not")
    parser.add_argument("--store", help="postgresql:// URL of an empty database, for one size, or `server`")
    parser.add_argument("--copy-of", type=Path, metavar="DIR", help="library of that size whose rows are taken over")
    parser.add_argument("--chroma", choices=["none", "embedded", "server"], default="none")
    parser.add_argument("--json", type=Path, help="writes the figures there too")
    return parser.parse_args(arguments)


def measure_size(options: argparse.Namespace, passages: int, directory: Path) -> dict[str, Any]:
    """Builds a library, unless it is there, and measures it."""
    directory.mkdir(parents=True, exist_ok=True)
    samples, model = sample_articles(directory)
    with (
        chroma_server(directory / "server") if options.chroma == "server" else _no_server(options) as vectors,
        _database() if options.store == "server" else nullcontext(options.store) as store,
    ):
        settings = load_settings(library=directory / "library", store=store, vectors=vectors)
        if options.chroma == "embedded":
            settings = settings.model_copy(update={"vector_index": "chroma"})
        built = _apart(build, settings, samples, model, passages, options.copy_of) if not _is_made(settings) else {}
        measured: dict[str, Any] = _apart(measure, settings, samples, settings.library)
        return {"build s": built} | measured


@contextmanager
def _database() -> Iterator[str]:
    with PostgresServer(binaries()) as server:
        yield server.new_database()


@contextmanager
def _no_server(options: argparse.Namespace) -> Iterator[str | None]:
    yield "none" if options.chroma == "none" else None


def _is_made(settings: Settings) -> bool:
    return (settings.library / "index" / "keywords.json").exists()


def _apart(work: Any, *arguments: Any) -> Any:
    """Runs it in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def _table(figures: dict[str, dict[str, Any]]) -> str:
    lines = [f"| | {' | '.join(figures)} |", f"|-|{'-:|' * len(figures)}"]
    for name in dict.fromkeys(name for found in figures.values() for name in _flat(found)):
        cells = [_flat(found).get(name, "") for found in figures.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _flat(found: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Every figure under one name; of a list its least, middle and largest."""
    flat: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}: ")
        elif isinstance(value, list):
            flat[prefix + name] = " / ".join(f"{v:.3g}" for v in value)
        else:
            flat[prefix + name] = f"{value:.4g}" if isinstance(value, float) else str(value)
    return flat


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(arguments)
    print(f"{describe_machine(*PACKAGES)}\n", flush=True)
    figures: dict[str, dict[str, Any]] = {}
    for passages in options.passages:
        with tempfile.TemporaryDirectory() as scratch:
            directory = (
                options.directory or Path(scratch)
            ) / f"{passages}-{options.chroma}{'-postgresql' if options.store else ''}"
            figures[f"{passages:,}"] = measure_size(options, passages, directory)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    print(_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
