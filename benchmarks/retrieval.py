"""Measures finding the right article, against its own two legs and LlamaIndex's retrievers.

    python benchmarks/retrieval.py [--set news-small|news-dev] [--library DIR] [--chunks groundwire|llamaindex]

Hits and MRR count articles, over answerable questions: copies of a story are one, `maybe_support` is neither
hit nor miss. Intervals: 95 %, cases of one gold article taken together. Groundwire returns 20 passages, at most
three of a story; the others 50. LlamaIndex searches the same passages by the same vectors unless told to cut and
embed its own chunks. Questions are asked warm, twice, system by system; the faster time counts.
Needs ../shared/data.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from benchmarks.baselines import llamaindex as baseline  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from eval.cases import GoldCase, load_cases  # noqa: E402
from eval.evidence import gather  # noqa: E402
from eval.judgements import Judgement  # noqa: E402
from eval.metrics.catalog import BY_NAME  # noqa: E402
from eval.outcomes import Outcome  # noqa: E402
from eval.paired import compare_paired, holm  # noqa: E402
from eval.scoring import cluster_of  # noqa: E402
from eval.statistics import Summary, summarise  # noqa: E402
from eval.support import find_support, refuse_foreign_library  # noqa: E402
from ingest.indexing import ingest  # noqa: E402
from rag.answer_records import Answer, Method  # noqa: E402
from rag.embedder import open_embedder  # noqa: E402
from rag.errors import GroundwireError  # noqa: E402
from rag.index.keywords import Keywords  # noqa: E402
from rag.index.library import INDEX_DIRECTORY, Library, open_library  # noqa: E402
from rag.index.vectors import ChromaVectors  # noqa: E402
from rag.records import ArticleHead, Passage, Retrieved  # noqa: E402
from rag.retrieval import Retriever  # noqa: E402
from rag.settings import Settings, load_settings  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
ARTICLES = {"news-small": "articles.jsonl", "news-dev": "articles.jsonl.gz"}
QUALITY = ("hit@1", "hit@3", "hit@5", "hit@10", "mrr")
LATENCY = ("latency_p50", "latency_p95")
OURS = "Groundwire"
GROUNDWIRE_DEPTH, DEPTH = 20, 50
ROUNDS, WARM_UP = 2, 5
PACKAGES = ("chromadb", "tantivy", "bm25s", "llama-index-core", "sentence-transformers", "onnxruntime")

Search = Callable[[GoldCase], list[str]]
"""A case → ids of the articles of the passages found, best first."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One system: outcome of every metric for each case."""

    name: str
    outcomes: dict[str, list[Outcome]]


# ------------------------------------------------------------------ systems
def groundwire_systems(library: Library, settings: Settings) -> dict[str, Search]:
    """The product's retriever, the same not told the date, and its two rankings alone."""
    embedder = open_embedder(settings.embedding_model)
    retriever = Retriever(library, embedder, settings)
    keywords = Keywords(library.directory / INDEX_DIRECTORY / "keywords")
    dense = ChromaVectors(library.directory / INDEX_DIRECTORY / "chroma")
    if not (keywords.open(library.store) and dense.open(library.store)):
        raise RuntimeError(f"the indexes of {library.directory} are not up to date")

    def fused(case: GoldCase) -> list[str]:
        found = retriever.retrieve(case.question, date=case.question_date, k=GROUNDWIRE_DEPTH)
        return [r.passage.article_id for r in found]

    def undated(case: GoldCase) -> list[str]:
        return [r.passage.article_id for r in retriever.retrieve(case.question, k=GROUNDWIRE_DEPTH)]

    def articles(ranking: Sequence[tuple[int, float]]) -> list[str]:
        stored = library.passages([number for number, _ in ranking])
        return [stored[number].article.id for number, _ in ranking]

    return {
        OURS: fused,
        f"{OURS}, date not given": undated,
        f"{OURS}, vectors alone": lambda case: articles(dense.search(embedder.embed([case.question])[0], DEPTH)),
        f"{OURS}, keywords alone": lambda case: articles(keywords.search(case.question, DEPTH)),
    }


