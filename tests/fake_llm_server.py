"""An OpenAI-compatible server on the loopback address that answers as scripted, faults included.

    with FakeLlmServer(answer("One.[1]", " Two.[2]")) as server:
        server.url        # "http://127.0.0.1:PORT/v1"
        server.requests   # what was asked, in order

Each reply serves one POST, in order; the last one serves all further ones. GET /models lists `models`.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

MODEL = "fake-model"
Reply = Callable[["Connection"], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = None


@dataclass(frozen=True, slots=True)
class Connection:
    """What a reply may do: raw bytes, a pause that ends with the server, or an abrupt end."""

    send: Callable[[bytes], None]
    wait: Callable[[float], None]
    reset: Callable[[], None]

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Status line and headers; the body ends when the connection does."""
        lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def event(self, data: object) -> None:
        """One server-sent event."""
        self.send(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())


def chunk(text: str | None = None, finish: str | None = None, **other: object) -> dict[str, Any]:
    """One `chat.completion.chunk`."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": [choice], **other}


def answer(*texts: str, finish: str | None = "stop", usage: Mapping[str, int] | None = None) -> Reply:
    """A well-formed stream."""

    def reply(connection: Connection) -> None:
        connection.head()
        for text in texts:
            connection.event(chunk(text))
        if finish is not None:
            connection.event(chunk(finish=finish))
        if usage is not None:
            connection.event({**chunk(), "choices": [], "usage": usage})
        connection.event("[DONE]")

    return reply


def events(*data: object) -> Reply:
    """A stream of any events, and nothing after them."""

    def reply(connection: Connection) -> None:
        connection.head()
        for item in data:
            connection.event(item)

    return reply


def body(content: bytes, *, status: int = 200, kind: str = "application/json", **headers: str) -> Reply:
    """A plain HTTP reply."""

    def reply(connection: Connection) -> None:
        connection.head(status, kind, **headers)
        connection.send(content)

    return reply


def error(
    status: int, message: str = "no luck", *, code: str | None = None, kind: str = "error", **headers: str
) -> Reply:
    """An OpenAI-style error reply."""
    document = {"error": {"message": message, "type": kind, "code": code, "param": None}}
    return body(json.dumps(document).encode(), status=status, **headers)


def script(*steps: bytes | object | float | None) -> Reply:
    """A stream step by step: bytes as they are, numbers as pauses in seconds, None as a reset, others as events."""

    def reply(connection: Connection) -> None:
        connection.head()
        for step in steps:
            if step is None:
                connection.reset()
            elif isinstance(step, bytes):
                connection.send(step)
            elif isinstance(step, int | float):
                connection.wait(step)
            else:
                connection.event(step)

    return reply


def drip(piece: bytes, every: float, times: int = 10_000) -> Reply:
    """The same bytes again and again."""
    return script(*[step for _ in range(times) for step in (piece, every)])


def silent(seconds: float) -> Reply:
    """Nothing at all, not even a status line."""
    return lambda connection: connection.wait(seconds)


def reset() -> Reply:
    """The connection is reset before a status line."""
    return lambda connection: connection.reset()


class FakeLlmServer:
    """Serves scripted replies until the `with` block ends."""

    def __init__(self, *replies: Reply, models: Iterable[object] = (MODEL,), models_status: int = 200) -> None:
        self.requests: list[Request] = []
        self._replies = list(replies)
        self._models = {"object": "list", "data": [{"id": m} if isinstance(m, str) else m for m in models]}
        self._models_status = models_status
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def asked(self) -> list[Any]:
        """The bodies of the chat requests, in order."""
        return [request.body for request in self.requests if request.path.endswith("/chat/completions")]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _next(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            if request.path.endswith("/models"):
                return body(json.dumps(self._models).encode(), status=self._models_status)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve(None)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                self._serve(json.loads(self.rfile.read(length)))

            def _serve(self, content: Any) -> None:
                self.close_connection = True
                reply = fake._next(Request(self.path, dict(self.headers.items()), content))
                with contextlib.suppress(OSError, _Reset):  # the client left, or was meant to be left
                    reply(Connection(self._send, self._wait, self._reset))

            def _send(self, data: bytes) -> None:
                self.wfile.write(data)
                self.wfile.flush()

            def _wait(self, seconds: float) -> None:
                if fake._closing.wait(seconds):
                    raise _Reset

            def _reset(self) -> None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                time.sleep(0.05)  # what was sent should arrive before the reset
                self.connection.shutdown(socket.SHUT_RD)
                raise _Reset

            def log_message(self, *_: object) -> None:
                """Silent."""

        return Handler


class _Reset(Exception):
    """Ends a reply at once."""
