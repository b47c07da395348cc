"""A wall-clock limit that also ends a read which never returns.

A read timeout is per read, so a server that sends one byte a second never meets it. When the time is up
this shuts the connection down, and the blocked read fails at once.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self


class Deadline:
    """Seconds from entering the `with` block until the watched connections are shut."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._end = time.monotonic() + seconds
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        self.restart(self.seconds)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def restart(self, seconds: float) -> None:
        """Let the time end that many seconds from now."""
        if self._timer is not None:
            self._timer.cancel()
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(max(0.0, seconds), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """True once the time is up."""
        return time.monotonic() >= self._end

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Httpx's "trace" request extension: notes every connection that is opened."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.passed:
                self._cut()

    def _cut(self) -> None:
        with self._lock:
            for connection in self._sockets:
                with contextlib.suppress(OSError):  # closed meanwhile, or replaced by its TLS wrapper
                    # the plain method: SSLSocket's own first drops the session that the reader is using
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
