"""Which model is opened, how it is asked, and what stays private."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from rag.endpoint import NO_KEY, Endpoint, configured_endpoint
from rag.errors import ModelMissing, SettingsError
from rag.llm import Piece, as_chat_model, open_chat_model
from rag.redaction import CLIENTS
from rag.settings import Settings
from tests.fake_llm_server import FakeLlmServer, answer, chunk, drip, error
from tests.rag.model_talk import KEY, MESSAGES, model_at, said


@pytest.fixture(autouse=True)
def _no_endpoint_in_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


# ------------------------------------------------------------------ how it is asked
def test_usage_and_request() -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 14}
    with FakeLlmServer(answer("Hel", "lo", usage=usage)) as server:
        pieces = list(model_at(server.url).stream(MESSAGES, max_tokens=50))
        (request,) = server.requests
    assert pieces == [Piece("Hel"), Piece("lo"), Piece(finish="stop", usage=usage)]
    assert request.body["messages"] == [{"role": m.role, "content": m.content} for m in MESSAGES]
    assert request.body["max_tokens"] == 50
    assert request.body["stream_options"] == {"include_usage": True}
    assert request.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("message", "gone", "new"),
    [
        ("Extra inputs are not permitted", "stream_options", None),
        ("Unrecognized request argument supplied: stream_options", "stream_options", None),
        ("Unsupported parameter: 'max_tokens'", "max_tokens", "max_completion_tokens"),
    ],
)
def test_a_refused_parameter_is_put_in_another_way_once(message: str, gone: str, new: str | None) -> None:
    with FakeLlmServer(error(400, message), answer("Yes.")) as server:
        model = model_at(server.url)
        assert said(model) == ("Yes.", "stop")
        assert said(model) == ("Yes.", "stop")
        first, *later = server.asked
    assert gone in first
    assert len(later) == 2
    assert all(gone not in request and (new is None or request[new] == 50) for request in later)


def test_a_consumer_may_leave() -> None:
    with FakeLlmServer(drip(b"data: " + json.dumps(chunk("Hello")).encode() + b"\n\n", 0.01)) as server:
        pieces = model_at(server.url).stream(MESSAGES, max_tokens=5000)
        assert next(pieces) == Piece("Hello")
        pieces.close()  # type: ignore[attr-defined]
        assert list(pieces) == []


def test_loopback_uses_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with FakeLlmServer(answer("Yes.")) as server:
        assert said(model_at(server.url)) == ("Yes.", "stop")


def test_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeLlmServer(error(500, "no luck"), answer("Yes.")) as server:
        said(model_at(server.url))
    assert not [r for r in caplog.records if r.name.startswith(CLIENTS) and r.levelno < logging.WARNING]
    assert KEY not in caplog.text
    assert KEY not in repr(Endpoint("http://h/v1", KEY))


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("abc12", "your key abc12 is bad", "your key *** is bad"),
        (KEY, f"ends in {KEY[-9:]}, begins with {KEY[:8]}***", "ends in *** begins with ***"),
        (NO_KEY, "no key is not-needed\nhere, sk-live_abc123 was sent", "no key is not-needed here, *** was sent"),
        (KEY, "header Bearer xyz123 refused", "header *** refused"),
    ],
)
def test_redaction(key: str, text: str, expected: str) -> None:
    assert Endpoint("http://h/v1", key).redact(text) == expected


# ------------------------------------------------------------------ which model
def settings(**values: Any) -> Settings:
    return Settings(**values)


def test_without_configuration_there_is_no_model() -> None:
    assert open_chat_model(settings(llm="auto")) is None
    assert open_chat_model(settings(llm="none", llm_base_url="http://127.0.0.1:9/v1")) is None


def test_auto_takes_the_first_chat_model_of_a_server() -> None:
    with FakeLlmServer(answer("Yes."), models=("text-embedding-x", "first", "second")) as server:
        model = open_chat_model(settings(llm="auto", llm_base_url=server.url + "/"))
        assert model is not None
        assert (model.name, model.context_window) == ("first", 8192)
        assert said(model) == ("Yes.", "stop")
        assert server.asked[0]["model"] == "first"
        assert server.requests[-1].headers["Authorization"] == f"Bearer {NO_KEY}"


def test_auto_prefers_the_named_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_MODEL", "named")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = open_chat_model(settings(llm="auto"))
    assert model is not None
    assert model.name == "named"


@pytest.mark.parametrize("status", [200, 401, 404, 500])
def test_auto_with_no_list_of_models_falls_back(status: int) -> None:
    with FakeLlmServer(answer("Yes."), models=({"no": "id"}, 7), models_status=status) as server:
        model = open_chat_model(settings(llm="auto", llm_base_url=server.url))
    assert model is not None
    assert model.name == "gpt-4o-mini"


def test_a_named_model_needs_an_endpoint() -> None:
    with pytest.raises(ModelMissing, match=r"OPENAI_BASE_URL.*--llm local"):
        open_chat_model(settings(llm="gpt-4o-mini"))


def test_a_named_model_is_asked_for_by_name() -> None:
    with FakeLlmServer(answer("Yes.")) as server:
        model = open_chat_model(settings(llm="org/some-model", llm_base_url=server.url, llm_api_key=SecretStr(KEY)))
        assert model is not None
        assert said(model) == ("Yes.", "stop")
        assert server.asked[0]["model"] == model.name == "org/some-model"


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://h/v1", "http://", "http://h:port/v1", "not a url"])
def test_a_bad_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"OPENAI_BASE_URL"):
        configured_endpoint(settings(llm_base_url=url))


@pytest.mark.parametrize("key", [f"{KEY}\nX-Injected: 1", f"{KEY} {KEY}", f"{KEY}é"])
def test_a_key_that_is_none_is_refused_unseen(key: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as caught:
        configured_endpoint(settings(llm_api_key=SecretStr(key)))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.9.0.1/v1", True),
        ("http://[::1]:8/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://192.168.0.4/v1", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    assert Endpoint(url).loopback is expected


def test_as_chat_model_takes_a_chat_model_and_nothing_else() -> None:
    model = model_at("http://127.0.0.1:9/v1")
    assert as_chat_model(model) is model
    with pytest.raises(SettingsError, match="int"):
        as_chat_model(7)
