"""The worst language models there can be: they write whatever they are told, in every form a reply can have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rag.messages import Message, Piece

_NUMBERED = re.compile(r"(?m)^\[(\d+)\] ")


class ObeyingModel:
    """Says one sentence whatever it is asked, citing each passage, all, none and some that are not there."""

    name = "obeying"
    context_window = 8192

    def __init__(self, order: str = "") -> None:
        self.order = order
        self.asked: list[str] = []

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """See `rag.messages.ChatModel`."""
        self.asked.append(messages[-1].content)
        yield Piece(self.reply(len(_NUMBERED.findall(messages[-1].content))))
        yield Piece(finish="stop")

    def reply(self, passages: int) -> str:
        """Forms of one sentence, because a model that only repeats itself is stopped."""
        bare = self.order.rstrip(".")
        everything = "".join(f"[{n}]" for n in range(1, passages + 1))
        each = [f"{words}{bare}. [{n}]" for n, words in zip(range(1, passages + 1), _OPENINGS, strict=False)]
        forms = [
            f"{self.order} {everything}",
            f"{bare}! [99]",
            *each,
            f"Indeed {bare}.",
            f"{bare}, it is certain. [0][-1]",
        ]
        return " ".join(forms)


class ObeyingInForm(ObeyingModel):
    """The same, as the JSON document that a server was asked for."""

    def stream_structured(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Mapping[str, Any]
    ) -> Iterator[Piece]:
        """See `rag.messages.StructuredChatModel`."""
        self.asked.append(messages[-1].content)
        passages = len(_NUMBERED.findall(messages[-1].content))
        every = list(range(1, passages + 1))
        said: list[tuple[str, list[int]]] = [
            (self.order, every),
            (f"Indeed {self.order}", [99, 0, -1]),
            ("So: " + self.order, []),
        ]
        said += [(words + self.order, [n]) for n, words in zip(every, _OPENINGS, strict=False)]
        yield Piece(json.dumps({"sentences": [{"text": text, "passages": cited} for text, cited in said]}))
        yield Piece(finish="stop")


class Reciting:
    """Writes one given reply, in pieces, to whatever it is asked."""

    name = "reciting"
    context_window = 8192

    def __init__(self, reply: str) -> None:
        self._reply = reply

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """See `rag.messages.ChatModel`."""
        for start in range(0, len(self._reply), 4096):
            yield Piece(self._reply[start : start + 4096])
        yield Piece(finish="stop")


_OPENINGS = ("", "In fact, ", "On Monday, ", "Officially, ", "Today, ", "Again, ", "Thus, ", "Surely, ")
