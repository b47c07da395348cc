"""`python -m ingest`: files and folders of articles → library."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rag.command_line import new_parser, run_command

_EXAMPLES = """\
  python -m ingest articles/                          a folder of txt, md, html, pdf, json, jsonl
  python -m ingest news.jsonl --library news.lib
  python -m ingest articles/ --remove-missing         also forget files that are gone
  python -m ingest articles/ --dry-run                say what would happen, change nothing
  python -m ingest articles/ --watch                  stay, and follow what is added and changed
"""


def parser() -> argparse.ArgumentParser:
    """The command line as an argparse parser."""
    top = new_parser("ingest", "Bring news articles into a library. Safe to repeat, safe to stop.", _EXAMPLES)
    top.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file, folder or glob")
    top.add_argument("--library", type=Path, metavar="DIR", help="directory of the library (default: ./library)")
    top.add_argument("--remove-missing", action="store_true", help="remove articles whose file under PATH is gone")
    top.add_argument("--dry-run", action="store_true", help="report what would happen and change nothing")
    top.add_argument("--watch", action="store_true", help="stay, and ingest whenever something under PATH changes")
    top.add_argument("--every", type=_seconds, default=2.0, metavar="S", help="seconds between two looks (default: 2)")
    top.add_argument(
        "--json",
        action="store_true",
        help="print one JSON document on stdout, or one a round",
    )
    return top


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{value!r} is no number of seconds from 0.1 to 86400.")
    return seconds


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit code."""
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.watch and arguments.dry_run:
        top.error("--watch changes the library and --dry-run does not; give one of them")
    # Loaded only now, so that --help and wrong usage answer at once.
    return run_command(lambda: int(import_module("ingest.commands").run(arguments)))


if __name__ == "__main__":
    sys.exit(main())
