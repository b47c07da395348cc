"""What the crash tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ingest.crashing import BASE, write, write_articles


@pytest.fixture(scope="session")
def crash_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `articles.jsonl` and a complete library of them, with vectors at no cost. Read only."""
    folder = tmp_path_factory.mktemp("crash")
    write_articles(folder / "articles.jsonl", range(BASE))
    write(folder / "articles.jsonl", folder / "library", folder / "log")
    return folder


@pytest.fixture
def library(crash_base: Path, tmp_path: Path) -> Path:
    """A copy of the crash tests' library, to be damaged."""
    return Path(shutil.copytree(crash_base / "library", tmp_path / "library"))
