"""What goes to a language model and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation a model continues."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a reply as it arrives; the last piece alone has `finish`.

    Attributes:
        finish: "stop" (complete), "length" (cut at the token limit), "content_filter" (cut by the
            provider), "lost" (the stream ended without saying why), "deadline" (our time was up).
        usage: Tokens as the server counted them; None when it did not say.
    """

    text: str = ""
    finish: str | None = None
    usage: Mapping[str, int] | None = None


class ChatModel(Protocol):
    """A language model that streams its reply.

    Attributes:
        context_window: Tokens of prompt and reply together.
    """

    @property
    def name(self) -> str: ...

    @property
    def context_window(self) -> int: ...

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """Pieces of the reply, the last one with `finish`.

        Raises:
            ModelError: Before the first text only; what breaks later ends in a last piece.
        """
        ...


@runtime_checkable
class StructuredChatModel(ChatModel, Protocol):
    """A chat model whose server can be told which form a reply must have."""

    def stream_structured(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Mapping[str, Any]
    ) -> Iterator[Piece]:
        """As `stream`, of a JSON document that the JSON schema describes; plain text where the server refuses."""
        ...
