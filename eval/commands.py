"""What the commands of `python -m eval` do."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from eval import gold_commands
from eval.cases import GoldCase, case_json, load_cases
from eval.changes import Changes, changes_since
from eval.claim_splitting import open_splitter
from eval.claims import split_by_sentence
from eval.comparison import compare_runs, comparison_json
from eval.dry_run import dry_run
from eval.export import GOLD_NAME, export_run
from eval.gates import Gate, check_gates, wrong_gate
from eval.judge_check import Agreement, check_judge
from eval.judge_tables import print_agreements, print_pair_agreements, print_published
from eval.judges.judge import Judge
from eval.judges.opening import open_judge
from eval.junit import write_junit
from eval.labels import load_labels
from eval.pair_check import check_pairs, load_pairs
from eval.price import Price
from eval.progress import progress_bar
from eval.published import published_for
from eval.repeats import spread
from eval.report import report_json, write_report
from eval.runs import Evaluation, evaluate
from eval.tables import print_comparison, print_evaluation
from eval.transcripts import TranscriptFile
from ingest.indexing import ingest
from rag.chatbot import Chatbot, open_chatbot
from rag.command_line import DONE, NOTHING_USABLE, WRONG_USAGE, print_json
from rag.errors import RunError, SourceError
from rag.settings import Settings, load_settings

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def run(arguments: argparse.Namespace) -> int:
    """Do one command and give its exit code."""
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": run_evaluation,
        "compare": compare,
        "judge-check": judge_check,
        "export": export,
        "check": gold_commands.check,
        "draft": gold_commands.draft,
        "import": gold_commands.import_,
    }
    return commands[arguments.command](arguments)


def run_evaluation(arguments: argparse.Namespace) -> int:
    """`run`: answer, score, report, gate."""
    fault = wrong_gate(arguments.fail_under, arguments.fail_over)
    if fault:
        print(f"python -m eval run: {fault}", file=sys.stderr)
        return WRONG_USAGE
    cases = load_cases(arguments.gold or SAMPLES / "gold.jsonl")[: arguments.limit]
    settings = load_settings(library=arguments.library, llm=arguments.llm)
    out = arguments.out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{settings.digest()}"
    with library_for(arguments, settings, out) as settings:
        chatbot = open_chatbot(settings=settings)
        judge = open_judge(arguments.judge, settings, chatbot.library.idf)
        if arguments.dry_run:
            return _preview(arguments, cases, chatbot, judge, out)
        agreement = _agreement(arguments, judge)
        evaluation = _evaluate(arguments, cases, chatbot, judge, out).with_facts(agreement=agreement)
        gates = check_gates(evaluation.summaries, arguments.fail_under, arguments.fail_over)
        changes = _changes(arguments, evaluation, gates, out)
        files = write_report(evaluation, out, gates=gates, articles=chatbot.library, changes=changes)
    if arguments.junit:
        write_junit(evaluation, gates, arguments.junit)
    _tell(arguments, evaluation, gates, files)
    usable = evaluation.facts.failed < evaluation.facts.cases
    return DONE if usable and all(gate.passed for gate in gates) else NOTHING_USABLE


@contextmanager
def library_for(arguments: argparse.Namespace, settings: Settings, out: Path) -> Iterator[Settings]:
    """Settings with the library to ask: a given one, one made of --articles beside the report, or one of the samples.

    Raises:
        SourceError: There is no article under --articles.
    """
    if arguments.articles:
        yield _ingested(arguments.articles, settings, out / "library")
    elif arguments.gold is None and arguments.library is None:
        with tempfile.TemporaryDirectory(prefix="groundwire-", ignore_cleanup_errors=True) as folder:
            yield _ingested(SAMPLES / "articles", settings, Path(folder) / "library")
    else:
        yield settings


def compare(arguments: argparse.Namespace) -> int:
    """`compare`: paired differences between two finished runs."""
    comparison = compare_runs(arguments.run_a, arguments.run_b, seed=arguments.seed)
    if arguments.json:
        print_json(comparison_json(comparison))
    else:
        print_comparison(comparison, Console())
    return DONE


def judge_check(arguments: argparse.Namespace) -> int:
    """`judge-check`: judges against human labels."""
    if arguments.human.suffix == ".json":
        return pair_check(arguments)
    labels = load_labels(arguments.human)[: arguments.limit]
    settings = load_settings()
    judges = [open_judge(name, settings) for name in arguments.judge or ("lexical", "verifier")]
    agreements = []
    for judge in judges:
        with progress_bar(judge.name) as advance:
            report = partial(advance, "judge")
            agreements.append(check_judge(judge, labels, arguments.human.name, seed=arguments.seed, progress=report))
    published = published_for(str(arguments.human))
    if arguments.json:
        document = {"judges": [asdict(a) for a in agreements], "published": [asdict(p) for p in published]}
        print_json({"schema": 1, **document})
    else:
        print_agreements(agreements, Console(), published)
    return DONE


def pair_check(arguments: argparse.Namespace) -> int:
    """`judge-check` on pairs of answers that people compared."""
    pairs = load_pairs(arguments.human)[: arguments.limit]
    settings, published = load_settings(), published_for(str(arguments.human))
    agreements = []
    for judge in [open_judge(name, settings) for name in arguments.judge or ("lexical", "verifier")]:
        with progress_bar(judge.name) as advance:
            report = partial(advance, "judge")
            agreements.append(check_pairs(judge, pairs, arguments.human.name, seed=arguments.seed, progress=report))
    if arguments.json:
        document = {"pairs": [asdict(a) for a in agreements], "published": [asdict(p) for p in published]}
        print_json({"schema": 1, **document})
    else:
        print_pair_agreements(agreements, Console())
        print_published(published, Console())
    return DONE


def export(arguments: argparse.Namespace) -> int:
    """`export`: a run for other tools."""
    paths = export_run(arguments.run, arguments.format, arguments.out)
    if arguments.json:
        print_json({"schema": 1, "files": paths})
    else:
        print("\n".join(paths))
    return DONE


def run_key(chatbot: Chatbot) -> str:
    """Twelve hex digits of all that shapes answers: settings, language model, and what the library holds."""
    model = chatbot.model.name if chatbot.model else "none"
    held = [head.id for head in chatbot.library.heads()]
    shaping = [chatbot.settings.digest(), model, asdict(chatbot.library.counts()), sorted(held)]
    return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:12]


def _evaluate(
    arguments: argparse.Namespace, cases: list[GoldCase], chatbot: Chatbot, judge: Judge, out: Path
) -> Evaluation:
    _keep_gold(cases, out)
    splitter = open_splitter(arguments.claims, chatbot.settings) if arguments.claims else None
    evaluations = []
    for number in range(1, arguments.repeat + 1):
        folder = out if number == 1 else out / f"repeat-{number}"
        with progress_bar("questions" if arguments.repeat == 1 else f"questions, time {number}") as advance:
            evaluation = evaluate(
                cases,
                chatbot.ask,
                judge=judge,
                articles=chatbot.library,
                transcripts=TranscriptFile(folder, run_key(chatbot)),
                cluster=arguments.cluster,
                seed=arguments.seed,
                progress=advance,
                splitter=splitter,
                price=_price(arguments),
                jobs=arguments.jobs,
            )
        evaluations.append(evaluation)
    repeats = spread(evaluations) if arguments.repeat > 1 else None
    return evaluations[0].with_facts(library=asdict(chatbot.library.counts()), repeats=repeats)


def _preview(arguments: argparse.Namespace, cases: list[GoldCase], chatbot: Chatbot, judge: Judge, out: Path) -> int:
    transcripts = TranscriptFile(out, run_key(chatbot))
    # The real splitter may cost something too, so sentences stand in for it.
    splitter = split_by_sentence if arguments.claims else None
    found = dry_run(cases, transcripts, judge.name, splitter=splitter, price=_price(arguments))
    if arguments.json:
        print_json({"schema": 1, "dry_run": asdict(found)})
    else:
        print(found)
    return DONE


def _price(arguments: argparse.Namespace) -> Price | None:
    if arguments.price_in is None and arguments.price_out is None:
        return None
    return Price(arguments.price_in or 0.0, arguments.price_out or 0.0)


def _changes(arguments: argparse.Namespace, evaluation: Evaluation, gates: Sequence[Gate], out: Path) -> Changes | None:
    if arguments.baseline is None:
        return None
    return changes_since(arguments.baseline, report_json(evaluation, gates), str(out), arguments.seed)


def _keep_gold(cases: list[GoldCase], out: Path) -> None:
    lines = "".join(json.dumps(case_json(case), ensure_ascii=False) + "\n" for case in cases)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / GOLD_NAME).write_text(lines, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{out}: cannot be written ({error}). Choose another --out.") from None


def _ingested(articles: Path, settings: Settings, library: Path) -> Settings:
    own = settings.model_copy(update={"library": library, "store": None, "vectors": None})
    with progress_bar("articles") as advance:
        report = ingest(
            [articles],
            own,
            remove_missing=True,
            progress=lambda done, total, name: advance("ingest", done, total),
        )
    if not report.usable:
        raise SourceError(f"{articles}: no article could be read ({len(report.skipped)} skipped). Check the path.")
    return own


def _agreement(arguments: argparse.Namespace, judge: Judge) -> Agreement | None:
    if arguments.human is None:
        return None
    return check_judge(judge, load_labels(arguments.human), arguments.human.name, seed=arguments.seed)


def _tell(arguments: argparse.Namespace, evaluation: Evaluation, gates: list[Gate], files: dict[str, str]) -> None:
    if arguments.json:
        document: dict[str, Any] = report_json(evaluation, gates)
        document.pop("cases")  # in the file
        print_json({**document, "files": files})
    else:
        print_evaluation(evaluation, gates, Console())
        print(f"report: {files['html']}")
