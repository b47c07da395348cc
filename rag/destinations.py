"""Settings and environment → the hosts and ports that a process may connect to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rag.endpoint import OPENAI_URL
from rag.settings import Settings

_PORTS = {"http": 80, "https": 443, "postgresql": 5432, "postgres": 5432, "ray": 10001, "socks5": 1080, "socks5h": 1080}
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_SERVERS = ("store", "vectors", "ray_address")
"""Settings that name servers besides the language model's."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a connection may go.

    Attributes:
        host: Name or address in lower case; ".example.org" stands for every name below example.org.
        port: None for any.
    """

    host: str
    port: int | None = None

    def takes(self, host: str) -> bool:
        """True for the name or address itself, or one below it."""
        return host.endswith(self.host) if self.host.startswith(".") else host == self.host


def destinations(settings: Settings) -> list[Destination]:
    """What settings name: the language model's endpoint, servers of store and vectors, and a Ray cluster."""
    urls: list[object] = [settings.base_url or (OPENAI_URL if settings.api_key else None)]
    urls += [getattr(settings, name, None) for name in _SERVERS]
    return [destination for url in urls for destination in destinations_of(url)]


def proxies() -> list[Destination]:
    """The proxies that the environment names."""
    named = (os.environ.get(name) or os.environ.get(name.upper()) for name in _PROXIES)
    return [destination for url in named for destination in destinations_of(url)]


def destinations_of(url: object) -> list[Destination]:
    """The hosts of a URL or HOST:PORT, several where it has several, as PostgreSQL's may; none of a path or None."""
    text = str(url.get_secret_value() if hasattr(url, "get_secret_value") else url or "").strip()
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = "", text if ":" in text and "/" not in text else ""
    authority = rest.split("/")[0].split("?")[0].rpartition("@")[2]
    found = [_destination(part, scheme.lower()) for part in authority.split(",") if part]
    return [destination for destination in found if destination is not None]


def _destination(authority: str, scheme: str) -> Destination | None:
    try:
        parts = urlsplit(f"//{authority}")
        port = parts.port or _PORTS.get(scheme)
    except ValueError:
        return None  # whoever uses the URL says what is wrong with it
    return Destination(unquote(parts.hostname).lower(), port) if parts.hostname else None
