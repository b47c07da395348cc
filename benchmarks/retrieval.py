"""Measures finding the right article, against its own stages and LlamaIndex's retrievers.

    python benchmarks/retrieval.py [--set NAME ...] [--library NAME=DIR ...] [--no-baselines] [--no-speed]

Sets: news-dev, paraphrased, nq and, when its library is there, news-large; each in the same way, one after the other.
Hits and MRR count articles, over answerable questions: copies of a story are one, `maybe_support` is neither hit nor
miss. Intervals: 95 %, cases of one gold article taken together. Every system returns 50 passages; Groundwire at most
three of a story. LlamaIndex searches the same passages by the vectors that the library stores: nothing is embedded
again but the question. Questions are asked warm, twice, system by system; the faster time counts.
news-large is left out unless its library is given: --set news-large --library news-large=DIR. On its 256,000 passages
LlamaIndex's indexes take minutes to build and some 20 KB of memory a passage; --no-baselines does without them.
hit@10 on news-large is printed a second time with the articles that were judged by reading (retrieval_judgements.py).
Needs ../shared/data.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does, before numpy is loaded

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from benchmarks.baselines import llamaindex as baseline  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from benchmarks.rankings import ranking_evidence  # noqa: E402
from benchmarks.retrieval_judgements import check_judgements, judged_table, load_judgements, rescore  # noqa: E402
from benchmarks.retrieval_sets import BIG, DATA, SETS, QuestionSet, answerable, make_library  # noqa: E402
from benchmarks.retrieval_speed import cold, warm  # noqa: E402
from eval.cases import GoldCase  # noqa: E402
from eval.metrics.catalog import BY_NAME  # noqa: E402
from eval.outcomes import Outcome  # noqa: E402
from eval.paired import compare_paired, holm  # noqa: E402
from eval.scoring import cluster_of  # noqa: E402
from eval.statistics import Summary, summarise  # noqa: E402
from eval.support import find_support, refuse_foreign_library  # noqa: E402
from rag.embedder import open_embedder  # noqa: E402
from rag.errors import GroundwireError  # noqa: E402
from rag.index.caches import INDEX_DIRECTORY  # noqa: E402
from rag.index.exact import ExactVectors  # noqa: E402
from rag.index.keywords import Keywords  # noqa: E402
from rag.index.library import Library, open_library  # noqa: E402
from rag.retrieval import Retriever  # noqa: E402
from rag.settings import Settings, load_settings  # noqa: E402

QUALITY = ("hit@1", "hit@3", "hit@5", "hit@10", "mrr")
LATENCY = ("latency_p50", "latency_p95")
OURS = "Groundwire"
JUDGED_SET = "news-large"
READ = (OURS, f"{OURS}, keywords alone", f"{OURS}, vectors alone")
"""Systems whose misses on the judged set were read, all of them."""
DEPTH = 50
ROUNDS, WARM_UP = 2, 5
SPEED_QUESTIONS = 100
PACKAGES = ("chromadb", "tantivy", "bm25s", "llama-index-core", "sentence-transformers", "onnxruntime")

Search = Callable[[GoldCase], list[str]]
"""A case → ids of the articles of the passages found, best first."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One system: ids of the articles it found and outcome of every metric, for each case."""

    name: str
    rankings: list[list[str]]
    outcomes: dict[str, list[Outcome]]


# ------------------------------------------------------------------ systems
def groundwire_systems(library: Library, settings: Settings) -> dict[str, Search]:
    """The product's retriever, the same with each stage taken away, and its two rankings alone."""
    embedder = open_embedder(settings.embedding_model)
    keywords = Keywords(library.directory / INDEX_DIRECTORY / "keywords")
    dense = ExactVectors(library.directory / INDEX_DIRECTORY / "vectors")
    if not (keywords.open(library.store) and dense.open(library.store)):
        raise RuntimeError(f"the indexes of {library.directory} are not up to date")

    def retriever(**changed: Any) -> Search:
        searching = Retriever(library, embedder, settings.model_copy(update=changed))
        return lambda case: [
            r.passage.article_id for r in searching.retrieve(case.question, date=case.question_date, k=DEPTH)
        ]

    def undated(case: GoldCase) -> list[str]:
        return [r.passage.article_id for r in plain.retrieve(case.question, k=DEPTH)]

    def articles(ranking: Sequence[tuple[int, float]]) -> list[str]:
        stored = library.passages([number for number, _ in ranking])
        return [stored[number].article.id for number, _ in ranking]

    plain = Retriever(library, embedder, settings)
    return {
        OURS: retriever(),
        f"{OURS}, not reading for coverage": retriever(coverage_weight=0.0, coverage_depth=0),
        f"{OURS}, blind to time": retriever(date_weight=0.0),
        f"{OURS}, date of asking not given": undated,
        f"{OURS}, vectors alone": lambda case: articles(dense.search(embedder.embed([case.question])[0], DEPTH)),
        f"{OURS}, keywords alone": lambda case: articles(keywords.search(case.question, DEPTH)),
    }


