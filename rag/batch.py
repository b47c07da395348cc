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


def read_batch(path: Path) -> Iterator[BatchLine]:
    """The lines of a batch file, checked.

    Raises:
        QuestionError: The file cannot be read, or a line is not what the contract says; names the line.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"batch file {str(path)!r} cannot be read: {error}") from None
    for number, line in enumerate(content.split("\n"), start=1):  # a string may hold other line separators
        if line.strip():
            yield _line(f"{path}:{number}", line)


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
