"""A chat model at a fake server, what it says, and what its errors must not say."""

from __future__ import annotations

from rag.endpoint import Endpoint
from rag.llm import ChatModel, Message
from rag.openai_llm import Limits, OpenAIChatModel

KEY = "gw-marked-5f3a9c71e2d84b06"
LEAK = f"Incorrect API key provided: {KEY}. Also {KEY[:12]}… and Bearer {KEY} and sk-proj-abcdef123456."
QUICK = Limits(deadline=6.0, connect=1.0, read=0.6, read_local=0.6, write=1.0, pool=1.0, pause=0.01)
MESSAGES = [Message("system", "Answer."), Message("user", "What happened?")]


def model_at(url: str, limits: Limits = QUICK) -> OpenAIChatModel:
    """A model of the server at that URL, asked with the marked key."""
    return OpenAIChatModel("fake-model", lambda: Endpoint(url, KEY), context_window=4096, limits=limits)


def said(model: ChatModel, max_tokens: int = 50) -> tuple[str, str | None]:
    """The whole text and the finish of a reply, whose last piece alone has one."""
    pieces = list(model.stream(MESSAGES, max_tokens=max_tokens))
    assert all(piece.finish is None for piece in pieces[:-1])
    return "".join(piece.text for piece in pieces), pieces[-1].finish


def assert_safe(fault: BaseException) -> None:
    """One line, no part of the key, no vendor's exception behind it that might hold it."""
    assert fault.__cause__ is None
    assert fault.__context__ is None
    for shown in (str(fault), repr(fault)):
        assert "\n" not in shown
        assert len(shown) < 500
        assert not any(KEY[i : i + 8] in shown for i in range(len(KEY) - 7))
        assert "sk-proj" not in shown
