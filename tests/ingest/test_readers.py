"""Any file: limits, packing, and what vanishes; what cannot be read is a reason, never an error."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from ingest.readers import read_documents
from ingest.records import Skipped
from ingest.sources import SourceFile
from rag.settings import Settings
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, VOTE, document, json_lines, reason


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md", "a.html", "a.pdf", "a.jsonl", "a.json"):
        assert reason(read_one(tmp_path / name, "")) == "empty"


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    settings = Settings(max_article_bytes=1000)
    assert "too big" in reason(read_one(tmp_path / "a.txt", "x" * 1001, settings))
    assert document(read_one(tmp_path / "b.txt", "x" * 1000, settings))


def test_a_file_that_vanishes_is_reported(tmp_path: Path) -> None:
    file = SourceFile(tmp_path / "gone.txt", "gone.txt", "gone", "text")
    assert list(read_documents(file, Settings())) == [Skipped("gone.txt", "cannot be read: No such file or directory")]


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("xz", lzma.compress)])
def test_packed_files_are_read_and_bounded(tmp_path: Path, suffix: str, pack: object) -> None:
    assert callable(pack)
    packed = pack(json_lines({"text": FEES}, {"text": VOTE}).encode())
    assert len(read_one(tmp_path / f"a.jsonl.{suffix}", packed)) == 2
    *_, damaged = read_one(tmp_path / f"b.jsonl.{suffix}", packed[:-12])
    assert isinstance(damaged, Skipped)
    assert "damaged" in damaged.reason
    bomb = pack(b"0" * 3_000_000)
    *_, last = read_one(tmp_path / f"c.jsonl.{suffix}", bomb, Settings(max_file_bytes=1_000_000))
    assert isinstance(last, Skipped)
    assert "max_file_bytes" in last.reason
