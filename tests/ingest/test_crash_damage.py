"""Damaged files of a library: what is found, repaired, or said."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.__main__ import main as rag_main
from rag.errors import LibraryDamaged
from rag.index.health import check_library
from rag.index.removal import remove_articles
from rag.index.sqlite_store import STORE_FILE, SqliteStore
from tests.ingest.crashing import (
    assert_sound,
    stored_hashes,
    write,
    write_articles,
)


def _segment_file(name: str) -> Callable[[Path], Path]:
    return lambda index: next(index.glob(f"chroma/*/{name}"))


def _one(pattern: str) -> Callable[[Path], Path]:
    return lambda index: max(index.glob(pattern), key=lambda path: path.stat().st_size)


FILES = {
    "chroma data_level0.bin": _segment_file("data_level0.bin"),
    "chroma header.bin": _segment_file("header.bin"),
    "chroma length.bin": _segment_file("length.bin"),
    "chroma link_lists.bin": _segment_file("link_lists.bin"),
    "chroma index_metadata.pickle": _segment_file("index_metadata.pickle"),
    "keywords postings": _one("keywords/*.idx"),
    "keywords positions": _one("keywords/*.pos"),
    "keywords terms": _one("keywords/*.term"),
    "keywords store": _one("keywords/*.store"),
}


def _flip_one_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[random.Random(file.name).randrange(len(content))] ^= 0x10
    times = file.stat()
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size * 2 // 3)


def _delete(file: Path) -> None:
    file.unlink()


QUICK = {("chroma data_level0.bin", _flip_one_byte), ("keywords positions", _delete), ("keywords terms", _cut)}


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        pytest.param(file, damage, marks=() if (file, damage) in QUICK else pytest.mark.slow)
        for file in FILES
        for damage in (_flip_one_byte, _cut, _delete)
    ],
)
def test_a_damaged_index_file_is_found_before_it_is_served(
    library: Path, file: str, damage: Callable[[Path], None]
) -> None:
    path = FILES[file](library / "index")
    if path.stat().st_size == 0:
        pytest.skip("Chroma has written nothing to this file, so there is nothing to damage")
    damage(path)
    with closing(SqliteStore(library)) as store:
        assert [finding.part for finding in check_library(store)] == [file.split()[0]]
    before = stored_hashes(library)
    assert_sound(library, ["Title 7 first"])
    assert stored_hashes(library) == before


@pytest.mark.parametrize(
    "part",
    ["chroma", pytest.param("keywords", marks=pytest.mark.slow), pytest.param("vectors", marks=pytest.mark.slow)],
)
def test_the_index_of_another_library_is_built_anew(library: Path, tmp_path: Path, part: str) -> None:
    write_articles(tmp_path / "others.jsonl", range(900, 910))
    write(tmp_path / "others.jsonl", tmp_path / "other", tmp_path / "log")
    index = library / "index"
    shutil.rmtree(index / part)
    shutil.copytree(tmp_path / "other" / "index" / part, index / part)
    shutil.copy(tmp_path / "other" / "index" / f"{part}.json", index)
    assert_sound(library, ["Title 7 first"])


@pytest.mark.slow
def test_a_store_put_back_from_a_copy_does_not_trust_the_later_index(library: Path, tmp_path: Path) -> None:
    copy = shutil.copy(library / STORE_FILE, tmp_path / "copy")
    for numbers in (range(2000, 2030), range(3000, 3030)):  # the second ones take the numbers of the first
        write_articles(tmp_path / "articles.jsonl", numbers)
        if numbers[0] == 3000:
            for file in library.glob(f"{STORE_FILE}*"):
                file.unlink()
            shutil.copy(copy, library / STORE_FILE)
        write(tmp_path / "articles.jsonl", library, tmp_path / "log")
    assert_sound(library, ["Title 3000 first"], thorough=True)


@pytest.mark.slow
def test_an_index_from_before_forgotten_removals_is_built_anew(library: Path, tmp_path: Path) -> None:
    shutil.copytree(library / "index", tmp_path / "index")
    remove_articles(["n1", "n2"], library)
    with closing(SqliteStore(library)) as store:
        assert store.removed_since(0) == []  # every cache has seen them go
    shutil.rmtree(library / "index")
    shutil.copytree(tmp_path / "index", library / "index")
    assert_sound(library, ["Title 3 first"], thorough=True)
    with pytest.raises(AssertionError):
        assert_sound(library, ["Title 1 first"])


@pytest.mark.slow
def test_a_damaged_chroma_database_answers_by_the_exact_scan_and_is_built_anew(library: Path) -> None:
    database = library / "index" / "chroma" / "chroma.sqlite3"
    content = bytearray(database.read_bytes())
    for position in range(4096, len(content), 1024):
        content[position] ^= 0x5A
    database.write_bytes(content)
    assert_sound(library, ["Title 7 first"], thorough=True)


def test_a_damaged_store_says_what_to_do(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = library / STORE_FILE
    content = bytearray(database.read_bytes())
    for position in range(8192, len(content), 512):
        content[position] ^= 0x5A
    database.write_bytes(content)
    assert rag_main(["article", "n1", "--library", str(library)]) == 3
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "ingest anew" in printed.err
    with pytest.raises(LibraryDamaged, match="ingest anew"):
        list(SqliteStore(library).heads())
