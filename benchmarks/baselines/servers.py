"""Servers of their own for a benchmark, on free ports of this machine, gone at the end."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """The URL of a `chroma run` of its own."""
    port = free_port()
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--port", str(port)]
    with (folder.parent / "chroma.log").open("wb") as log:
        process = subprocess.Popen([*map(str, command)], stdout=log, stderr=log)
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
        print(f"chroma server: {int(lines['VmRSS'].split()[0]) / 1000:.0f} MB of memory", file=sys.stderr)
    finally:
        process.terminate()
        process.wait()
