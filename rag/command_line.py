"""What all command lines share: exit codes, one JSON document, errors as one line."""

from __future__ import annotations

import argparse
import datetime
import io
import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from rag.errors import GroundwireError
from rag.visible import visible

DONE, NOTHING_USABLE, WRONG_USAGE, FAILED = 0, 1, 2, 3
"""Exit codes of every command (design, section 6)."""

_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


def run_command(command: Callable[[], int]) -> int:
    """Runs a command and turns errors meant for people into one line on stderr and exit code 3."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character shows its number
    try:
        return command()
    except GroundwireError as error:
        print(f"groundwire: {' '.join(visible(str(error)).split())}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("groundwire: stopped. What was reported as done is kept.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that flushing at exit is quiet
        return DONE


def print_json(document: Any) -> None:
    """One JSON document on one line of stdout; NaN is refused, because JSON has none."""
    is_unicode = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    print(json.dumps(document, ensure_ascii=not is_unicode, allow_nan=False))


def text(value: str) -> str:
    """Argument type: anything that is text, which bytes of another encoding are not."""
    if not is_text(value):
        raise argparse.ArgumentTypeError(f"{value!a} is no valid UTF-8. Set your terminal to UTF-8.")
    return value


def is_text(value: str) -> bool:
    """False for a string with half of a surrogate pair, which no file, index or model can take."""
    return not any("\ud800" <= c <= "\udfff" for c in value)


def positive(value: str) -> int:
    """Argument type: 1, 2, …"""
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise argparse.ArgumentTypeError(f"{value!r} is no whole number above 0.")
    return int(value)


def iso_date(value: str) -> str:
    """Argument type: YYYY, YYYY-MM or YYYY-MM-DD."""
    try:
        datetime.date.fromisoformat(value + "-01" * (2 - value.count("-")))
        is_date = _DATE.fullmatch(value) is not None
    except ValueError:
        is_date = False
    if not is_date:
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
