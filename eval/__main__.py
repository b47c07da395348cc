"""`python -m eval`: run, compare, judge-check, export; check, draft and import of gold sets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rag.command_line import new_parser, run_command

_EXAMPLES = """\
  python -m eval run                                          the sample articles and questions
  python -m eval run gold.jsonl --articles news/ --llm none   your own; ingested beside the report
  python -m eval run gold.jsonl --library library --out runs/today --fail-under groundedness=0.9
  python -m eval compare runs/before runs/today
  python -m eval judge-check human.jsonl --judge lexical --judge nli:models/nli-deberta-v3-base
  python -m eval export runs/today --format csv --out tables
  python -m eval check gold.jsonl --library library
  python -m eval draft --library library -n 50 --out drafts.jsonl
  python -m eval import dev-v2.0.json --from squad --out squad

exit codes: 0 done, 1 a gate was missed or nothing could be scored, 2 wrong usage, 3 an error, told in one line
"""

_JUDGES = "lexical (default), verifier (the guard grades itself), nli:NAME_OR_DIRECTORY, llm:MODEL"


def parser() -> argparse.ArgumentParser:
    """The command line as an argparse parser."""
    top = new_parser("eval", "Measure the chatbot on gold questions, and the judges on human labels.", _EXAMPLES)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="answer gold questions, score the answers, write a report"))
    _add_compare(commands.add_parser("compare", help="paired differences between two runs"))
    _add_judge_check(commands.add_parser("judge-check", help="agreement of judges with human labels"))
    _add_export(commands.add_parser("export", help="write a run for other tools"))
    _add_check(commands.add_parser("check", help="find faults and doubtful cases of a gold set"))
    _add_draft(commands.add_parser("draft", help="propose gold questions from a library, for a person to accept"))
    _add_import(commands.add_parser("import", help="gold questions and articles from SQuAD, HotpotQA, BEIR or Ragas"))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    arguments = parser().parse_args(argv)

    def run() -> int:
        # Loaded only now, so that --help and wrong usage answer at once.
        import_module("rag.network_seal").seal_process(vars(arguments))
        return int(import_module("eval.commands").run(arguments))

    return run_command(run)


def gate(text: str) -> tuple[str, float]:
    """METRIC=VALUE as (metric, value)."""
    name, separator, value = text.partition("=")
    try:
        if not separator:
            raise ValueError
        return name.strip(), float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not METRIC=VALUE, such as groundedness=0.9") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _price(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a price from 0 up")
    return value


def _add_run(run: argparse.ArgumentParser) -> None:
    run.description = (
        "Answer gold questions, score the answers, and write report.html, report.md and report.json. "
        "Repeat with the same --out to go on after an interruption."
    )
    run.add_argument(
        "gold", nargs="?", type=Path, metavar="GOLD.jsonl", help="gold questions; the sample set if left out"
    )
    where = run.add_mutually_exclusive_group()
    where.add_argument("--library", type=Path, metavar="DIR", help="library to ask (default: ./library)")
    where.add_argument(
        "--articles", type=Path, metavar="PATH", help="file or folder of articles to ingest for this run"
    )
    run.add_argument("--llm", metavar="X", help="auto, none, local or a model name (default: as configured)")
    run.add_argument("--judge", default="lexical", metavar="X", help=_JUDGES)
    run.add_argument("--human", type=Path, metavar="FILE", help="human labels to state the judge's agreement with")
    run.add_argument("--out", type=Path, metavar="DIR", help="directory of the run (default: runs/<time>-<settings>)")
    run.add_argument("--limit", type=_count, metavar="N", help="only the first N questions")
    run.add_argument(
        "--fail-under", type=gate, action="append", default=[], metavar="METRIC=VALUE",
        help="exit with 1 if the lower end of the metric's interval is under VALUE",
    )  # fmt: skip
    run.add_argument(
        "--fail-over", type=gate, action="append", default=[], metavar="METRIC=VALUE",
        help="the same for metrics where lower is better: the interval's upper end must not be over VALUE",
    )  # fmt: skip
    run.add_argument(
        "--cluster", choices=("question", "article"), default="question",
        help="what intervals are resampled by (default: question)",
    )  # fmt: skip
    run.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the intervals (default: 0)")
    _add_run_extras(run)
    _add_json(run)


def _add_run_extras(run: argparse.ArgumentParser) -> None:
    run.add_argument("--claims", metavar="X", help="also the claim metrics; claims are split by: sentences, llm:MODEL")
    run.add_argument("--baseline", type=Path, metavar="RUN", help="tell in the report what changed against this run")
    run.add_argument("--repeat", type=_count, default=1, metavar="N", help="ask everything N times and tell the spread")
    run.add_argument("--jobs", type=_count, default=1, metavar="N", help="questions at the same time (default: 1)")
    run.add_argument("--dry-run", action="store_true", help="only say what the judge would be asked, and its cost")
    run.add_argument("--price-in", type=_price, metavar="X", help="price of a million prompt tokens")
    run.add_argument("--price-out", type=_price, metavar="X", help="price of a million reply tokens")
    run.add_argument("--junit", type=Path, metavar="FILE", help="also write gates and questions as JUnit XML")


def _add_compare(compare: argparse.ArgumentParser) -> None:
    compare.description = "Paired differences b - a over the questions both runs hold, with intervals and p-values."
    compare.add_argument("run_a", type=Path, metavar="RUN_A", help="directory of the first run")
    compare.add_argument("run_b", type=Path, metavar="RUN_B", help="directory of the second run")
    compare.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the tests (default: 0)")
    _add_json(compare)


def _add_judge_check(check: argparse.ArgumentParser) -> None:
    check.description = "AUC with its interval, balanced accuracy and Cohen's kappa of judges on human labels."
    check.add_argument(
        "human", type=Path, metavar="HUMAN.jsonl", help="{claim, source, label} lines, QAGS or WiCE; .gz too"
    )
    check.add_argument(
        "--judge", action="append", metavar="X", help=f"may be repeated (default: lexical and verifier): {_JUDGES}"
    )
    check.add_argument("--limit", type=_count, metavar="N", help="only the first N claims")
    check.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the intervals (default: 0)")
    _add_json(check)


def _add_export(export: argparse.ArgumentParser) -> None:
    export.description = "TREC run and qrels files, rows for Ragas, or a CSV table of outcomes per question."
    export.add_argument("run", type=Path, metavar="RUN", help="directory of the run")
    export.add_argument("--format", choices=("trec", "ragas", "csv"), required=True, help="what to write")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="directory to write to")
    _add_json(export)


def _add_check(check: argparse.ArgumentParser) -> None:
    check.description = (
        "Duplicate questions; with --library also quotes that are not there, and unanswerable questions that look "
        "answerable, with the passage. Exit code 1 when there is an error."
    )
    check.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="gold questions")
    check.add_argument("--library", type=Path, metavar="DIR", help="library the questions are about")
    _add_json(check)


def _add_draft(draft: argparse.ArgumentParser) -> None:
    draft.description = (
        'Writes cases with "status": "draft": read each, mend or delete it. --llm writes better questions.'
    )
    draft.add_argument("--library", type=Path, metavar="DIR", help="library to draft from (default: ./library)")
    draft.add_argument("-n", dest="count", type=_count, default=20, metavar="N", help="how many (default: 20)")
    draft.add_argument("--llm", metavar="X", help="model that words the questions (default: none, gaps to be filled)")
    draft.add_argument("--out", type=Path, default=Path("drafts.jsonl"), metavar="FILE", help="default: drafts.jsonl")
    draft.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the choice (default: 0)")
    _add_json(draft)


def _add_import(imports: argparse.ArgumentParser) -> None:
    imports.description = "Writes gold.jsonl and articles.jsonl; ingest the articles, then run with the gold file."
    imports.add_argument("path", type=Path, metavar="PATH", help="file, or folder for beir")
    imports.add_argument("--from", dest="source", choices=("squad", "hotpotqa", "beir", "ragas"), required=True)
    imports.add_argument("--out", type=Path, required=True, metavar="DIR", help="directory to write to")
    _add_json(imports)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout, logs on stderr")


if __name__ == "__main__":
    sys.exit(main())
