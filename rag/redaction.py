"""A key out of what a server sends back, and out of what its client logs."""

from __future__ import annotations

import logging

HIDDEN = "***"
_MUCH = 8
CLIENTS = ("httpcore", "httpx", "openai")
"""Loggers of the libraries that send the key; at DEBUG they log headers, at INFO addresses with passwords."""


class StreamRedactor:
    """Takes a secret out of a text that comes in pieces, wherever the pieces end.

    Args:
        secret: What no piece may hold; "" for nothing.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._held = ""

    def feed(self, piece: str) -> str:
        """The text up to what may be the beginning of the secret."""
        if not self._secret:
            return piece
        text = (self._held + piece).replace(self._secret, HIDDEN)
        longest = min(len(text), len(self._secret) - 1)
        kept = next((n for n in range(longest, 0, -1) if self._secret.startswith(text[-n:])), 0)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def rest(self) -> str:
        """What was held back, once there are no more pieces; much of a secret counts as the whole."""
        text, self._held = self._held, ""
        return HIDDEN if len(text) >= _MUCH else text

    def __repr__(self) -> str:
        return "StreamRedactor()"


def quieten_clients() -> None:
    """Keeps the clients' loggers to warnings, whatever the program around has set."""
    for name in CLIENTS:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.WARNING or logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