def llamaindex_systems(library: Library, chunks: str, file: Path, folder: Path) -> dict[str, Search]:
    """The baselines over Groundwire's passages, or over chunks of their own."""
    own = chunks == "llamaindex"
    nodes = baseline.split(baseline.read_documents(file)) if own else baseline.passage_nodes(library.store)
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
    return [Measured(name, score(cases, found[name], seconds[name], library)) for name in systems]


def score(
    cases: Sequence[GoldCase], found: Sequence[list[str]], seconds: Sequence[float], library: Library
) -> dict[str, list[Outcome]]:
    """The evaluation's own metrics on rankings of articles."""
    supports = [find_support(case, library) for case in cases]
    refuse_foreign_library(supports)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in (*QUALITY, *LATENCY)}
    for case, support, ids, spent in zip(cases, supports, found, seconds, strict=True):
        answer = Answer(case.question, case.question, "", Method.ABSTAINED, retrieved=tuple(_ranking(ids)))
        evidence = gather(case, answer, support, Judgement("none", ()), library, spent)
        for name, of_metric in outcomes.items():
            of_metric.append(BY_NAME[name].score(evidence))
    return outcomes


def _ranking(ids: Sequence[str]) -> list[Retrieved]:
    first = dict.fromkeys(ids)
    return [
        Retrieved(Passage(id, 0, 0, "", ()), ArticleHead(id, ""), rank, 0.0) for rank, id in enumerate(first, start=1)
    ]


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
    """Groundwire against the baseline of the highest MRR: paired permutation tests, Holm-adjusted."""
    baselines = [m for m in measured if not m.name.startswith(OURS)]
    best = max(baselines, key=lambda m: _figure(m, "mrr", clusters).value or 0.0)
    tests = [
        compare_paired(BY_NAME[name], best.outcomes[name], measured[0].outcomes[name], clusters) for name in QUALITY
    ]
    pairs = [(name, test, test.p) for name, test in zip(QUALITY, tests, strict=True) if test and test.p is not None]
    lines = [f"{OURS} against {best.name}, the baseline of the highest MRR, paired by question:", ""]
    lines += ["| | difference | 95 % interval | p | p (Holm) | n |", "|-|-|-|-|-|-|"]
    for (name, test, p), adjusted in zip(pairs, holm([p for *_, p in pairs]), strict=True):
        bounds = f"{test.interval.low:+.3f} to {test.interval.high:+.3f}" if test.interval else "-"
        lines.append(f"| {name} | {test.difference:+.3f} | {bounds} | {p:.3f} | {adjusted:.3f} | {test.pairs} |")
    return "\n".join(lines)


# ------------------------------------------------------------------ command
def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=sorted(ARTICLES), default="news-dev", dest="name")
    parser.add_argument("--library", type=Path, help="a library of the set's articles, used as it is")
    parser.add_argument("--chunks", choices=("groundwire", "llamaindex"), default="groundwire")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Returns 1 when the data is absent or the library is not usable."""
    options = _options(arguments)
    articles, gold = DATA / options.name / ARTICLES[options.name], DATA / options.name / "gold.jsonl"
    if not (articles.is_file() and gold.is_file()):
        print(f"{articles.parent} is absent: there are no questions to ask", file=sys.stderr)
        return 1
    cases = [case for case in load_cases(gold) if case.answerable and case.support]
    settings = load_settings(library=options.library or ROOT / "runs" / "benchmarks" / f"{options.name}.lib")
    try:
        if options.library is None:
            ingest([articles], settings)
        library = open_library(settings.library)
    except GroundwireError as error:
        print(error, file=sys.stderr)
        return 1
    counts = library.counts()
    print(f"{options.name}: {len(cases)} questions, {counts.articles} articles, {counts.passages} passages, ", end="")
    print(f"baselines on {options.chunks} chunks. {describe_machine(*PACKAGES)}\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        systems = groundwire_systems(library, settings)
        systems |= llamaindex_systems(library, options.chunks, articles, Path(folder))
        measured = measure(systems, cases, library)
    clusters = [cluster_of(case, "article") for case in cases]
    print(f"{table(measured, clusters)}\n\n{comparison(measured, clusters)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
