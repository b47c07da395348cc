"""No request may fill the memory: an ASGI layer that ends bodies that are too long."""

from __future__ import annotations

from web.guard import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2_000_000
"""Bytes of a request that is no upload; files have a limit of their own."""
UPLOAD_PATH = "/gradio_api/upload"


class BodyLimit:
    """Answers 413 to a body beyond the limit, told by its header or counted as it comes."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: forwarded, or refused in one line."""
        if scope["type"] != "http" or scope["path"].rstrip("/") == UPLOAD_PATH:
            return await self._app(scope, receive, send)
        told = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not value.isdigit() or int(value) > self._limit for value in told):
            return await _refuse(send, self._limit)
        counting = _Counting(receive, self._limit)
        await self._app(scope, counting, send)
        return None


class _Counting:
    """Passes a body on until it is too long; then the connection counts as lost, which ends the request."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return message if self._left >= 0 else {"type": "http.disconnect"}


async def _refuse(send: Send, limit: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": f"At most {limit:,} bytes.\n".encode()})