def llamaindex_systems(library: Library, folder: Path) -> dict[str, Search]:
    """The baselines over Groundwire's passages and stored vectors."""
    nodes = baseline.passage_nodes(library.store)
    retrievers = baseline.build_retrievers(nodes, folder, baseline.open_embedding(), DEPTH)

    def search(name: str) -> Search:
        return lambda case: [str(found.node.ref_doc_id) for found in retrievers[name].retrieve(case.question)]

    return {name: search(name) for name in retrievers}


# ------------------------------------------------------------------ measuring
def measure(systems: dict[str, Search], cases: Sequence[GoldCase], library: Library) -> list[Measured]:
    """Every system on every case; systems take turns so that a slow spell meets all of them."""
    seconds = {name: [float("inf")] * len(cases) for name in systems}
    found: dict[str, list[list[str]]] = {name: [] for name in systems}
    for _ in range(ROUNDS):
        for name, search in systems.items():
            for case in cases[:WARM_UP]:
                search(case)
            found[name] = []
            for number, case in enumerate(cases):
                began = time.perf_counter()
                found[name].append(search(case))
                seconds[name][number] = min(seconds[name][number], time.perf_counter() - began)
    return [Measured(name, found[name], score(cases, found[name], seconds[name], library)) for name in systems]


def score(
    cases: Sequence[GoldCase], found: Sequence[list[str]], seconds: Sequence[float], library: Library
) -> dict[str, list[Outcome]]:
    """The evaluation's own metrics on rankings of articles."""
    supports = [find_support(case, library) for case in cases]
    refuse_foreign_library(supports)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in (*QUALITY, *LATENCY)}
    for case, support, ids, spent in zip(cases, supports, found, seconds, strict=True):
        evidence = ranking_evidence(case, ids, library, support=support, seconds=spent)
        for name, of_metric in outcomes.items():
            of_metric.append(BY_NAME[name].score(evidence))
    return outcomes


# ------------------------------------------------------------------ report
def table(measured: Sequence[Measured], clusters: Sequence[str]) -> str:
    """A Markdown table: quality with intervals, latency, and how many times Groundwire's latency it is."""
    lines = [f"| | {' | '.join(QUALITY)} | p50 ms | p95 ms | p50, x |", "|-" * (len(QUALITY) + 4) + "|"]
    ours = _figure(measured[0], "latency_p50", clusters).value or 1.0
    for m in measured:
        quality = [_with_interval(_figure(m, name, clusters)) for name in QUALITY]
        p50, p95 = (_figure(m, name, clusters).value or 0.0 for name in LATENCY)
        lines.append(f"| {m.name} | {' | '.join(quality)} | {1000 * p50:.1f} | {1000 * p95:.1f} | {p50 / ours:.2f} |")
    return "\n".join(lines)


def _figure(measured: Measured, metric: str, clusters: Sequence[str]) -> Summary:
    return summarise(BY_NAME[metric], measured.outcomes[metric], clusters)


def _with_interval(summary: Summary) -> str:
    if summary.value is None:
        return "-"
    bounds = f" ({summary.interval.low:.2f}-{summary.interval.high:.2f})" if summary.interval else ""
    return f"{summary.value:.3f}{bounds}"


