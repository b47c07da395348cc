"""An optional password in front of everything, by HTTP Basic (RFC 7617): browsers and programs both know it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from pathlib import Path

from pydantic import SecretStr

from rag.errors import SettingsError
from web.guard import ASGIApp, Receive, Scope, Send

OPEN_PATHS = frozenset({"/healthz"})
PENALTY_SECONDS = 0.5
"""How long a wrong password waits for its answer."""

_REALM = b'Basic realm="Groundwire", charset="UTF-8"'


class Password:
    """Lets a request pass that gives the password, under any user name.

    Args:
        penalty: Seconds a wrong password costs.
    """

    def __init__(self, app: ASGIApp, password: SecretStr, penalty: float = PENALTY_SECONDS) -> None:
        self._app = app
        self._password = password
        self._penalty = penalty

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: forwarded, or asked for the password."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN_PATHS:
            return await self._app(scope, receive, send)
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(given) == 1 and self._is_right(given[0]):
            return await self._app(scope, receive, send)
        if given:
            await asyncio.sleep(self._penalty)
        return await _refuse(scope, send)

    def _is_right(self, header: bytes) -> bool:
        return hmac.compare_digest(_password_of(header) or b"", self._password.get_secret_value().encode())


def read_password(file: Path) -> SecretStr:
    """The first line of a file.

    Raises:
        SettingsError: It cannot be read, or is shorter than eight characters.
    """
    try:
        password = SecretStr(_first_line(file))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(f"password file {str(file)!r} cannot be read ({why}). Write the password in it.") from None
    if len(password) < 8:
        raise SettingsError(
            f"password file {str(file)!r}: its first line has fewer than 8 characters. Write a longer one."
        )
    return password


def _first_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return lines[0].strip() if lines else ""


def _password_of(header: bytes) -> bytes | None:
    """The password of "Basic base64(user:password)"; None where it is malformed."""
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        _, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return password if colon else None


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "password needed"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"www-authenticate", _REALM)]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b"Give the password. Any user name will do.\n"})
