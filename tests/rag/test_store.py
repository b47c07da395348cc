from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryBusy, LibraryDamaged, LibraryMissing, LibraryNotWritable
from rag.index.lock import WriterLock
from rag.index.store import STORE_FILE, Store
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
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "library", create=True)


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


def test_a_missing_library_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="python -m ingest"):
        Store(tmp_path / "nowhere")


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / STORE_FILE).write_text("this is no database, but it is long enough to have a header of one")
    with pytest.raises(LibraryDamaged, match="cannot be read"):
        Store(tmp_path)


def test_damage_in_the_middle_is_reported_by_the_row_that_meets_it(store: Store) -> None:
    for n in range(200):
        put(store, an_article(f"a{n}"))
    store.close()
    path = store.directory / STORE_FILE
    content = bytearray(path.read_bytes())
    for position in range(len(content) // 4, len(content), 97):
        content[position] ^= 0x5A
    path.write_bytes(content)
    damaged = Store(store.directory)
    assert damaged.integrity() != "ok"
    with pytest.raises(LibraryDamaged, match=STORE_FILE):
        list(damaged.vectors())


def test_a_library_cannot_be_made_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryNotWritable, match="file"):
        Store(tmp_path / "file", create=True)


def test_a_library_of_another_version_is_refused(store: Store) -> None:
    store.set_fact("schema", "99")
    with pytest.raises(LibraryDamaged, match="format 99"):
        Store(store.directory)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with WriterLock(tmp_path), pytest.raises(LibraryBusy, match=r"process \d+"):
        WriterLock(tmp_path).__enter__()
    with WriterLock(tmp_path):
        pass  # free again
