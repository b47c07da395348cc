"""A real Chroma server in a process of its own, on a free loopback port, with its data in a folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHROMA = Path(sys.executable).with_name("chroma")


class ChromaProcess:
    """`chroma run`, to be started, stopped, and robbed of its data."""

    def __init__(self, folder: Path) -> None:
        if not CHROMA.exists():
            pytest.skip(f"{CHROMA} is missing: install chromadb")
        self.data, self._log = folder / "data", folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        if self._process is not None:
            return
        command = [str(CHROMA), "run", "--path", str(self.data), "--host", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        last = time.monotonic() + 60
        while time.monotonic() < last:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"chroma run did not come up: {self._log.read_text()[-500:]}")

    def stop(self) -> None:
        """Kills it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def lose_data(self) -> None:
        """Deletes its data directory."""
        shutil.rmtree(self.data)
