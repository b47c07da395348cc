"""A chat model whose replies are kept in a file, so that a slow benchmark goes on where it stopped.

A reply is found again by model, prompt and limit: what checks or shows it may change meanwhile, and only prompts
that are new are asked.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.messages import ChatModel, Message, Piece

_WHOLE = ("stop", "length")
"""Ends of a reply that would be the same another time; others, such as a deadline, are asked again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said to one prompt.

    Attributes:
        seconds: Until its end, on the machine that asked.
    """

    text: str
    finish: str
    usage: Mapping[str, int]
    seconds: float


class ReplyMissing(LookupError):
    """A prompt whose reply is not kept, where nothing is to be asked."""


class RememberedModel:
    """A `ChatModel` that asks another one once for each prompt."""

    def __init__(self, model: ChatModel, file: Path, *, ask: bool = True) -> None:
        """With `ask` false, a prompt that is not remembered raises ReplyMissing."""
        self.name = model.name
        self.context_window = model.context_window
        self._may_ask = ask
        self._model = model
        self._file = file
        self._replies = _read(file)

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """The whole reply in one piece, then the last piece. Raises as the model does."""
        key = prompt_key(self.name, messages, max_tokens)
        reply = self._replies.get(key) or self._ask(key, messages, max_tokens)
        if reply.text:
            yield Piece(reply.text)
        yield Piece(finish=reply.finish, usage=reply.usage or None)

    def _ask(self, key: str, messages: Sequence[Message], max_tokens: int) -> Reply:
        if not self._may_ask:
            raise ReplyMissing(key)
        began = time.perf_counter()
        pieces = list(self._model.stream(messages, max_tokens=max_tokens))
        usage = next((piece.usage for piece in reversed(pieces) if piece.usage), {})
        finish = (pieces[-1].finish if pieces else None) or "lost"
        reply = Reply("".join(p.text for p in pieces), finish, dict(usage), round(time.perf_counter() - began, 3))
        if reply.finish in _WHOLE:
            self._replies[key] = reply
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"key": key, **asdict(reply)}, ensure_ascii=False) + "\n")
        return reply


def prompt_key(model: str, messages: Sequence[Message], max_tokens: int) -> str:
    """24 hex digits of all that a reply depends on, at temperature 0."""
    asked = json.dumps([model, max_tokens, [(m.role, m.content) for m in messages]])
    return hashlib.sha256(asked.encode()).hexdigest()[:24]


def _read(file: Path) -> dict[str, Reply]:
    """The replies in a file; a last line cut off by a stop is dropped from it."""
    if not file.exists():
        return {}
    whole, _, cut = file.read_text(encoding="utf-8", errors="surrogateescape").rpartition("\n")
    if cut:
        file.write_text(f"{whole}\n" if whole else "", encoding="utf-8", errors="surrogateescape")
    documents: list[dict[str, Any]] = [json.loads(line) for line in whole.split("\n") if line]
    return {document.pop("key"): Reply(**document) for document in documents}
