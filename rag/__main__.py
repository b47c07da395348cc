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
  python -m rag library copy ./library postgresql://news@db.example/news
  python -m rag doctor

Settings come from the environment too: GROUNDWIRE_STORE=postgresql://news@db.example/news keeps the articles on a
server and only caches in --library DIR.
"""


_ACTIONS = {"doctor": "doctor", "remove": "remove", "copy": "copy"}
"""Actions of `library` that are commands of their own."""
_MODULES = {"search": "rag.search_command", "copy": "rag.copy_command"}


def parser() -> argparse.ArgumentParser:
    """The command line as an argparse parser."""
    top = new_parser("rag", "Ask a library of news articles; every sentence of an answer is checked.", _EXAMPLES)
    subcommands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_ask(subcommands.add_parser("ask", help="answer a question, with checked quotes"))
    _add_search(subcommands.add_parser("search", help="the passages found for a question"))
    article = subcommands.add_parser("article", help="a stored article with its full text")
    article.add_argument("id", type=text, help="the article's id, as in citations")
    library = subcommands.add_parser("library", help="what a library holds; remove articles; copy it")
    library.add_argument("action", nargs="?", choices=("show", "doctor", "remove", "copy"), default="show")
    library.add_argument(
        "names", nargs="*", type=text, metavar="NAME",
        help="ids of articles to remove; or FROM TO, each a directory or postgresql:// URL, to copy a library",
    )  # fmt: skip
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
    command.add_argument(
        "--policy",
        choices=("verbatim", "strict", "balanced"),
        help="what is done with paraphrases: quote instead, leave out, mark",
    )
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
    if arguments.command == "library" and not _takes(arguments.action, len(arguments.names)):
        print("python -m rag library: `remove` takes one or more ids, `copy` takes FROM TO", file=sys.stderr)
        return WRONG_USAGE
    name = _ACTIONS.get(getattr(arguments, "action", ""), arguments.command)
    module = _MODULES.get(name, "rag.commands")

    def run() -> int:
        # Loaded only now, so that --help and wrong usage answer at once.
        import_module("rag.network_seal").seal_process(vars(arguments))
        return int(import_module(module).run(name, arguments))

    return run_command(run)


def _takes(action: str, names: int) -> bool:
    """Whether an action of `library` can do with so many names."""
    return names == 2 if action == "copy" else names > 0 if action == "remove" else names == 0


if __name__ == "__main__":
    sys.exit(main())
