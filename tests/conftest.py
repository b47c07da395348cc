"""What all tests share: no network but loopback, no user settings, and the sample articles in a library."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost,::1"  # the tests' own clients talk to loopback
for name in [n for n in os.environ if n.startswith(("GROUNDWIRE_", "OPENAI_"))]:
    del os.environ[name]

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "articles"
SHARED = ROOT.parent / "shared"


def _refuse_foreign_connections(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise ConnectionRefusedError(f"a test tried to connect to {address}")


sys.addaudithook(_refuse_foreign_connections)


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
