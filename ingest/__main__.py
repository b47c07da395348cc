"""`python -m ingest`: files and folders of articles → library."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rag.command_line import new_parser, run_command

_RAY_ADDRESS = re.compile(r"local|auto|[\w.-]+:\d{1,5}")
_EXAMPLES = """\
  python -m ingest articles/                          a folder of txt, md, html, pdf, json, jsonl
  python -m ingest news.jsonl --library news.lib
  python -m ingest articles/ --remove-missing         also forget files that are gone
  python -m ingest articles/ --dry-run                say what would happen, change nothing
  python -m ingest articles/ --watch                  stay, and follow what is added and changed
  python -m ingest articles/ --workers 8              embed in eight processes
  python -m ingest articles/ --ray 10.0.0.1:6379      embed on a Ray cluster; without an address on one of this machine
  GROUNDWIRE_STORE=postgresql://news@db.example/news python -m ingest articles/    articles kept on a server
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
        "--workers", type=_workers, dest="ingest_workers", metavar="N", help="processes that embed (default: none, 0)"
    )
    top.add_argument(
        "--ray",
        type=_ray_address,
        nargs="?",
        const="local",
        dest="ray_address",
        metavar="ADDRESS",
        help="embed on Ray: on the cluster at HOST:PORT, or on one of this machine that ends with the run",
    )
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


def _workers(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > 256:
        raise argparse.ArgumentTypeError(f"{value!r} is no number of processes from 0 to 256.")
    return int(value)


def _ray_address(value: str) -> str:
    if not _RAY_ADDRESS.fullmatch(value):
        raise argparse.ArgumentTypeError(f"{value!r} is no HOST:PORT of a Ray cluster. Give the paths before --ray.")
    return value


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit code."""
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.watch and arguments.dry_run:
        top.error("--watch changes the library and --dry-run does not; give one of them")

    def run() -> int:
        # Loaded only now, so that --help and wrong usage answer at once.
        import_module("rag.network_seal").seal_process(vars(arguments))
        return int(import_module("ingest.commands").run(arguments))

    return run_command(run)


if __name__ == "__main__":
    sys.exit(main())
