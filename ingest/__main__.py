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
  python -m ingest articles/ --dry-run --json         say what would happen, change nothing
"""


def parser() -> argparse.ArgumentParser:
    """The command line as an argparse parser."""
    top = new_parser("ingest", "Bring news articles into a library. Safe to repeat, safe to stop.", _EXAMPLES)
    top.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file, folder or glob")
    top.add_argument("--library", type=Path, metavar="DIR", help="directory of the library (default: ./library)")
    top.add_argument("--remove-missing", action="store_true", help="remove articles whose file under PATH is gone")
    top.add_argument("--dry-run", action="store_true", help="report what would happen and change nothing")
    top.add_argument("--json", action="store_true", help="print one JSON document on stdout and nothing else")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit code."""
    arguments = parser().parse_args(argv)
    # Loaded only now, so that --help and wrong usage answer at once.
    return run_command(lambda: int(import_module("ingest.commands").run(arguments)))


if __name__ == "__main__":
    sys.exit(main())
