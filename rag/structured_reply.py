"""A model's reply as JSON, while it streams in → drafted sentences.

Where a server can be told which form a reply must have, no marker can be malformed: each sentence comes as an
object with its text and the numbers of its passages. Text of models is never trusted to be of that form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rag.citations import DraftParser, DraftSentence

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "passages": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["text", "passages"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sentences"],
    "additionalProperties": False,
}
"""What is asked for: {"sentences": [{"text": "...", "passages": [1, 3]}]}."""

_LONGEST = 20_000
"""Characters of one sentence's object; a reply beyond that is not of this form."""


class StructuredParser:
    """Takes the text of such a reply in any pieces and gives each sentence once its object is closed."""

    def __init__(self) -> None:
        self._object: list[str] = []
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def feed(self, text: str) -> list[DraftSentence]:
        """The sentences that this text completes."""
        done: list[DraftSentence] = []
        for char in text:
            closed = self._take(char)
            if closed is not None:
                done += _sentences(closed)
        return done

    def finish(self) -> list[DraftSentence]:
        """Nothing: an object that was not closed is cut, and half a sentence states nothing."""
        return []

    def _take(self, char: str) -> str | None:
        """The text of a sentence's object when this character closes it."""
        if self._quoted:
            self._quoted = self._escaped or char != '"'
            self._escaped = char == "\\" and not self._escaped
        elif char == '"':
            self._quoted = True
        elif char == "{":
            self._depth += 1
            if self._depth > 1:
                self._object.clear()
        elif char == "}":
            self._depth -= 1
            if self._depth == 1:
                return "".join(self._object) + char
        if self._depth > 1 and len(self._object) < _LONGEST:
            self._object.append(char)
        return None


def _sentences(text: str) -> list[DraftSentence]:
    """The sentences of one object, markers in their text read as well; what is no number is kept as malformed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return []
    said = document.get("text") if isinstance(document, dict) else None
    if not isinstance(said, str):
        return []
    passages = document.get("passages")
    listed = passages if isinstance(passages, list) else []
    numbers = [n for n in listed if isinstance(n, int) and not isinstance(n, bool) and n > 0]
    malformed = [str(n)[:40] for n in listed if isinstance(n, bool) or n not in numbers]
    return [
        replace(
            drafted,
            markers=tuple(dict.fromkeys((*drafted.markers, *numbers))),
            malformed=tuple(dict.fromkeys((*drafted.malformed, *malformed))),
        )
        for drafted in _plain(said.encode("utf-8", "replace").decode())
    ]


def _plain(text: str) -> list[DraftSentence]:
    parser = DraftParser()
    return parser.feed(text) + parser.finish()
