"""Groundwire's answers against LlamaIndex's CitationQueryEngine: same model, embeddings and passages.

    python benchmarks/answers.py [--library DIR] [--llm MODEL] [--limit N] [--minutes M] [--out DIR] [--rescore]

The engine and Groundwire's generated path ask the bundled SmolLM2, or the model named, question by question, as plain
text; Groundwire without a model is the third row. Questions are drawn at random, answerable and not in the proportion
of the set, in one order: what a stopped run asked is a sample too. Replies are kept under --out, and a run goes on
where one stopped; --rescore asks nothing new and leaves out what is not kept. Slow: one core writes. Needs
../shared/data and the `bench` extra.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from benchmarks.baselines.answer_metrics import own_metrics  # noqa: E402
from benchmarks.baselines.answer_tables import Drafted, comparison_table, draft_table, figure_table  # noqa: E402
from benchmarks.baselines.replies import RememberedModel, ReplyMissing  # noqa: E402
from benchmarks.machine import describe_machine  # noqa: E402
from eval.cases import GoldCase, load_cases  # noqa: E402
from eval.judges.judge import Judge  # noqa: E402
from eval.judges.lexical import LexicalJudge  # noqa: E402
from eval.judges.verifier import VerifierJudge  # noqa: E402
from eval.metrics.catalog import BY_NAME  # noqa: E402
from eval.metrics.metric import Metric  # noqa: E402
from eval.outcomes import Outcome, Unscored  # noqa: E402
from eval.runs import ask_case  # noqa: E402
from eval.scoring import cluster_of, score_case  # noqa: E402
from eval.support import Support, find_support, refuse_foreign_library  # noqa: E402
from eval.transcripts import Transcript  # noqa: E402
from ingest.indexing import ingest  # noqa: E402
from rag.answer_records import Answer, Sentence  # noqa: E402
from rag.chatbot import Chatbot, open_chatbot  # noqa: E402
from rag.composition import STANDS_IN  # noqa: E402
from rag.errors import GroundwireError, ModelMissing  # noqa: E402
from rag.events import AnswerCompleted, SentenceChecked  # noqa: E402
from rag.grounding import LexicalVerifier  # noqa: E402
from rag.index.library import Library  # noqa: E402
from rag.llm import open_chat_model  # noqa: E402
from rag.prompting import SMALL_WINDOW, SMALL_WINDOW_PASSAGES  # noqa: E402
from rag.settings import Settings, load_settings  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "news-dev"
ENGINE, GENERATED, QUOTED = "CitationQueryEngine", "Groundwire, same model", "Groundwire, no model"
ALL_CITED = "the same, unmarked sentences cite all sources"
BASELINES, OURS = (ENGINE, ALL_CITED), (GENERATED, QUOTED)
REPLY_TOKENS = 256
"""LlamaIndex's own default; for both sides."""
LIMIT = 40
DEADLINE = 600.0
"""Seconds for a reply: no reply is to be cut because the machine is busy."""
SEED = 20260101
PACKAGES = ("llama-index-core", "xllamacpp")

JUDGED = ("groundedness", "citation_recall", "citation_precision")
UNJUDGED = (
    "gold_span_hit", "answer_correct", "answer_correct_when_answered", "unsupported_numbers", "unsupported_names",
    "abstention_accuracy", "answered_unanswerable", "abstained_answerable", "abstention_precision",
    "abstention_recall", "answer_sentences",
)  # fmt: skip


# ------------------------------------------------------------------ asking
@dataclass(frozen=True, slots=True)
class Asked:
    """One question under every row."""

    case: GoldCase
    transcripts: Mapping[str, Transcript]
    drafted: Drafted | None