def comparison(measured: Sequence[Measured], clusters: Sequence[str]) -> str:
    """Groundwire against the best of the others in each metric: paired permutation tests, Holm-adjusted.

    The opponent is chosen after the fact, metric by metric, in its favour; stages taken away are not opponents.
    """
    others = [m for m in measured[1:] if not m.name.startswith(OURS) or m.name.endswith(" alone")]
    pairs = []
    for name in QUALITY:
        best = max(others, key=lambda m: _figure(m, name, clusters).value or 0.0)
        test = compare_paired(BY_NAME[name], best.outcomes[name], measured[0].outcomes[name], clusters)
        if test and test.p is not None:
            pairs.append((name, best.name, test, test.p))
    lines = [f"{OURS} against the best of the others in each metric, paired by question:", ""]
    lines += ["| | best other | difference | 95 % interval | p | p (Holm) | n |", "|-|-|-|-|-|-|-|"]
    for (name, best_name, test, p), adjusted in zip(pairs, holm([p for *_, p in pairs]), strict=True):
        bounds = f"{test.interval.low:+.3f} to {test.interval.high:+.3f}" if test.interval else "-"
        difference = f"{test.difference:+.3f} | {bounds} | {p:.4f} | {adjusted:.4f} | {test.pairs}"
        lines.append(f"| {name} | {best_name} | {difference} |")
    return "\n".join(lines)


def judged(measured: Sequence[Measured], cases: Sequence[GoldCase], library: Library, clusters: Sequence[str]) -> str:
    """hit@10 with the judged articles, or why it cannot be had."""
    try:
        pairs = load_judgements()
        check_judgements(pairs, cases, library)
    except GroundwireError as error:
        return f"Judged articles are left out: {error}"
    systems = [rescore(m.name, m.rankings, cases, pairs, library) for m in measured if m.name in READ]
    return judged_table(systems, pairs, clusters)


# ------------------------------------------------------------------ command
def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=sorted(SETS), action="append", dest="sets", help="repeatable")
    parser.add_argument("--library", action="append", default=[], metavar="NAME=DIR", help="a library, used as it is")
    parser.add_argument("--no-baselines", action="store_true", help="Groundwire alone")
    parser.add_argument("--no-speed", action="store_true", help="no times of filtered and cold searches")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Returns 1 when the data is absent or no library is usable."""
    options = _options(arguments)
    if not DATA.is_dir():
        print(f"{DATA} is absent: there are no questions to ask", file=sys.stderr)
        return 1
    print(f"{describe_machine(*PACKAGES)}\n", flush=True)
    libraries = dict(pair.split("=", 1) for pair in options.library)
    names = options.sets or [name for name in SETS if name != "news-small"]
    done = [_measure_set(SETS[name], libraries.get(SETS[name].library), options) for name in names]
    return 0 if any(done) else 1


def _measure_set(chosen: QuestionSet, given: str | None, options: argparse.Namespace) -> bool:
    """Prints the figures of a set; False when its library cannot be had."""
    directory = Path(given) if given else ROOT / "runs" / "benchmarks" / f"{chosen.library}.lib"
    if chosen.library in BIG and not directory.is_dir():
        print(f"## {chosen.name}: left out. It takes hours to ingest; give --library {chosen.library}=DIR.\n")
        return False
    settings = load_settings(library=directory)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            if given is None and chosen.library not in BIG:
                make_library(chosen.library, directory, Path(scratch))
            library = open_library(directory)
            cases = answerable(chosen.load())
        except (GroundwireError, OSError, StopIteration) as error:
            print(f"{chosen.name}: {error}", file=sys.stderr)
            return False
        counts = library.counts()
        print(f"## {chosen.name}: {len(cases)} questions, {counts.articles} articles, {counts.passages} passages")
        print(f"\n({chosen.note})\n", flush=True)
        systems = groundwire_systems(library, settings)
        if not options.no_baselines:
            systems |= llamaindex_systems(library, Path(scratch) / "llamaindex")
        measured = measure(systems, cases, library)
    clusters = [cluster_of(case, "article") for case in cases]
    print(f"{table(measured, clusters)}\n\n{comparison(measured, clusters)}\n", flush=True)
    if chosen.name == JUDGED_SET:
        print(f"{judged(measured, cases, library, clusters)}\n", flush=True)
    if not options.no_speed:
        retriever = Retriever(library, open_embedder(settings.embedding_model), settings)
        print(
            f"{warm(retriever, library, cases[:SPEED_QUESTIONS])}\n\n{cold(directory, cases[0].question)}\n", flush=True
        )
    return True


if __name__ == "__main__":
    sys.exit(main())
