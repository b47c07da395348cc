"""A library is moved between the engines without a difference, and nothing unfinished can be used."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from rag.__main__ import main
from rag.errors import LibraryMissing, LibraryNotWritable
from rag.index.copying import compare, copy_library
from rag.index.opening import open_store
from rag.index.place import Place
from rag.records import Article, Passage
from tests.postgres_server import PostgresServer

WORDS = "bridge ferry harbour mayor lighthouse fees Torvik tide 📉 ünïted".split()


@pytest.fixture
def source(tmp_path: Path) -> Place:
    place = Place(tmp_path / "from")
    random = np.random.default_rng(7)
    with closing(open_store(place, create=True)) as store:
        for n in range(120):
            text = " ".join(random.choice(WORDS, 30)) + f" {n}."
            article = Article(
                id=f"n{n}", title=f"{WORDS[n % 10]} and {WORDS[n % 7]} {n}", story_id=f"n{n % 100}", text=text,
                published="2019-10-08" if n % 3 else None, source=f"/{n}", content_hash=str(n), provenance={"id": "ü"},
            )  # fmt: skip
            vectors = random.normal(size=(2, 8)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            middle = len(text) // 2
            spans = ((0, middle), (middle, len(text)))
            passages = [Passage(article.id, s, e, text[s:e], ((s, e),)) for s, e in spans]
            store.put(article, bytes(8), [(p, f"{n} {i}".encode(), vectors[i]) for i, p in enumerate(passages)])
        store.remove("n5")
        store.set_embedding_model("a model")
    return place


@pytest.fixture
def target(postgres_server: PostgresServer, tmp_path: Path) -> Place:
    return Place(tmp_path / "caches", SecretStr(postgres_server.new_library()))


def silent(done: int, total: int, what: str) -> None: ...


def test_there_and_back_by_the_command(
    source: Place, target: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert target.store is not None
    url, back = target.store.get_secret_value(), Place(tmp_path / "back")
    assert main(["library", "copy", str(source), url]) == 0
    said = capsys.readouterr().out
    assert "100 of 100 give the same" in said
    assert "wrong" not in said  # the password
    assert main(["library", "copy", url, str(back), "--json"]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert proof["equal"]
    assert proof["counts"] == [[119, 238, 100, 240]] * 2
    with closing(open_store(source)) as first, closing(open_store(back)) as last:
        assert compare(first, last).is_equal
        assert {id: last.article(id) for id in ("n3", "n119")} == {id: first.article(id) for id in ("n3", "n119")}
        assert (last.embedding_model, last.generation) == ("a model", first.generation)
        assert last.library_id != first.library_id  # or caches of one would be taken for the other's


def test_a_copy_can_be_written_and_numbers_go_on(source: Place, target: Place) -> None:
    copy_library(source, target, silent)
    with closing(open_store(target)) as copy:
        before = copy.passage_numbers()
        copy.put(Article(id="new", title="New", text="New.", source="s", content_hash="h"), b"", [
            (Passage("new", 0, 4, "New.", ((0, 4),)), b"new", np.ones(8, np.float32))
        ])  # fmt: skip
        assert min(set(copy.passage_numbers()) - set(before)) > max(before)


@pytest.mark.parametrize("stage", ["articles", "passages", "vectors", "comparing"])
@pytest.mark.parametrize("way", ["there", pytest.param("back", marks=pytest.mark.slow)])
def test_an_interrupted_copy_cannot_be_used_and_is_gone_on_with(
    source: Place, target: Place, tmp_path: Path, stage: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.copying._ROWS", {"articles": 50, "passages": 50, "vectors": 50})
    if way == "back":
        copy_library(source, target, silent)
        source, target = target, Place(tmp_path / "back")
    taken: list[str] = []

    def stopping(done: int, total: int, what: str) -> None:
        taken.append(what)
        if what == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_library(source, target, stopping)
    with pytest.raises(LibraryMissing, match="never finished"):
        open_store(target)
    again: list[str] = []
    assert copy_library(source, target, lambda done, total, what: again.append(what)).is_equal
    for table, batches in (("articles", 3), ("passages", 5), ("vectors", 5)):
        assert (taken + again).count(table) == batches
    open_store(target).close()


def test_a_place_with_a_library_is_refused(source: Place, target: Place, tmp_path: Path) -> None:
    copy_library(source, target, silent)
    shutil.copytree(source.directory, tmp_path / "other")
    for other in (target, Place(tmp_path / "other")):
        with pytest.raises(LibraryNotWritable, match="holds a library already"):
            copy_library(source, other, silent)


def test_an_unfinished_copy_of_another_library_is_left_alone(source: Place, target: Place, tmp_path: Path) -> None:
    def stopping(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_library(source, target, stopping)
    other = Place(tmp_path / "other")
    open_store(other, create=True).close()
    with pytest.raises(LibraryMissing, match="from the same library"):
        copy_library(other, target, silent)


@pytest.mark.parametrize(
    "damage",
    ["UPDATE articles SET text = replace(text, 'ferry', 'furry')", "DELETE FROM passages WHERE number = 7",
     "UPDATE vectors SET vector = (SELECT max(vector) FROM vectors)"],
)  # fmt: skip
def test_a_difference_is_told_and_the_copy_stays_closed(
    source: Place, tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Place(tmp_path / "to")

    def damaging(done: int, total: int, what: str) -> None:
        if what == "comparing":
            import sqlite3

            with closing(sqlite3.connect(target.directory / "library.sqlite")) as database:
                database.execute(damage)
                database.commit()

    assert not copy_library(source, target, damaging).is_equal
    with pytest.raises(LibraryMissing):
        open_store(target)


def test_an_empty_library_can_be_copied(target: Place, tmp_path: Path) -> None:
    empty = Place(tmp_path / "empty")
    open_store(empty, create=True).close()
    assert copy_library(empty, target, silent).is_equal
