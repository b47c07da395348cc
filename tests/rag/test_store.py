from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryBusy, LibraryDamaged, LibraryMissing, LibraryNotWritable
from rag.index.opening import open_store, store_class
from rag.index.place import Place
from rag.index.sqlite_store import STORE_FILE, SqliteStore
from rag.index.store import Store
from rag.index.upkeep import has_library
from rag.records import Article, Passage

TEXT = "Ünïted we fall 📉. Washington listed eight firms."
VECTOR = np.ones(4, dtype=np.float32) / 2


def an_article(id: str = "a", text: str = TEXT, **fields: str) -> Article:
    fields = {
        "title": "A title",
        "story_id": id,
        "source": f"/news/{id}.txt",
        "content_hash": f"hash of {text}",
    } | fields
    return Article(id=id, text=text, provenance={"id": "given"}, **fields)  # type: ignore[arg-type]


def put(store: Store, article: Article) -> None:
    start = article.text.index("Wash") if "Wash" in article.text else 0
    passage = Passage(article.id, start, len(article.text), article.text[start:], ((start, len(article.text)),))
    store.put(article, b"12345678", [(passage, article.text.encode(), VECTOR)])


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with closing(open_store(place, create=True)) as opened:
        yield opened


def test_an_article_comes_back_as_it_was_put(store: Store) -> None:
    article = an_article(outlet="Harbour Courier", published="2019-10")
    put(store, article)
    assert store.article("a") == article
    assert store.heads() == [article.head]
    assert store.article("b") is None


def test_a_passage_quotes_its_article_after_characters_of_any_width(store: Store) -> None:
    put(store, an_article())
    [number] = store.passage_numbers()
    stored = store.passages([number])[number]
    assert stored.passage.text == "Washington listed eight firms."
    assert TEXT[stored.passage.start : stored.passage.end] == stored.passage.text


def test_every_change_raises_the_generation(store: Store) -> None:
    seen = [store.generation]
    put(store, an_article())
    seen.append(store.generation)
    put(store, an_article(text="Washington changed it."))
    seen.append(store.generation)
    assert store.remove("a")
    seen.append(store.generation)
    assert seen == sorted(set(seen))


def test_replacing_removes_the_old_passages_and_never_reuses_a_number(store: Store) -> None:
    put(store, an_article())
    before = store.passage_numbers()
    generation = store.generation
    put(store, an_article(text="Washington changed it."))
    after = store.passage_numbers()
    assert store.removed_since(generation) == before
    assert not set(before) & set(after)
    assert store.counts() == (1, 1, 1)


def test_readers_learn_what_was_added_since(store: Store) -> None:
    put(store, an_article())
    generation = store.generation
    put(store, an_article("b", text="Washington did more."))
    assert [s.article.id for s in store.passages_since(generation)] == ["b"]
    assert [np.frombuffer(v, np.float32).tolist() for _, _, v in store.vectors(generation)] == [VECTOR.tolist()]


def test_vectors_that_no_passage_uses_are_forgotten(store: Store) -> None:
    put(store, an_article())
    put(store, an_article("b"))  # the same text
    store.remove("a")
    store.drop_unused_vectors()
    assert store.stored_vectors([TEXT.encode()]) == {TEXT.encode()}
    store.remove("b")
    store.drop_unused_vectors()
    assert store.stored_vectors([TEXT.encode()]) == set()


def test_a_failed_put_leaves_nothing_half_written(store: Store) -> None:
    put(store, an_article())
    bad = Passage("b", 0, 1, "x", ((0, 1),))
    with pytest.raises(AttributeError):
        store.put(an_article("b"), b"12345678", [(bad, b"hash", "no vector")])  # type: ignore[list-item]
    assert store.counts() == (1, 1, 1)


def test_heads_and_stories_have_one_order_in_every_store(store: Store) -> None:
    dates = {"b": "2019", "B": "2019", "ä": None, "a": "2019-10", "Z": None}
    texts = {"B": TEXT + " More.", "Z": "Washington."}
    for id, published in dates.items():
        put(store, an_article(id, texts.get(id, TEXT), published=published, story_id="s"))  # type: ignore[arg-type]
    assert [head.id for head in store.heads()] == ["a", "B", "b", "Z", "ä"]
    assert [(head.id, size) for head, size in store.story("s")] == [
        ("B", len(TEXT) + 6), ("a", len(TEXT)), ("b", len(TEXT)), ("ä", len(TEXT)), ("Z", 11)
    ]  # fmt: skip
    assert [head.id for _, head in store.numbered_heads()] == ["b", "B", "ä", "a", "Z"]
    assert [known.id for known in store.known_articles()] == ["b", "B", "ä", "a", "Z"]


