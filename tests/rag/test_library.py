"""A reader follows the store, whatever happens to the caches beside it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.indexing import ingest
from rag.embedder import open_embedder
from rag.errors import LibraryMissing
from rag.index import exact as exact_module
from rag.index import library as library_module
from rag.index.cache_state import CacheState, read_state, write_state
from rag.index.chroma_check import fingerprint, holds_foreign_code, is_healthy
from rag.index.health import check_library, repair_library
from rag.index.library import Library, open_library
from rag.index.lock import WriterLock, writing_files
from rag.index.opening import open_store
from rag.index.place import Place
from rag.index.removal import remove_articles
from rag.index.upkeep import finish_writing, writing
from rag.records import Filters
from rag.settings import Settings, load_settings
from tests.rag.made_vectors import put, unit

NEWS = {
    "lantern": "The lantern festival drew 4,000 people to the old harbour. Boats were lit until midnight.",
    "bridge": "Engineers closed the iron bridge for repairs. The council expects it to open again in June.",
    "orchard": "A late frost destroyed half of the apple harvest. Farmers asked the ministry for help.",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    news = tmp_path / "news"
    news.mkdir()
    for name, text in NEWS.items():
        (news / f"{name}.txt").write_text(f"---\nid: {name}\ntitle: About the {name}\n---\n{text}\n")
    settings = load_settings(library=tmp_path / "library")
    ingest([news], settings)
    return settings


def found(library: Library, question: str, filters: Filters | None = None, *, approximate: bool = False) -> list[str]:
    vector = open_embedder().embed([question])[0]
    candidates = library.candidates(question, vector, 10, filters or Filters(), approximate=approximate)
    best = sorted(candidates.cosine, key=lambda n: -candidates.cosine[n])
    passages = library.passages(best)
    return [passages[n].article.id for n in best if n in passages]


def test_both_rankings_find_the_passage(settings: Settings) -> None:
    library = open_library(settings.library)
    assert found(library, "When will the iron bridge open again?")[0] == "bridge"
    assert found(library, "frost apples")[0] == "orchard"


def test_an_open_reader_sees_what_is_added_and_no_more_what_is_removed(settings: Settings, tmp_path: Path) -> None:
    library = open_library(settings.library)
    extra = tmp_path / "ferry.txt"
    extra.write_text("---\nid: ferry\ntitle: Ferry\n---\nThe ferry company bought two electric ships from Norway.\n")
    ingest([extra], settings)
    assert found(library, "Which ships did the ferry company buy?")[0] == "ferry"
    remove_articles(["ferry"], settings.library)
    assert "ferry" not in found(library, "Which ships did the ferry company buy?")


def test_a_removed_article_is_gone_although_the_caches_are_behind(settings: Settings) -> None:
    library = open_library(settings.library)
    with WriterLock(settings.library):  # a writer at work: the reader must not touch the caches
        library.store.remove("bridge")
        assert "bridge" not in found(library, "When will the iron bridge open again?")


def _drop(cache: str) -> Callable[[Path], None]:
    return lambda index: shutil.rmtree(index / cache)


def _truncate(pattern: str) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        for file in index.glob(pattern):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return damage


def _flip_bits(index: Path) -> None:
    [file] = index.glob("keywords/*.idx")
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0x5A
    file.write_bytes(content)


def _leave_unclean(index: Path) -> None:
    state = read_state(index / "chroma")
    write_state(index / "chroma", CacheState(state.library_id, state.generation, clean=False))


def _of_another_library(index: Path) -> None:
    write_state(index / "vectors", CacheState("another", 1, clean=True))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_drop("vectors"), id="vectors are gone"),
        pytest.param(_drop("keywords"), id="keywords are gone"),
        pytest.param(_drop("chroma"), id="chroma is gone"),
        pytest.param(_truncate("vectors/*.npy"), id="vectors are cut"),
        pytest.param(_truncate("keywords/meta.json"), id="keywords are cut"),
        pytest.param(_flip_bits, id="keywords hold a flipped bit"),
        pytest.param(_truncate("chroma/chroma.sqlite3"), id="chroma's database is cut"),
        pytest.param(_leave_unclean, id="a writer was killed in chroma"),
        pytest.param(_of_another_library, id="vectors of another library"),
    ],
)
def test_a_damaged_cache_is_rebuilt_when_the_library_is_opened(
    settings: Settings, damage: Callable[[Path], None]
) -> None:
    damage(settings.library / "index")
    library = open_library(settings.library)
    assert found(library, "When will the iron bridge open again?")[0] == "bridge"
    assert check_library(library.store, thorough=True) == []


def test_a_library_whose_index_is_being_written_for_the_first_time_answers(settings: Settings) -> None:
    shutil.rmtree(settings.library / "index")
    with WriterLock(settings.library):
        library = open_library(settings.library)
        assert found(library, "When will the iron bridge open again?")[0] == "bridge"
        assert found(library, "frost apples")[0] == "orchard"


def test_a_library_whose_index_cannot_be_written_answers(settings: Settings) -> None:
    shutil.rmtree(settings.library / "index")
    (settings.library / "index").write_text("not a folder")
    library = open_library(settings.library)
    assert found(library, "When will the iron bridge open again?")[0] == "bridge"


def test_a_relative_directory_is_checked_where_it_is(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(settings.library)
    root = Path(fingerprint.__code__.co_filename).parents[2]
    assert is_healthy(Path("index/chroma"))
    assert not (root / "index").exists()


def test_an_article_is_removed_by_id_and_unknown_ids_are_left_out(settings: Settings) -> None:
    assert remove_articles(["bridge", "no such", "bridge"], settings.library) == ["bridge"]
    with pytest.raises(LibraryMissing):
        remove_articles(["bridge"], settings.library / "nowhere")


def test_an_outlet_is_found_in_any_case_and_alphabet(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "o.txt").write_text("---\nid: o\ntitle: Rail\noutlet: Österreich Blatt\n---\nA railway was opened.\n")
    ingest([tmp_path / "o.txt"], settings)
    library = open_library(settings.library)
    assert found(library, "railway", Filters(outlets=("ÖSTERREICH blatt",))) == ["o"]


def test_doctor_names_the_damage_and_repairs_it(settings: Settings) -> None:
    _truncate("keywords/meta.json")(settings.library / "index")
    before, after = repair_library(settings.library)
    assert [f.part for f in before] == ["keywords"]
    assert after == []


def test_index_files_changed_behind_our_back_change_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "segment").mkdir()
    for name in ("index_metadata.pickle", "data_level0.bin"):
        (tmp_path / "segment" / name).write_bytes(b"12345")
    before = fingerprint(tmp_path)
    (tmp_path / "segment" / "data_level0.bin").write_bytes(b"12435")
    assert fingerprint(tmp_path) != before


def test_an_index_that_names_code_to_run_is_not_opened(settings: Settings) -> None:
    import sqlite3

    open_library(settings.library)
    directory = settings.library / "index" / "chroma"
    assert holds_foreign_code(directory) is None
    with sqlite3.connect(directory / "chroma.sqlite3") as database:
        planted = '{"embedding_function": {"type": "known", "name": "sentence_transformer"}}'
        database.execute("UPDATE collections SET config_json_str = ?", (planted,))
    database.close()
    assert holds_foreign_code(directory) == "it names an embedding function to be run"


def test_filters_by_id_outlet_and_date(sample_library: Path) -> None:
    library = open_library(sample_library)
    heads = {h.id: h for h in library.heads()}
    question = "What did Beijing say?"
    for filters in (Filters(since="2025"), Filters(until="2019-12"), Filters(outlets=("harbour courier",))):
        ids = found(library, question, filters)
        assert ids
        for id in ids:
            head = heads[id]
            assert head.published is not None
            if filters.since:
                assert head.published >= "2025"
            if filters.until:
                assert head.published < "2020"
            if filters.outlets:
                assert head.outlet == "Harbour Courier"
    assert found(library, question, Filters(article_ids=("no such",))) == []


def test_chroma_and_the_exact_scan_find_the_same(sample_library: Path) -> None:
    library = open_library(sample_library)
    for question in ("chip imports", "Who replied to the blacklist?", "artificial intelligence academy"):
        vector = open_embedder().embed([question])[0]
        chroma = library._chroma.search(vector, 10)
        exact = library._exact.search(vector, 10)
        assert [n for n, _ in chroma] == [n for n, _ in exact]
        np.testing.assert_allclose([s for _, s in chroma], [s for _, s in exact], atol=1e-5)


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    from rag.index.sqlite_store import SqliteStore

    SqliteStore(tmp_path, create=True).close()
    with pytest.raises(LibraryMissing, match="holds no article"):
        open_library(tmp_path)


def test_chroma_files_are_not_loaded_while_they_are_written(settings: Settings) -> None:
    library = open_library(settings.library)
    with writing_files(settings.library / "index" / "chroma"):
        answering = found(library, "When will the iron bridge open again?", approximate=True)  # by the exact scan
        assert answering[0] == "bridge"
        assert library._chroma._collection is None
    again = open_library(settings.library)
    assert found(again, "When will the iron bridge open again?", approximate=True)[0] == "bridge"
    assert again._chroma._collection is not None


# ------------------------------------------------------------------ following a writer
RNG = np.random.default_rng(3)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A small library without Chroma."""
    place = Place(tmp_path / "made", vectors="none")
    with writing(place, create=True) as store:
        for number in range(30):
            put(store, f"n{number}", unit(RNG, 2), "2024-01-01")
        finish_writing(store)
    return place


