"""Nothing acknowledged is lost and nothing is embedded twice, wherever a writer is killed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.index.opening import open_store
from rag.index.place import Place
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
from tests.postgres_server import PostgresServer

PLACES = ("keywords", "chroma", "vectors", ".")


@pytest.fixture
def folder(tmp_path: Path, crash_base: Path) -> Path:
    """The same, to be changed; `base` in it is the library to start from."""
    shutil.copy(crash_base / "articles.jsonl", tmp_path)
    shutil.copytree(crash_base / "library", tmp_path / "base")
    return tmp_path


def check_after(killed: Killed, folder: Path, stored_before: set[str], place: Place | None = None) -> None:
    assert embedded_twice(folder / "log", stored_before) == set()
    if killed.titles:
        assert_sound(place or folder / "library", killed.titles)


def kill_while_storing(folder: Path, moments: random.Random, times: int, place: Place) -> None:
    """Again and again from where the last one stopped."""
    write_articles(folder / "articles.jsonl", range(300))
    stored: set[str] = set()
    for _ in range(times):
        writer = Writer(folder / "articles.jsonl", place, folder / "log")
        check_after(writer.kill_after(moments.uniform(0.0, 0.4)), folder, stored, place)
        stored = stored_hashes(place)


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


def finish(folder: Path, library: Place | None = None, *, thorough: bool = True) -> None:
    """The next writer completes what was begun."""
    place = library or Place(folder / "library")
    stored = stored_hashes(place)
    write(folder / "articles.jsonl", place, folder / "log")
    assert embedded_twice(folder / "log", stored) == set()
    titles = [head.title for head in open_store(place).heads()]
    with (folder / "articles.jsonl").open() as lines:
        assert len(titles) == sum(1 for _ in lines)
    assert_sound(place, titles, thorough=thorough)


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, place: Place) -> None:
    kill_while_storing(tmp_path, random.Random(1), 1, place)
    finish(tmp_path, place, thorough=False)


def test_an_index_whose_writer_was_killed_is_built_from_the_store(folder: Path) -> None:
    kill_while_indexing(folder, random.Random(2), "chroma", anew=True)
    finish(folder, thorough=False)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(10))
def test_forty_kills_while_articles_are_stored(tmp_path: Path, place: Place, seed: int) -> None:
    kill_while_storing(tmp_path, random.Random(seed), 4, place)
    finish(tmp_path, place)


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


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("cache", ["keywords", "vectors", "."])
def test_kills_while_the_caches_of_a_library_on_a_server_are_changed(
    tmp_path: Path, postgres_server: PostgresServer, cache: str
) -> None:
    place = Place(tmp_path / "library", SecretStr(postgres_server.new_library()))
    articles, moments = tmp_path / "articles.jsonl", random.Random(f"server {cache}")
    write_articles(articles, range(200))
    write(articles, place, tmp_path / "first")
    for times in range(1, 4):
        write_articles(articles, range(200 + 60 * times))
        stored = stored_hashes(place)
        writer = Writer(articles, place, tmp_path / "log")
        killed = writer.kill_at_change(place.directory / "index" / cache, moments.randint(1, 6))
        check_after(killed, tmp_path, stored, place)
    finish(tmp_path, place)
