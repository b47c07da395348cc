"""What all tests share: no network but loopback, no user settings, and the sample articles in a library."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis  # noqa: F401  (else its plugin imports it while the report is written, which CPython 3.11 may not bear)
import pytest
from pydantic import SecretStr

from rag import network_seal
from rag.index.place import Place
from tests.postgres_server import PostgresServer, binaries

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost,::1"  # the tests' own clients talk to loopback
for name in [n for n in os.environ if n.startswith(("GROUNDWIRE_", "OPENAI_"))]:
    del os.environ[name]

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "articles"
SHARED = ROOT.parent / "shared"


os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="groundwire-tests-")  # not the developer's own
atexit.register(shutil.rmtree, os.environ["XDG_STATE_HOME"], ignore_errors=True)
network_seal.seal()


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker of tests that try to connect elsewhere."""
    config.addinivalue_line("markers", "connects: tries to connect to what is not this machine, and is refused")


@pytest.fixture(autouse=True)
def _nothing_else_was_connected_to(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in which something wanted to connect elsewhere, also where it kept the error to itself."""
    before = network_seal.refused()
    yield
    if "connects" not in request.keywords:
        assert network_seal.refused() == before


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a library that holds the sample articles. Read only."""
    from ingest.indexing import ingest
    from rag.settings import load_settings

    directory = tmp_path_factory.mktemp("sample") / "library"
    ingest([SAMPLES], load_settings(library=directory))
    return directory


@pytest.fixture(scope="session")
def sample_bot(sample_library: Path) -> Any:
    """A chatbot without language model over the sample articles."""
    from rag import open_chatbot

    return open_chatbot(sample_library, llm="none")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real news beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: it holds real news that the repository must not")
    return SHARED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the tests alone; skipped where it is not installed."""
    with PostgresServer(binaries()) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a library may be made: in a folder, then in a database of its own."""
    if request.param == "sqlite":
        return Place(tmp_path / "library")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return Place(tmp_path / "library", SecretStr(server.new_library()))
