"""A PostgreSQL server of its own for the tests: Debian's binaries, a free loopback port, a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Self

import psycopg
import pytest

PASSWORD = "a wrong/right:pass@word"
"""Has to be quoted in a URL, and must never be shown."""
QUOTED = "a%20wrong%2Fright%3Apass%40word"
_NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"]
_NUMBERS = count(1)


def binaries() -> Path:
    """The folder of the newest server's programs; the test is skipped where there is none, but fails in CI."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    message = "PostgreSQL's server is not installed: apt-get install postgresql-15"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


class PostgresServer:
    """Runs between `start` and `stop`, as nobody when the tests run as root, which PostgreSQL refuses to be."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="groundwire-postgres-"))
        self._as_whom = _NOBODY if os.geteuid() == 0 else []
        if self._as_whom:
            os.chown(self._folder, 65534, 65534)
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run("initdb", "-D", "data", "-U", "tester", "-A", "scram-sha-256", "-E", "UTF8", "--no-locale",
                  "--no-sync", "--pwfile", "password")  # fmt: skip
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(at_once=True)  # nothing of it is wanted any more
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Returns when it answers."""
        options = ["-D", "data", "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                ["setpriv", *self._as_whom, "--pdeathsig=INT", str(self._programs / "postgres"), *options],
                cwd=self._folder, stdout=log, stderr=log,
            )  # fmt: skip
        last = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > last or self._server.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self, *, at_once: bool = False) -> None:
        """Ends every session; `at_once` as if the power had failed."""
        self._server.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        self._server.wait(60)

    def url(self, database: str, password: str = QUOTED) -> str:
        return f"postgresql://tester:{password}@127.0.0.1:{self.port}/{database}"

    def new_library(self) -> str:
        """The URL of an empty schema, which a library fills as it does a database, and is made faster."""
        name = f"library{next(_NUMBERS)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def new_database(self, options: str = "") -> str:
        """The URL of an empty database."""
        name = f"library{next(_NUMBERS)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Runs a statement as the server's owner."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def _run(self, program: str, *arguments: str) -> None:
        command = ["setpriv", *self._as_whom, str(self._programs / program), *arguments]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)
