"""`python -m rag`: ask, search, article, library, doctor."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rag.command_line import WRONG_USAGE, full_date, iso_date, new_parser, positive, run_command, text

_EXAMPLES = """\
  python -m rag ask "How many companies did the October 2019 blacklist target?"
  python -m rag ask "What did the ministry reply?" --since 2025-03 --outlet "Harbour Courier" --json
  python -m rag ask --batch questions.jsonl --json > answers.jsonl
  python -m rag ask "Why were they listed?" --llm local
  python -m rag search "export controls on chips" -k 5
  python -m rag search "What did China say in 2019 and in 2025?" --explain
  python -m rag article courier-2019-10-08-blacklist --json
  python -m rag library --json
  python -m rag library remove courier-2019-10-08-blacklist
  python -m rag doctor
"""


_ACTIONS = {"doctor": "doctor", "remove": "remove"}
"""Actions of `library` that are commands of their own."""


def parser() -> argparse.ArgumentParser:
    """The command line as an argparse parser."""
    top = new_parser("rag", "Ask a library of news articles; every sentence of an answer is checked.", _EXAMPLES)
    subcommands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_ask(subcommands.add_parser("ask", help="answer a question, with checked quotes"))
    _add_search(subcommands.add_parser("search", help="the passages found for a question"))
    article = subcommands.add_parser("article", help="a stored article with its full text")
    article.add_argument("id", type=text, help="the article's id, as in citations")
    library = subcommands.add_parser("library", help="what a library holds and whether it is sound; remove articles")
    library.add_argument("action", nargs="?", choices=("show", "doctor", "remove"), default="show")
    library.add_argument("ids", nargs="*", type=text, metavar="ID", help="articles to remove")
    doctor = subcommands.add_parser("doctor", help="check a library and rebuild what is damaged")
    for command in (article, library, doctor):
        _add_common(command)
    return top


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--library", type=Path, metavar="DIR", help="directory of the library (default: ./library)")
    command.add_argument("--json", action="store_true", help="print JSON on stdout and nothing else")


def _add_filters(command: argparse.ArgumentParser) -> None:
    command.add_argument("--outlet", action="append", default=[], metavar="X", help="only this outlet; repeatable")
    command.add_argument("--author", action="append", default=[], metavar="X", help="only this author; repeatable")
    command.add_argument(
        "--language", action="append", default=[], metavar="X", help='only this one, as "en"; repeatable'
    )
    command.add_argument("--since", type=iso_date, metavar="D", help="published on or after D (YYYY[-MM[-DD]])")
    command.add_argument("--until", type=iso_date, metavar="D", help="published on or before D")
    command.add_argument("--date", type=full_date, metavar="D", help="the day the question is asked on (YYYY-MM-DD)")


def _add_ask(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", nargs="?", type=text)
    command.add_argument("--batch", type=Path, metavar="FILE", help='JSONL of {"id", "question", "history"?, "date"?}')
    command.add_argument("--llm", metavar="X", help="auto (default), none, local, a .gguf file, or a model name")
    command.add_argument("--policy", choices=("strict", "balanced"), help="which checked sentences are shown")
    _add_filters(command)
    _add_common(command)


def _add_search(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", nargs="?", type=text)
    command.add_argument("--batch", type=Path, metavar="FILE", help='JSONL of {"id", "question", "date"?}')
    command.add_argument("-k", type=positive, metavar="N", help="passages to show (default: 8)")
    command.add_argument("--explain", action="store_true", help="show what each stage of the search gave a passage")
    _add_filters(command)
    _add_common(command)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a scan waits for memory; more threads only wait for each other
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.command in ("ask", "search") and (arguments.question is None) == (arguments.batch is None):
        print(f"python -m rag {arguments.command}: give either a question or --batch FILE", file=sys.stderr)
        return WRONG_USAGE
    if arguments.command == "library" and (arguments.action == "remove") != bool(arguments.ids):
        print("python -m rag library: `remove` takes one or more ids, nothing else takes any", file=sys.stderr)
        return WRONG_USAGE
    name = _ACTIONS.get(getattr(arguments, "action", ""), arguments.command)
    # Loaded only now, so that --help and wrong usage answer at once.
    module = "rag.search_command" if name == "search" else "rag.commands"
    return run_command(lambda: int(import_module(module).run(name, arguments)))


if __name__ == "__main__":
    sys.exit(main())
