"""Hostile archives and uploads: nothing outside the library is read or written, and everything is named."""

from __future__ import annotations

import os
import time
from pathlib import Path, PureWindowsPath

import pytest

from ingest.articles import read_articles
from ingest.records import Skipped
from rag.errors import GroundwireError
from rag.index.library import open_library
from rag.settings import load_settings
from tests.attacks.archives import ARCHIVES, STORY, UPLOADS
from tests.attacks.checking import check_html, check_plain
from web.uploads import FOLDER, add_files, results_html, safe_name

RESERVED = ("CON", "nul.txt", "Aux.tar.gz", "com1.html", "LPT9", "com¹.txt", "con .txt", "a.txt . .", "-rf", "--x.txt")
LIMITS = {"max_article_bytes": 1_000_000, "max_file_bytes": 5_000_000, "max_packing_ratio": 20}


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("case", ARCHIVES.values(), ids=ARCHIVES.keys())
def test_a_hostile_archive_is_read_in_memory_and_within_its_limits(tmp_path: Path, case: tuple[str, bytes]) -> None:
    name, data = case
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / name).write_bytes(data)
    before = tree(tmp_path)
    started = time.perf_counter()
    items = list(read_articles([tmp_path / "inbox"], load_settings(**LIMITS)))
    assert time.perf_counter() - started < 30
    assert tree(tmp_path) == before
    assert items
    for item in items:
        check_plain(item.source)
        if isinstance(item, Skipped):
            check_plain(item.reason)
            assert len(item.reason) < 600
        else:
            assert "root:" not in item.text
            assert len(item.text) < 2_000
            assert "/../" not in item.source.partition("!/")[2]


def test_hostile_names_of_uploads_stay_inside(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    files = []
    for number, name in enumerate(UPLOADS):
        folder = inbox / str(number)
        folder.mkdir(parents=True)
        file = folder / name.replace("/", "_")
        file.write_text(f"{STORY} His successor is number {number}.")
        files.append(file)
    (inbox / "link.txt").symlink_to("/etc/passwd")
    settings = load_settings(library=tmp_path / "library")
    results = list(add_files(files, settings, lambda done, what: None))
    assert [r.outcome for r in results] == ["added"] * len(UPLOADS)
    page = results_html(results)
    check_html(page)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["inbox", "library"]
    kept = list((settings.library / FOLDER).iterdir())
    assert len(kept) == len(UPLOADS)
    for file in kept:
        assert file.is_file()
        assert not file.name.startswith(".")
        check_plain(file.name)
    assert open_library(settings.library).counts().articles == len(UPLOADS)


@pytest.mark.parametrize("name", [*UPLOADS, "..", "", "/", "\\", "a/" * 5000, "\x00", "é" * 5000 + ".txt", *RESERVED])
def test_a_safe_name_is_one_plain_part_of_a_path(name: str) -> None:
    safe = safe_name(name)
    assert safe not in ("", ".", "..")
    assert os.path.basename(safe) == safe
    assert len(safe.encode()) <= 255
    assert not safe.startswith((".", "-", " "))
    assert not safe.endswith((".", " "))
    assert not PureWindowsPath(safe).is_reserved()
    check_plain(safe)


def test_a_library_at_a_hostile_path_is_refused_in_one_line(tmp_path: Path) -> None:
    for path in (Path("/proc/self/mem/x"), tmp_path / ("x" * 300), Path("/dev/null/library")):
        with pytest.raises(GroundwireError) as refused:
            open_library(path)
        assert "\n" not in str(refused.value)
