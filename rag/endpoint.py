"""Where an OpenAI-compatible server listens, and what must never be printed about it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rag.errors import SettingsError
from rag.settings import Settings

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "not-needed"
"""Sent to servers that ask for no key; the client insists on one."""

_SECRET_WORD = re.compile(r"\b(?:sk|pk|rk|gsk)[-_][\w*.\-…]{3,}|(?i:\bbearer\s+)\S+")
_SHARED_RUN = 8


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """An OpenAI-compatible server.

    Attributes:
        url: Base URL, such as "http://127.0.0.1:8000/v1".
    """

    url: str
    key: str = field(default=NO_KEY, repr=False)

    def __repr__(self) -> str:
        return f"Endpoint({self.shown!r})"

    @property
    def loopback(self) -> bool:
        """True when the server runs on this machine, which no proxy can reach."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def shown(self) -> str:
        """The URL without user, password, query and fragment."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")

    def redact(self, text: str) -> str:
        """One line without the key, pieces of it, or anything that looks like a key."""
        for secret in (self.key, urlsplit(self.url).password):
            if secret and secret != NO_KEY:
                text = text.replace(secret, "***")
                runs = {secret[i : i + _SHARED_RUN] for i in range(len(secret) - _SHARED_RUN + 1)}
                text = " ".join("***" if any(run in word for run in runs) else word for word in text.split())
        return " ".join(_SECRET_WORD.sub("***", text).split())


def configured_endpoint(settings: Settings) -> Endpoint | None:
    """The endpoint that settings or environment name; None when neither a URL nor a key is set.

    Raises:
        SettingsError: The URL or the key cannot be used as one.
    """
    if settings.base_url is None and settings.api_key is None:
        return None
    if not _is_url(settings):
        raise SettingsError("OPENAI_BASE_URL is no URL: it must look like http://127.0.0.1:8000/v1.")
    if not _is_key(settings):
        raise SettingsError("OPENAI_API_KEY holds spaces or characters that no key has: copy the key again.")
    return Endpoint(_url(settings), _key(settings) or NO_KEY)


# No function that holds a key or an address with a password raises: a traceback may show what a function holds.
def _url(settings: Settings) -> str:
    return (settings.base_url or OPENAI_URL).strip().rstrip("/")


def _key(settings: Settings) -> str:
    return settings.api_key.get_secret_value().strip() if settings.api_key else ""


def _is_url(settings: Settings) -> bool:
    try:
        parts = urlsplit(_url(settings))
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_key(settings: Settings) -> bool:
    key = _key(settings)
    return key.isascii() and (key.isprintable() or not key) and " " not in key
