"""Every way a model server can fail ends in one of our errors or a marked last piece, in time, without the key."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from rag.errors import ContextOverflow, ModelError, ModelMissing, ModelRefused, ModelReplyInvalid, ModelUnavailable
from rag.model_faults import retry_after
from rag.openai_llm import Limits
from tests.fake_llm_server import FakeLlmServer, Reply, answer, body, chunk, drip, error, events, reset, script, silent
from tests.rag.model_talk import LEAK, MESSAGES, QUICK, assert_safe, model_at, said

GREETING = chunk("Hello")
HURRIED = Limits(deadline=0.8, connect=0.5, read_local=30.0, pause=0.01)
SLACK = 1.5
"""Seconds a loaded machine may add."""


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Importing the client takes a second, which belongs to no fault's time."""
    with FakeLlmServer(answer("Yes.")) as server:
        said(model_at(server.url, Limits()))


@dataclass(frozen=True)
class Fault:
    """A scripted fault, and what has to come of it: an error, or the text kept with its finish."""

    name: str
    replies: Sequence[Reply]
    error: type[ModelError] | None = None
    says: str = ""
    text: str = ""
    finish: str | None = None
    tries: int | None = None
    seconds: float = 0.5
    limits: Limits = QUICK


def cut_body() -> Reply:
    return body(b'data: {"choices"', kind="text/event-stream", Content_Length="400")


def broken_chunked(*tail: bytes) -> Reply:
    event = b"data: " + json.dumps(GREETING).encode() + b"\n\n"
    return body(
        b"%x\r\n%s\r\n" % (len(event), event) + b"".join(tail), kind="text/event-stream", Transfer_Encoding="chunked"
    )