def ids(library: Library, vector: object) -> set[str]:
    facts = library.candidates("zzz", vector, 5, Filters()).facts  # type: ignore[arg-type]
    return {fact.article_id for fact in facts.values()}


def test_no_chroma_index_is_kept_where_none_is_wanted(place: Place) -> None:
    open_library(place)
    assert not (place.directory / "index" / "chroma").exists()
    with closing(open_store(place)) as store:
        assert check_library(store, thorough=True) == []


def test_an_article_is_found_while_its_writer_goes_on(place: Place) -> None:
    library = open_library(place)
    with writing(place) as store:
        for number in range(5):
            vector = unit(RNG, 1)
            put(store, f"new{number}", vector, "2025-01-01", outlet="Late News")
            assert f"new{number}" in ids(library, vector[0])
            assert len(library.candidates("zzz", vector[0], 50, Filters(outlets=("late news",))).facts) == number + 1
        store.remove("new3")
        assert "new3" not in ids(library, vector[0])
        base = library._exact.extent.base
        finish_writing(store)
    assert library._exact.extent == exact_module.Extent(base, 5, 1)
    assert library._catalogued is library._exact.extent


def test_many_changes_are_followed_beside_the_questions(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "_MANY_CHANGES", 5)
    monkeypatch.setattr(exact_module, "_TAIL_ROWS", 10)
    library = open_library(place)
    base = library._exact.extent.base
    vector = unit(RNG, 20)
    with writing(place) as store:
        for number in range(20):
            put(store, f"new{number}", vector[number : number + 1])
        ids(library, vector[19])
        assert library._beside is not None
        library._beside.join(60)
        assert "new19" in ids(library, vector[19])
    last = time.monotonic() + 60
    while library._exact.extent.base == base and time.monotonic() < last:  # merged by the thread, or by the next one
        put(library.store, "more", unit(RNG, 1))
        ids(library, vector[0])
        library._beside.join(60)
    assert library._exact.extent.base != base
    assert library._exact.agrees_with(library.store)


def test_the_writer_merges_a_long_tail(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_module, "_TAIL_ROWS", 10)
    library = open_library(place)
    base = library._exact.extent.base
    with writing(place) as store:
        for number in range(20):
            put(store, f"new{number}", unit(RNG, 1))
        finish_writing(store)
    library.refresh()
    assert library._exact.extent.base != base
    assert library._exact.extent.added == 0
    assert library._exact.agrees_with(library.store)
