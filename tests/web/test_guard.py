from __future__ import annotations

import asyncio
from typing import Any

import pytest

from web.guard import Guard, is_loopback


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"referrer-policy", b"unsafe-url")]})
    await send({"type": "http.response.body", "body": b"ok"})


def call(guard: Guard, kind: str = "http", path: str = "/", **headers: str) -> tuple[int, dict[bytes, bytes]]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing to receive")

    scope = {
        "type": kind,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(guard(scope, receive, send))
    if sent[0]["type"] == "websocket.close":
        return sent[0]["code"], {}
    return sent[0]["status"], dict(sent[0]["headers"])


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "LOCALHOST:1", "[::1]:7860"])
def test_loopback_names_pass(host: str) -> None:
    assert call(Guard(inner), host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "10.0.0.7", "", "["]
)
def test_other_names_are_refused(host: str) -> None:
    assert call(Guard(inner), host=host)[0] == 403


def test_a_request_without_host_is_refused() -> None:
    assert call(Guard(inner))[0] == 403


def test_the_chosen_host_passes_besides_loopback() -> None:
    guard = Guard(inner, host="news.internal")
    assert call(guard, host="news.internal:7860")[0] == 200
    assert call(guard, host="localhost")[0] == 200
    assert call(guard, host="evil.example")[0] == 403


def test_a_wildcard_takes_addresses_but_no_foreign_names() -> None:
    guard = Guard(inner, host="0.0.0.0")
    assert call(guard, host="10.0.0.7:7860")[0] == 200
    assert call(guard, host="evil.example")[0] == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:7860", 200),
        ("http://127.0.0.1:8000", 403),
        ("http://localhost:7860", 403),
        ("http://evil.example", 403),
        ("null", 403),
    ],
)
def test_only_the_page_itself_may_send(origin: str, status: int) -> None:
    assert call(Guard(inner), host="127.0.0.1:7860", origin=origin)[0] == status


def test_a_foreign_websocket_is_closed() -> None:
    assert call(Guard(inner), "websocket", host="evil.example")[0] == 1008


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_response_is_safe_and_inner_headers_cannot_weaken_it(host: str) -> None:
    _, headers = call(Guard(inner), host=host)
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert b"connect-src 'self'" in headers[b"content-security-policy"]


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("news.internal", False)]
)
def test_is_loopback(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_report_may_be_framed_by_the_page_and_may_do_nothing_itself() -> None:
    _, headers = call(Guard(inner), path="/runs/today/report.html", host="localhost")
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in call(Guard(inner), host="localhost")[1][b"content-security-policy"].decode()