OVERFLOW = "This model's maximum context length is 4096 tokens, however you requested 9000."
FAULTS = [
    # --- refused before the first word
    Fault("401", [error(401, LEAK, code="invalid_api_key")], ModelRefused, "Check OPENAI_API_KEY", tries=1),
    Fault("403", [error(403, LEAK)], ModelRefused, "refused the key", tries=1),
    Fault("402", [error(402, LEAK)], ModelRefused, "billing", tries=1),
    Fault("404 model", [error(404, LEAK, code="model_not_found")], ModelMissing, "fake-model", tries=1),
    Fault("404 page", [body(b"<h1>Not found</h1>", status=404, kind="text/html")], ModelMissing, "/models`", tries=1),
    Fault("400 unknown model", [error(400, "model 'x' not found")], ModelMissing, "--llm", tries=1),
    Fault("400 context", [error(400, code="context_length_exceeded")], ContextOverflow, "longer", tries=1),
    Fault("400 context vllm", [error(400, OVERFLOW, kind="BadRequestError")], ContextOverflow, "window", tries=1),
    Fault("400 llama.cpp", [error(400, kind="exceed_context_size_error")], ContextOverflow, "window", tries=1),
    Fault("413", [body(b"too big", status=413, kind="text/plain")], ContextOverflow, "window", tries=1),
    Fault("400 filter", [error(400, code="content_filter")], ModelRefused, "content filter", tries=1),
    Fault("400 other", [error(400, LEAK)], ModelRefused, "HTTP 400", tries=2),
    Fault("422", [body(b'{"detail": "no"}', status=422)], ModelRefused, "HTTP 422", tries=2),
    Fault("400 temperature", [error(400, "temperature must be 1")], ModelRefused, "LLM_TEMPERATURE=1", tries=1),
    Fault("307", [body(b"", status=307, Location="http://127.0.0.1:9/v1")], ModelReplyInvalid, "redirects", tries=1),
    Fault("429 quota", [error(429, LEAK, code="insufficient_quota")], ModelRefused, "no quota", tries=1),
    # --- passing faults, tried again
    Fault("429", [error(429, LEAK)], ModelUnavailable, "HTTP 429", tries=3),
    Fault("429 then well", [error(429), answer("Yes.")], text="Yes.", finish="stop", tries=2),
    Fault("500", [error(500, LEAK)], ModelUnavailable, "HTTP 500", tries=3),
    Fault("503 then well", [error(503, "Loading model"), answer("Yes.")], text="Yes.", finish="stop", tries=2),
    Fault(
        "502 page", [body(b"<html>bad gateway</html>", status=502, kind="text/html")], ModelUnavailable, "502", tries=3
    ),
    Fault("reset", [reset()], ModelUnavailable, "cannot be reached", tries=3),
    Fault("reset then well", [reset(), answer("Yes.")], text="Yes.", finish="stop", tries=2),
    Fault("silent", [silent(5)], ModelUnavailable, "in time", tries=3, seconds=2.0),
    Fault("no status line", [lambda c: c.send(b"garbage\r\n\r\n")], ModelUnavailable, "cannot be reached", tries=3),
    Fault("closed before a word", [events()], ModelUnavailable, "before the first word", tries=3),
    Fault("error event first", [events({"error": {"message": LEAK}})], ModelUnavailable, "failed", tries=3),
    Fault(
        "context event", [events({"error": {"code": "context_length_exceeded"}})], ContextOverflow, "longer", tries=1
    ),
    # --- replies that are none
    Fault("web page", [body(b"<html>Sign in</html>", kind="text/html; charset=utf-8")], ModelReplyInvalid, "text/html"),
    Fault("bare json", [body(b'{"choices": []}')], ModelReplyInvalid, "application/json", tries=1),
    Fault("json error", [body(json.dumps({"error": LEAK}).encode())], ModelUnavailable, "failed", tries=3),
    Fault("json rubbish", [body(b"{nonsense")], ModelReplyInvalid, "cannot be read", tries=1),
    Fault("deep json", [body(b"[" * 60_000)], ModelReplyInvalid, "cannot be read", tries=1),
    Fault("no choices", [events({"id": "x"}, "[DONE]")], ModelReplyInvalid, "no text"),
    Fault("empty choices", [events({**chunk(), "choices": []}, "[DONE]")], ModelReplyInvalid, "no text"),
    Fault(
        "content None", [events({**chunk(), "choices": [{"delta": {"content": None}}]}, "[DONE]")], ModelReplyInvalid
    ),
    Fault("choices of numbers", [events({**chunk(), "choices": [7]}, "[DONE]")], ModelReplyInvalid),
    Fault("content number", [events({**chunk(), "choices": [{"delta": {"content": 7}}]}, "[DONE]")], ModelReplyInvalid),
    Fault("event is a number", [events(5, "[DONE]")], ModelReplyInvalid),
    Fault("malformed event", [events("{oops")], ModelReplyInvalid, "cannot be read", tries=1),
    Fault("bad bytes", [script(b"data: \xff\xfe\xfa\n\n")], ModelReplyInvalid, "cannot be read", tries=1),
    Fault("filtered at once", [events(chunk(finish="content_filter"), "[DONE]")], ModelRefused, "content filter"),
    Fault("tool call", [events(chunk(finish="tool_calls"), "[DONE]")], ModelReplyInvalid, "no text"),
    # --- broken after the first word: the text is kept and the end is marked
    Fault("dropped", [events(GREETING)], text="Hello", finish="lost", tries=1),
    Fault("reset later", [script(GREETING, None)], text="Hello", finish="lost", tries=1),
    Fault("half event", [script(GREETING, b'data: {"choi')], text="Hello", finish="lost", tries=1),
    Fault("malformed later", [events(GREETING, "{oops")], text="Hello", finish="lost", tries=1),
    Fault("bad bytes later", [script(GREETING, b"data: \xff\xfe\n\n")], text="Hello", finish="lost", tries=1),
    Fault("error event later", [events(GREETING, {"error": {"message": LEAK}})], text="Hello", finish="lost", tries=1),
    Fault("stall", [script(GREETING, 5)], text="Hello", finish="lost", tries=1),
    Fault("done without finish", [events(GREETING, "[DONE]")], text="Hello", finish="lost"),
    Fault("chunked cut", [broken_chunked(b"ff\r\ndata: ")], text="Hello", finish="lost", tries=1),
    Fault("length", [answer("Hello", finish="length")], text="Hello", finish="length"),
    Fault("filter later", [answer("Hello", finish="content_filter")], text="Hello", finish="content_filter"),
    Fault("abort", [answer("Hello", finish="abort")], text="Hello", finish="lost"),
    Fault("empty answer", [answer()], text="", finish="stop"),
    Fault("cut after its end", [script(GREETING, chunk(finish="stop"), None)], text="Hello", finish="stop", tries=1),
    Fault("cut body", [cut_body()], ModelUnavailable, "cannot be reached", tries=3),
    # --- for ever
    Fault("comments for ever", [drip(b": ping\n\n", 0.05)], ModelUnavailable, "silent for", tries=1, limits=HURRIED),
    Fault(
        "ignores max_tokens",
        [drip(b"data: " + json.dumps(GREETING).encode() + b"\n\n", 0)],
        None,
        "",
        "Hello" * 161,
        "length",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault(fault: Fault) -> None:
    with FakeLlmServer(*fault.replies) as server:
        started = time.monotonic()
        if fault.error is None:
            assert said(model_at(server.url, fault.limits)) == (fault.text, fault.finish)
        else:
            with pytest.raises(fault.error) as caught:
                list(model_at(server.url, fault.limits).stream(MESSAGES, max_tokens=50))
            assert type(caught.value) is fault.error
            assert fault.says in str(caught.value)
            assert_safe(caught.value)
        assert time.monotonic() - started < fault.seconds + SLACK
        if fault.tries is not None:
            assert len(server.asked) == fault.tries


def test_table_covers_the_measured_faults() -> None:
    assert len(FAULTS) == len({fault.name for fault in FAULTS}) >= 35


@pytest.mark.parametrize("piece", [b"x", b"data: " + json.dumps(GREETING).encode() + b"\n\n"], ids=["bytes", "words"])
def test_a_trickling_server_ends_at_the_deadline(piece: bytes) -> None:
    with FakeLlmServer(script(GREETING, *[step for _ in range(500) for step in (piece, 0.05)])) as server:
        started = time.monotonic()
        text, finish = said(model_at(server.url, HURRIED), max_tokens=5000)
        assert text.startswith("Hello")
        assert finish == "deadline"
        assert 0.7 < time.monotonic() - started < HURRIED.deadline + SLACK


def test_a_stall_longer_than_what_is_left_ends_at_the_deadline() -> None:
    with FakeLlmServer(script(GREETING, 0.4, GREETING, 30)) as server:
        started = time.monotonic()
        assert said(model_at(server.url, HURRIED)) == ("HelloHello", "deadline")
        assert time.monotonic() - started < HURRIED.deadline + SLACK


def test_a_trickling_status_line_ends_at_the_deadline() -> None:
    def reply(connection: Any) -> None:
        for letter in b"HTTP/1.1 200 " + b"O" * 500:
            connection.send(bytes([letter]))
            connection.wait(0.05)

    with FakeLlmServer(reply) as server, pytest.raises(ModelUnavailable, match="silent for"):
        list(model_at(server.url, HURRIED).stream(MESSAGES, max_tokens=50))


def test_a_server_that_stays_open_after_its_end_is_left() -> None:
    with FakeLlmServer(script(GREETING, chunk(finish="stop"), 30)) as server:
        started = time.monotonic()
        assert said(model_at(server.url, Limits(read_local=30.0, grace=0.2))) == ("Hello", "stop")
        assert time.monotonic() - started < 0.2 + SLACK


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(ModelUnavailable, match="Connection refused") as caught:
            said(model_at(url))
        assert_safe(caught.value)


def test_the_address_is_named_without_its_password() -> None:
    with FakeLlmServer(error(500)) as server, pytest.raises(ModelUnavailable) as caught:
        said(model_at(server.url.replace("//", "//me:hunter22@")))
    assert server.url in str(caught.value)
    assert "hunter22" not in str(caught.value)


def test_retry_after_is_waited_for() -> None:
    with FakeLlmServer(error(429, Retry_After="0.3"), answer("Yes.")) as server:
        started = time.monotonic()
        assert said(model_at(server.url)) == ("Yes.", "stop")
        assert time.monotonic() - started >= 0.3


def test_retry_after_beyond_the_deadline_is_not_waited_for() -> None:
    with FakeLlmServer(error(429, Retry_After="60")) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match="HTTP 429"):
            said(model_at(server.url))
        assert time.monotonic() - started < SLACK
        assert len(server.asked) == 1


def test_retry_after_forms() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after-ms": "250", "retry-after": "7"}) == 0.25
    assert 80 < (retry_after({"retry-after": soon}) or 0) <= 90
    assert [retry_after({"retry-after": odd}) for odd in ("", "-3", "nan", "inf", "tomorrow")] == [None] * 5
