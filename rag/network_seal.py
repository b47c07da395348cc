"""No connection but to this machine and to what a user configured: one switch for a whole process.

The interpreter tells an audit hook (PEP 578) of every socket before it connects or sends, and of every name before it
is looked up, but for names that a socket is given, which are looked at before the socket is. No library can take such
a hook away. Native code that opens sockets by itself is not seen: what there is
of it is named in docs/security.md, with the command that shows that it connects nowhere, and is switched off here
where it can be.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rag.destinations import Destination, destinations, proxies
from rag.errors import NetworkSealed
from rag.settings import Settings, load_settings

QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "OTEL_SDK_DISABLED": "true",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""For libraries that report usage, some in native code or in processes of their own; Xet downloads in native code."""
LOUD = ("CHROMA_OTEL_COLLECTION_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Where native code would send traces to."""

_CARRIERS = {"aiohttp", "anyio", "httpcore", "httpx", "requests", "urllib3", "uvicorn", "uvloop"}
"""Libraries that connect on behalf of another one."""
_LOCAL_FAMILIES = {getattr(socket, name, None) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG")}
_HOW = (
    "Allow a language model with OPENAI_BASE_URL, or everything with GROUNDWIRE_NETWORK_SEAL=false "
    "(setting network_seal)."
)
_KEPT = 100


class _Policy:
    """What is allowed in this process; grows by `seal` and, for a while, by `allowing`."""

    def __init__(self) -> None:
        self.sealed = False
        self.refused: deque[str] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()
        self._allowed: tuple[Destination, ...] = ()
        self._names: dict[str, set[str]] = {}

    def add(self, destinations: Iterable[Destination]) -> None:
        with self._lock:
            self._allowed += tuple(destinations)

    def remove(self, destinations: Iterable[Destination]) -> None:
        with self._lock:
            left = list(self._allowed)
            for destination in destinations:
                left.remove(destination)
            self._allowed = tuple(left)

    def looked_up(self, name: str, addresses: Iterable[str]) -> None:
        """Remembers what an allowed name stands for."""
        if not _is_loopback(name) and not _is_address(name):
            with self._lock:
                for address in addresses:
                    self._names.setdefault(address, set()).add(name)

    def names_of(self, host: str) -> set[str]:
        """A host, and the names that were looked up and stand for it."""
        return {host, *self._names.get(host, ())}

    def allows_name(self, host: str) -> bool:
        """For a look-up."""
        return _is_loopback(host) or any(d.takes(name) for d in self._reachable() for name in self.names_of(host))

    def allows_address(self, host: str, port: object) -> bool:
        """For a connection."""
        if _is_loopback(host):
            return not self._is_unused_proxy(port)
        names = self.names_of(host)
        return any(d.port in (port, None) and d.takes(name) for d in self._reachable() for name in names)

    def _reachable(self) -> tuple[Destination, ...]:
        """What is allowed, and the way there: the proxies that the environment names, if it is beyond this machine."""
        remote = any(not _is_loopback(d.host) for d in self._allowed)
        return (*self._allowed, *proxies()) if remote else self._allowed

    def _is_unused_proxy(self, port: object) -> bool:
        """True for the port of a proxy on this machine, which would carry anything anywhere."""
        local = [proxy for proxy in proxies() if _is_loopback(proxy.host) and proxy.port == port]
        return bool(local) and local[0] not in self._reachable()


_policy = _Policy()


# ------------------------------------------------------------------ for entry points
def seal_process(arguments: Mapping[str, Any], names: Iterable[str] = ()) -> None:
    """Seals this process as settings and command line say; nothing when `network_seal` is off.

    Args:
        arguments: Of the command line; those that are named as settings override them.
        names: Names of this machine, which may be looked up.

    Raises:
        SettingsError: A setting is unknown or malformed.
    """
    settings = load_settings(**{n: v for n, v in arguments.items() if n in Settings.model_fields})
    if settings.network_seal:
        seal((*destinations(settings), *(Destination(name.lower()) for name in names if name)))


def seal_network(settings: Settings | None = None) -> None:
    """Seals the process that calls it, for good, whatever `network_seal` says; `open_chatbot` never does by itself.

    A further call allows what its settings name besides.

    Args:
        settings: Whose servers stay reachable; from environment and groundwire.toml by default.
    """
    seal(destinations(settings or load_settings()))


def seal(allowed: Iterable[Destination] = ()) -> None:
    """From now on only this machine and what is allowed can be reached; a further call only adds to it."""
    _policy.add(allowed)
    if _policy.sealed:
        return
    _policy.sealed = True
    os.environ.update(QUIET)
    for name in LOUD:
        os.environ.pop(name, None)
    _remember_lookups()
    for method in ("connect", "connect_ex", "sendto", "bind"):
        _check_names_of(method)
    sys.addaudithook(_hook)


@contextmanager
def allowing(*more: Destination) -> Iterator[None]:
    """Allows more within the block: a download that a user asked for by name."""
    _policy.add(more)
    try:
        yield
    finally:
        _policy.remove(more)


def is_sealed() -> bool:
    """True once this process is sealed."""
    return _policy.sealed


def refused() -> tuple[str, ...]:
    """The last connections that were refused, also those whose error a library kept to itself."""
    return tuple(_policy.refused)


# ------------------------------------------------------------------ the hook
def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    check = _CHECKS.get(event)
    if check is not None:
        check(*arguments)


def _check_address(connection: Any, address: Any) -> None:
    if address is None or connection.family in _LOCAL_FAMILIES:
        return
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        _refuse(f"to connect a socket of {connection.family!s}")
    host, port = _text(address[0]), address[1]
    if not _policy.allows_address(host, port):
        _refuse(f"to connect to {host} port {port}")


def _check_name(host: Any, *_: object) -> None:
    name = _text(host)
    if name and not _is_address(name) and not _policy.allows_name(name):
        _refuse(f"to look up {name}")


def _check_reverse(host: Any, *_: object) -> None:
    name = _text(host[0] if isinstance(host, tuple) else host)
    if not _policy.allows_name(name):
        _refuse(f"to look up the name of {name}")


_CHECKS: dict[str, Callable[..., None]] = {
    "socket.connect": _check_address,
    "socket.sendto": _check_address,
    "socket.sendmsg": _check_address,
    "socket.getaddrinfo": _check_name,
    "socket.gethostbyname": _check_name,
    "socket.gethostbyaddr": _check_reverse,
    "socket.getnameinfo": _check_reverse,
}


def _refuse(what: str) -> None:
    words = f"network seal: {_asking()} wanted {what}, which is not configured. {_HOW}"
    _policy.refused.append(words)
    raise NetworkSealed(words)


def _asking() -> str:
    """The package on whose behalf a connection is made, as far as the stack of this thread shows."""
    frame = sys._getframe(1)
    found = ""
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if frame.f_globals.get("__name__") != __name__ and package not in sys.stdlib_module_names:
            found = found or package
            if package not in _CARRIERS:
                return package
        frame = frame.f_back  # type: ignore[assignment]
    return found or "a part of the standard library"


def _remember_lookups() -> None:
    """Notes the addresses of allowed names, because a connection is made to an address."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        found = look_up(host, *arguments, **named)
        _policy.looked_up(_text(host), [str(entry[4][0]) for entry in found])
        return found

    socket.getaddrinfo = getaddrinfo


def _check_names_of(method: str) -> None:
    """Checks a name before a socket looks it up, which no event tells of."""
    own: Callable[..., Any] = getattr(socket.socket, method)

    def checked(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1] if arguments else None
        if isinstance(address, tuple) and self.family not in _LOCAL_FAMILIES and not _is_address(_text(address[0])):
            _check_name(address[0])
            socket.getaddrinfo(_text(address[0]) or None, 0)
        return own(self, *arguments)

    setattr(socket.socket, method, checked)


def _text(host: object) -> str:
    if isinstance(host, bytes | bytearray):
        return bytes(host).decode(errors="replace").lower()
    return str(host or "").lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    """True for what cannot leave this machine; connecting to the unspecified address means this machine."""
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or (mapped or address).is_unspecified
