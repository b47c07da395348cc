"""What all command lines share: exit codes, one JSON document, errors as one line."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from rag.errors import GroundwireError

DONE, NOTHING_USABLE, WRONG_USAGE, FAILED = 0, 1, 2, 3
"""Exit codes of every command (design, section 6)."""

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?$")


def run_command(command: Callable[[], int]) -> int:
    """Runs a command and turns errors meant for people into one line on stderr and exit code 3."""
    try:
        return command()
    except GroundwireError as error:
        print(f"groundwire: {' '.join(str(error).split())}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("groundwire: stopped. What was reported as done is kept.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that flushing at exit is quiet
        return DONE


def print_json(document: Any) -> None:
    """One JSON document on one line of stdout; NaN is refused, because JSON has none."""
    print(json.dumps(document, ensure_ascii=False, allow_nan=False))


def iso_date(value: str) -> str:
    """Argument type: YYYY, YYYY-MM or YYYY-MM-DD."""
    if not _DATE.match(value):
        raise argparse.ArgumentTypeError(f"{value!r} is no date. Write YYYY, YYYY-MM or YYYY-MM-DD.")
    return value


def full_date(value: str) -> str:
    """Argument type: YYYY-MM-DD."""
    if len(iso_date(value)) != len("YYYY-MM-DD"):
        raise argparse.ArgumentTypeError(f"{value!r} names no day. Write YYYY-MM-DD.")
    return value


def new_parser(program: str, description: str, examples: str) -> argparse.ArgumentParser:
    """A parser whose help ends with examples."""
    return argparse.ArgumentParser(
        prog=f"python -m {program}",
        description=description,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
