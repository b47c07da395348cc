"""A language model that says what a test tells it to; it speaks `rag.llm.ChatModel` in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.errors import ModelError
from rag.llm import Message, Piece


class ScriptedModel:
    """Gives its replies in turn and keeps what it was asked.

    A reply is a text, a list of pieces, or a ModelError to raise.
    """

    name = "scripted"
    context_window = 8192

    def __init__(self, *replies: str | list[Piece] | ModelError) -> None:
        self._replies = list(replies)
        self.asked: list[str] = []

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """The next reply, a few characters at a time."""
        self.asked.append("\n\n".join(m.content for m in messages))
        reply = self._replies.pop(0)
        if isinstance(reply, ModelError):
            raise reply
        if isinstance(reply, str):
            reply = [Piece(reply[i : i + 7]) for i in range(0, len(reply), 7)]
            reply.append(Piece(finish="stop", usage={"prompt_tokens": 100, "completion_tokens": 20}))
        yield from reply
