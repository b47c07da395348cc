"""The lines of a batch file: `{"id"?, "question", "history"?: [{"question", "answer"?}], "date"?}` each."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rag.command_line import full_date, is_text
from rag.errors import QuestionError
from rag.records import Turn
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One question of a batch.

    Attributes:
        id: As given, text or number; None when not given.
        date: Full ISO date of the question.
    """

    question: str
    id: str | int | None = None
    history: tuple[Turn, ...] = ()
    date: str | None = None


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How large a batch may be: bytes of the file, lines with a question, bytes of a line."""

    file: int = 50_000_000
    lines: int = 100_000
    line: int = 1_000_000


def batch_limits(settings: Settings) -> BatchLimits:
    """The limits that settings name."""
    return BatchLimits(settings.max_batch_bytes, settings.max_batch_lines, settings.max_line_bytes)


def read_batch(path: Path, limits: BatchLimits | None = None) -> Iterator[BatchLine]:
    """The lines of a batch file, checked.

    Raises:
        QuestionError: The file cannot be read or is too large, or a line is not what the contract says; names the line.
    """
    limits = limits or BatchLimits()
    questions = 0
    for number, line in enumerate(_read(path, limits).split("\n"), start=1):  # a string may hold other line separators
        if not line.strip():
            continue
        if len(line.encode(errors="surrogatepass")) > limits.line:
            raise QuestionError(
                f"{path}:{number} has more than {limits.line:,} bytes (setting max_line_bytes). Shorten it."
            )
        questions += 1
        if questions > limits.lines:
            raise QuestionError(
                f"{path} holds more than {limits.lines:,} questions (setting max_batch_lines). Split the file."
            )
        yield _line(f"{path}:{number}", line)


def _read(path: Path, limits: BatchLimits) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(limits.file + 1)  # and not its size, which pipes and devices do not have
        if len(content) > limits.file:
            raise QuestionError(
                f"batch file {str(path)!r} has more than {limits.file:,} bytes (setting max_batch_bytes). Split it."
            )
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"batch file {str(path)!r} cannot be read: {error}") from None


def _line(place: str, line: str) -> BatchLine:
    try:
        document = json.loads(line, parse_constant=_refuse)
        turns = tuple(Turn(_text(t["question"]), _text(t.get("answer") or "")) for t in document.get("history") or [])
        date = document.get("date")
        return BatchLine(_text(document["question"]), _id(document.get("id")), turns, date and full_date(date))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, argparse.ArgumentTypeError):
        raise QuestionError(
            f'{place} is not {{"id"?, "question", "history"?: [{{"question", "answer"}}], "date"?: "YYYY-MM-DD"}}. '
            "Mend that line."
        ) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not is_text(value):
        raise TypeError
    return value


def _id(value: Any) -> str | int | None:
    return value if value is None or isinstance(value, int) else _text(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
