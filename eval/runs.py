"""Gold cases + a chatbot → evaluation. Works with any callable that takes a question and returns an Answer.

from eval.cases import load_cases
from eval.runs import evaluate
evaluation = evaluate(load_cases("gold.jsonl"), chatbot.ask, articles=chatbot.library)
print(evaluation.summaries["groundedness"])
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from eval.cases import GoldCase, gold_digest
from eval.claims import Splitter
from eval.judge_check import Agreement
from eval.judges.judge import Judge
from eval.judges.lexical import LexicalJudge
from eval.price import Price
from eval.scoring import CaseResult, Cluster, score_case, summarise_all
from eval.statistics import Summary
from eval.support import Articles, Support, find_support, refuse_foreign_library
from eval.transcripts import Transcript, TranscriptFile
from rag.answer_records import Answer
from rag.errors import GroundwireError, ModelError

if TYPE_CHECKING:
    from eval.repeats import Repeats

Item = TypeVar("Item")
Done = TypeVar("Done")

Ask = Callable[..., Answer]
"""question → Answer; is also passed `history` (turns) and `date` (ISO) where it takes them."""

Progress = Callable[[str, int, int], None]
"""Called as (stage, cases done, cases in all); stages are "ask" and "judge"."""

MAX_FAILURES_IN_A_ROW = 5
"""A model that fails this often in a row is down: the run stops and can be resumed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run was: enough to read its figures rightly and to repeat it.

    Attributes:
        models: Language models named by the answers; "none" for extraction.
        library: Counts of the library, None without one.
        self_graded: Who graded its own work, None when nobody did.
        agreement: The judge against human labels, None when not measured in this run.
        ignored: What the gold cases hold that the chatbot was not passed.
        started: ISO time, UTC.
        repeats: How much the figures moved when everything was asked again, None when it was not.
        run_key: Of the transcripts, see `TranscriptFile`; None when they were not kept.
    """

    cases: int
    failed: int
    judge: str
    models: tuple[str, ...]
    settings_digests: tuple[str, ...]
    gold_digest: str
    started: str
    cluster: Cluster = "question"
    seed: int = 0
    run_key: str | None = None
    library: Mapping[str, Any] | None = None
    self_graded: str | None = None
    agreement: Agreement | None = None
    ignored: tuple[str, ...] = ()
    repeats: Repeats | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run's cases with their outcomes, and the figures over them."""

    facts: Facts
    results: tuple[CaseResult, ...]
    summaries: Mapping[str, Summary]

    def with_facts(self, **known: Any) -> Evaluation:
        """The same evaluation with more facts filled in."""
        return replace(self, facts=replace(self.facts, **known))


def evaluate(
    cases: Sequence[GoldCase],
    ask: Ask,
    *,
    judge: Judge | None = None,
    articles: Articles | None = None,
    transcripts: TranscriptFile | None = None,
    cluster: Cluster = "question",
    seed: int = 0,
    progress: Progress | None = None,
    splitter: Splitter | None = None,
    price: Price | None = None,
    jobs: int = 1,
) -> Evaluation:
    """Ask every case, judge every answer, score every metric.

    Args:
        judge: The lexical judge when not given.
        articles: Usually the chatbot's library; without it exactness is unscored and gold quotes are taken
            as labelled.
        transcripts: Where answers are kept and resumed from; without it everything is asked anew.
        cluster: What bootstrap and permutation take as one unit.
        splitter, price: See `eval.scoring.score_case`.
        jobs: Cases asked and judged at the same time; chatbot, judge and articles must bear that. Times then
            include waiting for one another.

    Raises:
        GoldSetError: The library holds none of the support articles.
        GroundwireError: `MAX_FAILURES_IN_A_ROW` questions in a row failed with a model error; the last of them.
    """
    report = progress or (lambda stage, done, total: None)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    judge = judge or LexicalJudge()
    supports = [find_support(case, articles) for case in cases]
    refuse_foreign_library(supports)
    answered = ask_all(cases, ask, transcripts, report, jobs)
    results = []

    def score(item: tuple[GoldCase, Transcript, Support]) -> CaseResult:
        return score_case(*item, judge, articles, splitter=splitter, price=price)

    for done, result in enumerate(_in_order(score, list(zip(cases, answered, supports, strict=True)), jobs), start=1):
        results.append(result)
        report("judge", done, len(cases))
    facts = _facts(cases, answered, judge, started, _accepted(ask))
    known = replace(facts, cluster=cluster, seed=seed, run_key=transcripts.run_key if transcripts else None)
    return Evaluation(known, tuple(results), summarise_all(results, cluster, seed))