def test_all_that_indexes_ask_for_is_there(store: Store) -> None:
    put(store, an_article("a"))
    generation = store.generation
    put(store, an_article("b", "Washington went on."))
    [(stored, vector)] = store.passages_with_vectors(generation)
    assert stored.passage.text == "Washington went on."
    assert np.frombuffer(vector, np.float32).tolist() == VECTOR.tolist()
    assert [(n, p) for n, p, _ in store.vectors()] == [(n, None) for n in store.passage_numbers()]
    assert [n for n, _ in store.article_of_passages()] == store.passage_numbers()
    assert store.passages([]) == {}
    assert store.stored_vectors([]) == set()
    assert store.integrity() == "ok"


def test_an_article_without_passages_and_one_that_moved(store: Store) -> None:
    store.put(an_article(), b"", [])
    store.move_source("a", "/news/elsewhere.txt")
    assert store.counts() == (1, 0, 1)
    assert [known.source for known in store.known_articles()] == ["/news/elsewhere.txt"]
    assert not store.remove("b")


def test_facts_are_kept_and_removals_forgotten_on_demand(store: Store) -> None:
    store.set_fact("repeats", "[1]")
    store.set_fact("repeats", "[2]")
    assert store.fact("repeats") == store.facts()["repeats"] == "[2]"
    put(store, an_article())
    store.remove("a")
    store.forget_removed(store.generation)
    assert store.removed_since(0) == []
    assert store.removals_from == store.generation


def test_a_second_connection_sees_what_the_first_wrote(store: Store) -> None:
    with closing(open_store(store.place)) as reader:
        assert reader.library_id == store.library_id
        put(store, an_article())
        assert reader.counts() == (1, 1, 1)
        assert reader.generation == store.generation


def test_many_threads_read_one_store(store: Store) -> None:
    for n in range(20):
        put(store, an_article(f"a{n}", f"Washington said {n}."))
    numbers = store.passage_numbers()

    def read(n: int) -> str:
        assert len(list(store.passages_since(-1))) == 20
        return store.passages([numbers[n]])[numbers[n]].passage.text

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(read, list(range(20)) * 5)) == [f"Washington said {n}." for n in range(20)] * 5


def test_a_missing_library_is_named_with_what_to_do(place: Place) -> None:
    assert not has_library(place)
    with pytest.raises(LibraryMissing, match="python -m ingest"):
        open_store(place)
    with pytest.raises(LibraryMissing, match="python -m ingest"), store_class(place).writing(place):
        pass
    assert not place.directory.exists()


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / STORE_FILE).write_text("this is no database, but it is long enough to have a header of one")
    with pytest.raises(LibraryDamaged, match="cannot be read"):
        SqliteStore(tmp_path)


def test_damage_in_the_middle_is_reported_by_the_row_that_meets_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, create=True)
    for n in range(200):
        put(store, an_article(f"a{n}"))
    store.close()
    path = store.directory / STORE_FILE
    content = bytearray(path.read_bytes())
    for position in range(len(content) // 4, len(content), 97):
        content[position] ^= 0x5A
    path.write_bytes(content)
    damaged = SqliteStore(store.directory)
    assert damaged.integrity() != "ok"
    with pytest.raises(LibraryDamaged, match=STORE_FILE):
        list(damaged.vectors())


def test_a_library_cannot_be_made_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryNotWritable, match="file"):
        SqliteStore(tmp_path / "file", create=True)


def test_a_library_of_another_version_is_refused(store: Store) -> None:
    store.set_fact("schema", "99")
    with pytest.raises(LibraryDamaged, match="format 99"):
        open_store(store.place)


def test_one_writer_at_a_time(place: Place) -> None:
    with store_class(place).writing(place, create=True) as store:
        put(store, an_article())
        with pytest.raises(LibraryBusy, match=rf"process {os.getpid()}\b"), store_class(place).writing(place):
            pass
        with closing(open_store(place)) as reader, pytest.raises(LibraryBusy), reader.writer_lock():
            pass
    with store_class(place).writing(place) as store, closing(open_store(place)) as reader:  # free again
        put(store, an_article("b"))
        assert reader.counts()[0] == 2
