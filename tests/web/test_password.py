from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from rag.errors import SettingsError
from web.body_limit import UPLOAD_PATH, BodyLimit
from web.password import Password, read_password


async def inner(scope: Any, receive: Any, send: Any) -> None:
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def call(
    app: Any, path: str = "/", bodies: tuple[bytes, ...] = (b"",), kind: str = "http", **headers: str
) -> int | None:
    """The status of the response; None when the connection was ended instead."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": b, "more_body": i < len(bodies)} for i, b in enumerate(bodies, 1)]

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return waiting.pop(0)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": kind, "path": path, "headers": pairs}, receive, send))
    if not sent:
        return None
    return int(sent[0].get("status") or sent[0]["code"])


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


GUARDED = Password(inner, SecretStr("pässword"), penalty=0)


@pytest.mark.parametrize("user", ["", "anna", "a:b"[:1]])
def test_the_password_passes_under_any_user_name(user: str) -> None:
    assert call(GUARDED, authorization=basic(f"{user}:pässword")) == 200


@pytest.mark.parametrize(
    "header",
    [basic("anna:wrong"), basic("pässword"), basic("anna:pässword "), "Basic !!!", "Bearer pässword", "", "Basic"],
)
def test_everything_else_is_asked_for_it(header: str) -> None:
    assert call(GUARDED, authorization=header) == 401


def test_without_a_header_everything_but_health_is_closed() -> None:
    for path in ("/", "/ask", "/gradio_api/upload", "/runs/x/report.html", "/healthz/", "/docs", "/openapi.json"):
        assert call(GUARDED, path) == 401
    assert call(GUARDED, "/healthz") == 200
    assert call(GUARDED, kind="websocket") == 1008


def test_the_first_line_of_a_file_is_the_password(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse\nnot this\n")
    assert read_password(file).get_secret_value() == "correct horse"


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe\xff\xff\xff\xff\xff\xff"])
def test_a_file_without_a_password_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="password file") as caught:
        read_password(file)
    assert "short" not in str(caught.value)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_password(tmp_path / "nowhere")


@pytest.mark.parametrize(("length", "status"), [("10", 200), ("11", 413), ("-1", 413), ("x", 413)])
def test_a_body_that_says_it_is_too_long_is_refused(length: str, status: int) -> None:
    assert call(BodyLimit(inner, 10), content_length=length) == status


def test_a_body_that_does_not_say_so_is_ended_when_it_is() -> None:
    assert call(BodyLimit(inner, 10), bodies=(b"12345", b"67890")) == 200
    assert call(BodyLimit(inner, 10), bodies=(b"12345", b"67890", b"1")) is None


def test_uploads_have_a_limit_of_their_own() -> None:
    assert call(BodyLimit(inner, 10), UPLOAD_PATH, bodies=(b"x" * 100,), content_length="100") == 200