def ask_all(
    cases: Sequence[GoldCase], ask: Ask, transcripts: TranscriptFile | None, progress: Progress, jobs: int = 1
) -> list[Transcript]:
    """A transcript per case, reused where possible.

    Raises:
        GroundwireError: As `evaluate`.
    """
    kept = {case.id: known for case in cases if transcripts and (known := transcripts.answered(case))}
    missing = [case for case in cases if case.id not in kept]
    asked: dict[str, Transcript] = {}
    failures = 0
    for case, (transcript, error) in zip(missing, _in_order(lambda c: ask_case(c, ask), missing, jobs), strict=False):
        asked[case.id] = transcript
        if transcripts:
            transcripts.add(transcript)
        failures = failures + 1 if isinstance(error, ModelError) else 0
        if error and failures == MAX_FAILURES_IN_A_ROW:
            raise error
        progress("ask", len(kept) + len(asked), len(cases))
    if not missing:
        progress("ask", len(cases), len(cases))
    return [kept.get(case.id) or asked[case.id] for case in cases]


def _in_order(work: Callable[[Item], Done], items: Sequence[Item], jobs: int) -> Iterator[Done]:
    """The work on each item, in their order, `jobs` at a time; what has not begun is dropped when the caller stops."""
    if jobs == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(jobs)
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)


def ask_case(case: GoldCase, ask: Ask) -> tuple[Transcript, GroundwireError | None]:
    """Ask one case; a GroundwireError becomes part of the transcript, any other is a bug and raised."""
    accepted = _accepted(ask)
    offered = {"history": case.history, "date": case.question_date}
    passed = {name: value for name, value in offered.items() if name in accepted and value}
    began = time.perf_counter()
    answer, error = None, None
    try:
        answer = ask(case.question, **passed).with_id(case.id)
    except GroundwireError as raised:
        error = raised
    seconds = time.perf_counter() - began
    text = f"{type(error).__name__}: {error}" if error else None
    return Transcript(case.id, case.asked, answer, text, seconds), error


def self_graded(judge: str, models: Sequence[str]) -> str | None:
    """Who graded its own work: the guard, the answering model, or nobody."""
    if judge == "verifier":
        return "the guard"
    return judge.removeprefix("llm:") if judge in {f"llm:{m}" for m in models} else None


def _accepted(ask: Ask) -> set[str]:
    parameters = inspect.signature(ask).parameters
    takes_all = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    return {"history", "date"} if takes_all else {"history", "date"} & set(parameters)


def _facts(
    cases: Sequence[GoldCase], answered: Sequence[Transcript], judge: Judge, started: str, accepted: set[str]
) -> Facts:
    answers = [t.answer for t in answered if t.answer]
    models = tuple(sorted({a.model for a in answers}))
    held = {"history": any(c.history for c in cases), "date": any(c.question_date for c in cases)}
    return Facts(
        cases=len(cases),
        failed=len(answered) - len(answers),
        judge=judge.name,
        models=models,
        settings_digests=tuple(sorted({a.settings_digest for a in answers})),
        gold_digest=gold_digest(cases),
        started=started,
        self_graded=self_graded(judge.name, models),
        ignored=tuple(name for name, present in held.items() if present and name not in accepted),
    )
