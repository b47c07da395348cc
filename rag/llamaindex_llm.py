"""Any LlamaIndex LLM as a chat model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rag.deadline import Deadline
from rag.errors import ContextOverflow, ModelError, ModelUnavailable
from rag.messages import Message, Piece
from rag.model_faults import OVERFLOW

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_CHARS_PER_TOKEN = 16


class LlamaIndexChatModel:
    """Streams replies of a LlamaIndex LLM.

    Its key, endpoint, timeouts and retries are its own: the deadline is looked at with each piece and cannot
    end a silent call. `max_tokens` only bounds how much is read, because LLMs name that option differently.
    """

    def __init__(self, llm: LLM, *, deadline: float = 180.0) -> None:
        self._llm = llm
        self._deadline = deadline
        self.name = str(llm.metadata.model_name or llm.class_name())
        self.context_window = int(llm.metadata.context_window)

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """See `ChatModel.stream`. A vendor's error is told by its class alone: its text may hold a key."""
        deadline = Deadline(self._deadline)
        chars = 0
        reason: str | None = "stop"
        fault: ModelError | None = None
        try:
            for text, reason in _texts(self._llm, messages):
                chars += len(text)
                if text:
                    yield Piece(text)
                if deadline.passed or chars > max_tokens * _CHARS_PER_TOKEN:
                    reason = "deadline" if deadline.passed else "length"
                    break
        except Exception as error:  # any vendor's, none of which we know
            fault = self._fault(error)
        if fault is not None and not chars:
            raise fault
        yield Piece(finish="lost" if fault is not None else reason or "lost")

    def _fault(self, error: Exception) -> ModelError:
        if OVERFLOW.search(str(error)):
            return ContextOverflow(f"{self.name} says the prompt is longer than its window.")
        return ModelUnavailable(f"{self.name} failed: {type(error).__name__}. Check the LLM that was passed in.")


def _texts(llm: LLM, messages: Sequence[Message]) -> Iterator[tuple[str, str | None]]:
    """Each new text with the finish reason so far: "stop" from LLMs that tell none, None while others still owe it."""
    from llama_index.core.llms import ChatMessage, MessageRole

    said = 0
    reason: str | None = None
    for response in llm.stream_chat([ChatMessage(content=m.content, role=MessageRole(m.role)) for m in messages]):
        whole = response.message.content or ""
        text = whole[said:] if response.delta is None else response.delta
        said += len(text)
        reason = _finish_reason(response.raw) or reason  # a chunk with usage alone may follow the one that tells
        yield text, reason


def _finish_reason(raw: Any) -> str | None:
    """From a raw OpenAI-style chunk, dict or object; "stop" when it is of another style."""
    choices = raw.get("choices") if isinstance(raw, Mapping) else getattr(raw, "choices", None)
    if choices is None:
        return "stop"
    if not isinstance(choices, list) or not choices:
        return None
    choice = choices[0]
    reason = choice.get("finish_reason") if isinstance(choice, Mapping) else getattr(choice, "finish_reason", None)
    return reason if reason in ("stop", "length", "content_filter") else None
