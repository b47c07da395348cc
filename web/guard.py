"""Who may talk to the page, and what a browser may do with it: an ASGI layer around the whole app.

A page on localhost has two enemies a login would not stop: another site whose name resolves to
127.0.0.1 (DNS rebinding, told by its Host header) and another site's form or script posting here
(told by its Origin header). Both get a 403.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from rag.destinations import Destination
from rag.network_seal import allowing

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})

# Gradio needs 'unsafe-inline' for its configuration and 'unsafe-eval' for gr.HTML, so this policy is
# the second line behind escaping: what it does stop is every load from and every send to another host.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; "
    "form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
)
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""For reports, which are shown in a frame of the page: no script, no form, no other host, an origin of their own."""
REPORTS_PATH = "/runs/"

SAFETY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


def is_wildcard(host: str) -> bool:
    """True for an address that listens on every interface."""
    return host in ("", "0.0.0.0", "::")


def is_loopback(host: str) -> bool:
    """True when only this machine can connect."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses foreign Host and Origin headers and adds the safety headers to every response.

    Args:
        host: The address the server listens on. Its name is accepted besides the loopback names; for a
            wildcard address, the machine's own name and any address in digits are, because a
            rebinding site needs a name of its own.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1") -> None:
        self._app = app
        self._names = LOOPBACK_NAMES | {host.lower()}
        self._any_address = is_wildcard(host)
        if self._any_address:
            self._names |= _own_names()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: forwarded with safe headers, or refused in one line."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        reason = self._objection(scope["headers"])
        if reason is not None:
            return await _refuse(scope, send, reason)
        return await self._app(scope, receive, _with_headers(send, safety_headers(scope.get("path", ""))))

    def _objection(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not self._is_known(_name_of(hosts[0])):
            return "Host not allowed. Open the address the terminal printed, or start with --host NAME."
        for origin in (value.decode("latin-1").lower() for name, value in headers if name == b"origin"):
            if urlsplit(origin).netloc != hosts[0]:
                return "Origin not allowed. Only the page itself may send requests."
        return None

    def _is_known(self, name: str) -> bool:
        return name in self._names or (self._any_address and _is_address(name))


def _name_of(authority: str) -> str:
    """The host of "host:port", without the brackets of an IPv6 address; empty if malformed."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def safety_headers(path: str) -> list[tuple[bytes, bytes]]:
    """The headers every response to a path carries."""
    policy = REPORT_POLICY if path.startswith(REPORTS_PATH) else CONTENT_SECURITY_POLICY
    return [(b"content-security-policy", policy.encode()), *SAFETY_HEADERS]


def _with_headers(send: Send, safe: list[tuple[bytes, bytes]]) -> Send:
    names = {name for name, _ in safe}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(n, v) for n, v in message.get("headers", []) if n.lower() not in names]
            message = {**message, "headers": [*kept, *safe]}
        await send(message)

    return send_with_headers


def _own_names() -> set[str]:
    """The names of this machine, the full one as its resolver knows it."""
    name = socket.gethostname().lower()
    with allowing(Destination(name)):
        return {name, socket.getfqdn().lower()}


async def _refuse(scope: Scope, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *safety_headers("")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode() + b"\n"})