class Recording:
    """A chatbot with a model, asked so that the sentences it withheld are known."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot
        self.last: Drafted | None = None

    def ask(self, question: str, *, date: str | None = None) -> Answer:
        """As `Chatbot.ask`."""
        sentences: list[Sentence] = []
        self.last = None
        for event in self._chatbot.stream(question, date=date):
            if isinstance(event, SentenceChecked) and event.sentence.why != STANDS_IN:
                sentences.append(event.sentence)
            elif isinstance(event, AnswerCompleted):
                self.last = Drafted(event.answer.method, tuple(sentences))
                return event.answer
        raise AssertionError("a stream ends with AnswerCompleted")


def sample(cases: Sequence[GoldCase], limit: int | None, seed: int = SEED) -> list[GoldCase]:
    """The cases in a random order whose every beginning has answerable ones in the proportion of the set."""
    drawn = random.Random(seed)
    keyed = []
    for answerable in (True, False):
        stratum = [case for case in cases if case.answerable == answerable]
        drawn.shuffle(stratum)
        keyed += [((number + 0.5) / len(stratum), case.id, case) for number, case in enumerate(stratum)]
    return [case for *_, case in sorted(keyed, key=lambda key: key[:2])][:limit]


def ask_all(
    cases: Sequence[GoldCase], rows: Mapping[str, Callable[..., Answer]], recording: Recording, until: float
) -> Iterator[Asked]:
    """Every row on a case before the next case, until the time is up; a case whose reply is not kept is left out."""
    for number, case in enumerate(cases, start=1):
        if time.monotonic() > until:
            return
        began = time.monotonic()
        try:
            transcripts = {name: ask_case(case, ask)[0] for name, ask in rows.items()}
        except ReplyMissing:
            print(f"{number}/{len(cases)} {case.id} left out: the replies kept are to other prompts", file=sys.stderr)
            continue
        print(f"{number}/{len(cases)} {case.id} {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
        yield Asked(case, transcripts, recording.last)


# ------------------------------------------------------------------ scoring
Outcomes = dict[str, dict[str, list[Outcome]]]
"""Row → metric → outcome of each case."""


def score(asked: Sequence[Asked], library: Library, judge: Judge) -> Outcomes:
    """The evaluation's metrics and the benchmark's own for every row."""
    supports = [find_support(a.case, library) for a in asked]
    refuse_foreign_library(supports)
    rows = {name: dict[str, list[Outcome]]() for name in asked[0].transcripts}
    for one, support in zip(asked, supports, strict=True):
        for name, transcript in one.transcripts.items():
            for metric, outcome in _outcomes(one.case, transcript, support, library, judge).items():
                rows[name].setdefault(metric, []).append(outcome)
    return rows


def _outcomes(
    case: GoldCase, transcript: Transcript, support: Support, library: Library, judge: Judge
) -> dict[str, Outcome]:
    result = score_case(case, transcript, support, judge, library)
    missing = Unscored(f"no answer: {transcript.error}")
    own = {m.name: m.score(result.evidence) if result.evidence else missing for m in own_metrics(judge)}
    return {**result.outcomes, **own}


def metrics(judge: Judge, names: Iterable[str]) -> list[Metric]:
    """The metrics of those names, the evaluation's and the benchmark's own."""
    by_name = BY_NAME | {metric.name: metric for metric in own_metrics(judge)}
    return [by_name[name] for name in names]


def report(asked: Sequence[Asked], library: Library) -> str:
    """All tables."""
    clusters = [cluster_of(a.case, "article") for a in asked]
    judge, guard = LexicalJudge(), VerifierJudge(LexicalVerifier(library.idf))
    outcomes, by_guard = score(asked, library, judge), score(asked, library, guard)
    names = ("groundedness", "supported_at_all", *JUDGED[1:], *UNJUDGED)
    parts = [figure_table(outcomes, metrics(judge, names), clusters)]
    compared = metrics(judge, names[:-1])
    pairs = [(theirs, ours) for ours in OURS for theirs in BASELINES]
    parts += [comparison_table(outcomes, theirs, ours, compared, clusters) for theirs, ours in pairs]
    parts.append("By Groundwire's own check in place of the judge:")
    second = metrics(guard, ("groundedness", "supported_at_all", *JUDGED[1:]))
    parts.append(figure_table(by_guard, second, clusters))
    parts.append(draft_table([a.drafted for a in asked if a.drafted]))
    return "\n\n".join(parts)


# ------------------------------------------------------------------ command
def open_rows(
    library: Path, folder: Path, model: RememberedModel, settings: Settings
) -> tuple[dict[str, Callable[..., Answer]], Recording, Chatbot]:
    """The rows by name, and what the generated one recorded last."""
    from benchmarks.baselines.citation_engine import CitationEngine, citing_all, vector_retriever

    quoted = open_chatbot(library, settings=settings, llm="none")
    recording = Recording(open_chatbot(library, settings=settings, llm=model))
    store = quoted.library.store
    passages = {stored.passage.id: stored for stored in store.passages_since(-1)}
    small = model.context_window <= SMALL_WINDOW  # as many as Groundwire shows to a model of this window
    shown = min(settings.top_k, SMALL_WINDOW_PASSAGES) if small else settings.top_k
    engine = CitationEngine(model, vector_retriever(store, folder, shown), passages, REPLY_TOKENS)
    rows = {
        ENGINE: engine.ask,
        ALL_CITED: lambda question: citing_all(engine.ask(question)),
        GENERATED: recording.ask,
        QUOTED: quoted.ask,
    }
    return rows, recording, quoted


def open_remembered(settings: Settings, file: Path, *, ask: bool) -> RememberedModel:
    """The model that the settings name, with the replies in a file. Raises ModelMissing when there is none."""
    model = open_chat_model(settings)
    if model is None:
        raise ModelMissing(f"--llm {settings.llm} is no model. Choose local, a .gguf file or a model's name.")
    return RememberedModel(model, file, ask=ask)


def write_answers(asked: Iterable[Asked], file: Path) -> None:
    """Every answer of every row beside its gold answer, for a person to read."""
    with file.open("w", encoding="utf-8") as out:
        for one in asked:
            for name, transcript in one.transcripts.items():
                answer = transcript.answer.to_json() if transcript.answer else None
                gold = list(one.case.answers)
                row: dict[str, Any] = {
                    "id": one.case.id,
                    "row": name,
                    "gold": gold,
                    "error": transcript.error,
                    "answer": answer,
                }
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a library of news-dev's articles, used as it is")
    parser.add_argument("--llm", default="local", help="the model for both sides: local, a .gguf file, a model's name")
    parser.add_argument("--limit", type=int, default=LIMIT, help=f"questions to ask; {LIMIT} by default")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no question after that")
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "benchmarks" / "answers")
    parser.add_argument(
        "--rescore", action="store_true", help="ask nothing: leave out questions whose replies are not kept"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, score and print. Returns 1 when the data is absent or the library is not usable."""
    options = _options(arguments)
    articles, gold = DATA / "articles.jsonl.gz", DATA / "gold.jsonl"
    if not (articles.is_file() and gold.is_file()):
        print(f"{DATA} is absent: there are no questions to ask", file=sys.stderr)
        return 1
    cases = sample(load_cases(gold), options.limit)
    library = options.library or ROOT / "runs" / "benchmarks" / "news-dev.lib"
    settings = load_settings(library=library, llm=options.llm, llm_max_tokens=REPLY_TOKENS, llm_deadline=DEADLINE)
    print(f"{len(cases)} questions. {describe_machine(*PACKAGES)}\n", flush=True)
    until = time.monotonic() + 60 * options.minutes
    try:
        if options.library is None:
            ingest([articles], settings)
        model = open_remembered(settings, options.out / "replies.jsonl", ask=not options.rescore)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rows, recording, quoted = open_rows(library, Path(folder), model, settings)
            asked = list(ask_all(cases, rows, recording, until))
    except GroundwireError as error:
        print(error, file=sys.stderr)
        return 1
    if not asked:
        print("no question was answered: the time is too short, or no reply is kept in --out", file=sys.stderr)
        return 1
    write_answers(asked, options.out / "answers.jsonl")
    print(f"{len(asked)} of {len(cases)} asked, {sum(a.case.answerable for a in asked)} of them answerable\n")
    print(report(asked, quoted.library))
    return 0


if __name__ == "__main__":
    sys.exit(main())
