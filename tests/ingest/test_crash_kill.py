"""Nothing acknowledged is lost and nothing is embedded twice, wherever a writer is killed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from rag.index.store import Store
from tests.ingest.crashing import (
    GROWN,
    Killed,
    Writer,
    assert_sound,
    embedded_twice,
    stored_hashes,
    write,
    write_articles,
)

PLACES = ("keywords", "chroma", "vectors", ".")


@pytest.fixture
def folder(tmp_path: Path, crash_base: Path) -> Path:
    """The same, to be changed; `base` in it is the library to start from."""
    shutil.copy(crash_base / "articles.jsonl", tmp_path)
    shutil.copytree(crash_base / "library", tmp_path / "base")
    return tmp_path


def check_after(killed: Killed, folder: Path, stored_before: set[str]) -> None:
    assert embedded_twice(folder / "log", stored_before) == set()
    if killed.titles:
        assert_sound(folder / "library", killed.titles)


def kill_while_storing(folder: Path, moments: random.Random, times: int) -> None:
    """Again and again from where the last one stopped."""
    write_articles(folder / "articles.jsonl", range(300))
    stored: set[str] = set()
    for _ in range(times):
        writer = Writer(folder / "articles.jsonl", folder / "library", folder / "log")
        check_after(writer.kill_after(moments.uniform(0.0, 0.4)), folder, stored)
        stored = stored_hashes(folder / "library")


def kill_while_indexing(folder: Path, moments: random.Random, place: str, *, anew: bool) -> None:
    """In a first build of the index or in a change of a complete one, by what is seen of its files."""
    shutil.rmtree(folder / "library", ignore_errors=True)
    shutil.copytree(folder / "base", folder / "library")
    if anew:
        shutil.rmtree(folder / "library" / "index")
    stored = stored_hashes(folder / "library")
    writer = Writer(folder / "articles.jsonl", folder / "library", folder / "log")
    killed = writer.kill_at_change(folder / "library" / "index" / place, moments.randint(1, 30))
    check_after(killed, folder, stored)


def finish(folder: Path, *, thorough: bool = True) -> None:
    """The next writer completes what was begun."""
    stored = stored_hashes(folder / "library")
    write(folder / "articles.jsonl", folder / "library", folder / "log")
    assert embedded_twice(folder / "log", stored) == set()
    titles = [head.title for head in Store(folder / "library").heads()]
    with (folder / "articles.jsonl").open() as lines:
        assert len(titles) == sum(1 for _ in lines)
    assert_sound(folder / "library", titles, thorough=thorough)


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    kill_while_storing(tmp_path, random.Random(1), times=1)
    finish(tmp_path, thorough=False)


def test_an_index_whose_writer_was_killed_is_built_from_the_store(folder: Path) -> None:
    kill_while_indexing(folder, random.Random(2), "chroma", anew=True)
    finish(folder, thorough=False)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(10))
def test_forty_kills_while_articles_are_stored(tmp_path: Path, seed: int) -> None:
    kill_while_storing(tmp_path, random.Random(seed), times=4)
    finish(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("seed", range(2))
def test_forty_kills_while_the_index_is_built(folder: Path, seed: int, place: str) -> None:
    moments = random.Random(f"build {seed} {place}")
    for _ in range(5):
        kill_while_indexing(folder, moments, place, anew=True)
    finish(folder)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("seed", range(2))
def test_forty_kills_while_the_index_is_changed(folder: Path, seed: int, place: str) -> None:
    write(folder / "articles.jsonl", folder / "base", folder / "log")  # from here on they are read from this folder
    write_articles(folder / "articles.jsonl", range(40, GROWN))
    moments = random.Random(f"change {seed} {place}")
    for _ in range(5):
        kill_while_indexing(folder, moments, place, anew=False)
    finish(folder)
