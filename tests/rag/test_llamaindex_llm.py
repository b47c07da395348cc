"""A LlamaIndex LLM as a chat model: its text, its end, and its errors by class alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage, ChatResponse, MockLLM
from pydantic import PrivateAttr

from rag.errors import ContextOverflow, ModelUnavailable
from rag.llm import as_chat_model
from tests.rag.model_talk import LEAK, assert_safe, said


class Scripted(MockLLM):
    """A LlamaIndex LLM that streams given responses and then raises a given exception."""

    _responses: list[ChatResponse] = PrivateAttr()
    _failure: Exception | None = PrivateAttr()
    _seen: list[ChatMessage] = PrivateAttr(default_factory=list)

    def __init__(self, *responses: ChatResponse, failure: Exception | None = None) -> None:
        super().__init__()
        self._responses = list(responses)
        self._failure = failure

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Iterator[ChatResponse]:  # type: ignore[override]
        self._seen = list(messages)
        yield from self._responses
        if self._failure is not None:
            raise self._failure


def response(whole: str, delta: str | None, raw: Any = None) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role="assistant", content=whole), delta=delta, raw=raw)


def finish(reason: str | None) -> dict[str, Any]:
    return {"choices": [{"finish_reason": reason}]}


def test_llamaindex_llm_speaks() -> None:
    llm = Scripted(response("Hel", "Hel"), response("Hello", None), response("Hello", ""))
    model = as_chat_model(llm)
    assert said(model) == ("Hello", "stop")
    assert [(m.role.value, m.content) for m in llm._seen] == [("system", "Answer."), ("user", "What happened?")]
    assert model.context_window == llm.metadata.context_window


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [((None, "stop"), "stop"), ((None, "length"), "length"), ((None, None), "lost"), (("stop", None), "stop")],
)
def test_llamaindex_finish_reason_of_openai_style(reasons: tuple[str | None, ...], expected: str) -> None:
    llm = Scripted(*[response("Hi", "Hi" if i == 0 else "", finish(r)) for i, r in enumerate(reasons)])
    assert said(as_chat_model(llm)) == ("Hi", expected)


def test_llamaindex_failure_is_named_by_class_alone() -> None:
    with pytest.raises(ModelUnavailable, match="PermissionError") as caught:
        said(as_chat_model(Scripted(failure=PermissionError(LEAK))))
    assert_safe(caught.value)


def test_llamaindex_failure_after_text_keeps_it() -> None:
    llm = Scripted(response("Hi", "Hi"), failure=ConnectionError(LEAK))
    assert said(as_chat_model(llm)) == ("Hi", "lost")


def test_llamaindex_overflow() -> None:
    with pytest.raises(ContextOverflow):
        said(as_chat_model(Scripted(failure=ValueError("code: context_length_exceeded"))))


def test_llamaindex_endless_reply_is_cut() -> None:
    many = [response("", "word ") for _ in range(5000)]
    text, reason = said(as_chat_model(Scripted(*many)), max_tokens=10)
    assert reason == "length"
    assert len(text) < 200


def test_real_mock_llm_of_llamaindex() -> None:
    assert said(as_chat_model(MockLLM(max_tokens=3))) == ("text text text", "stop")
