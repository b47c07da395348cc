"""One writer and many readers at once, on either engine, and a server that falls in between."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.errors import LibraryBusy, LibraryUnreachable
from rag.index.library import Library, open_library
from rag.index.opening import open_store
from rag.index.place import Place
from rag.records import Filters
from tests.ingest.crashing import Writer, assert_sound, vector_of, write, write_articles
from tests.postgres_server import QUOTED, PostgresServer

SOON = 20.0
"""Seconds; two on a machine that has nothing else to do."""


def finds(library: Library, word: str) -> bool:
    hits = library.candidates(word, vector_of(word), 3, Filters()).keyword_ranks
    return any(word in stored.passage.text for stored in library.passages(list(hits)).values())


def word_of(title: str) -> str:
    """`Title 7 first` → the word that no other article has."""
    _, number, version = title.split()
    return f"zq{number}{version}"


@contextmanager
def stopped(writer: Writer) -> Iterator[None]:
    """Holds a writer in the middle of its work, however fast it is; it goes on afterwards."""
    os.kill(writer.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(writer.pid, signal.SIGCONT)


def test_the_second_of_two_writers_is_told_who_the_first_is(tmp_path: Path, place: Place) -> None:
    articles, log = tmp_path / "articles.jsonl", tmp_path / "log"
    write_articles(articles, range(150))
    first = Writer(articles, place, log)
    acknowledged = first.acknowledged()
    titles = [next(acknowledged)]
    with stopped(first), pytest.raises(LibraryBusy, match=rf"process {first.pid}\b"):
        write(articles, place, tmp_path / "other")
    titles += acknowledged
    assert first.ended()[0] == 0
    assert len(set(titles)) == 150
    assert write(articles, place, log).unchanged == 150
    assert_sound(place, titles)


@pytest.mark.parametrize("count", [40, pytest.param(400, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_a_reader_finds_each_article_soon_after_its_writer_acknowledged_it(
    tmp_path: Path, place: Place, count: int
) -> None:
    articles, log = tmp_path / "articles.jsonl", tmp_path / "log"
    write_articles(articles, range(10))
    write(articles, place, log)
    reader = open_library(place)
    write_articles(articles, range(10 + count))
    writer = Writer(articles, place, log)
    waited = []
    for title in writer.acknowledged():
        started = time.monotonic()
        while not finds(reader, word_of(title)):
            assert time.monotonic() - started < SOON, title
            time.sleep(0.02)
        waited.append(time.monotonic() - started)
    assert writer.ended()[0] == 0
    assert len(waited) == 10 + count
    print(f"found after {sorted(waited)[len(waited) // 2]:.3f} s (median), {max(waited):.3f} s (longest)")


@pytest.mark.parametrize("at_once", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_server_that_is_restarted_while_written_and_read_loses_nothing(
    tmp_path: Path, postgres_server: PostgresServer, at_once: bool
) -> None:
    place = Place(tmp_path / "caches", SecretStr(postgres_server.new_library()))
    articles, log = tmp_path / "articles.jsonl", tmp_path / "log"
    write_articles(articles, range(10))
    write(articles, place, log)
    reader = open_library(place)
    write_articles(articles, range(400))
    writer = Writer(articles, place, log)
    acknowledged = writer.acknowledged()
    titles = [next(acknowledged) for _ in range(40)]
    postgres_server.stop(at_once=at_once)
    with pytest.raises(LibraryUnreachable):
        finds(reader, word_of(titles[-1]))
    titles += acknowledged
    code, said = writer.ended()
    postgres_server.start()
    assert (code, said.count("groundwire:")) == (3, 1)
    assert "postgresql://127.0.0.1" in said
    assert QUOTED not in said
    assert all(finds(reader, word_of(title)) for title in titles)
    with closing(open_store(place)) as store:
        assert set(titles) <= {head.title for head in store.heads()}
    assert write(articles, place, log).added > 0
    assert_sound(place, titles)
