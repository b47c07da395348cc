"""Vector search against the plain product: with and without the short form, with a tail, for every kind of filter."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import LibraryDamaged
from rag.index import exact, projection
from rag.index.base_vectors import day_key, open_base, write_base
from rag.index.cache_state import read_state
from rag.index.catalogue import Catalogue
from rag.index.exact import ExactVectors
from rag.index.passage_rows import PassageRows
from rag.index.projection import best_rows
from rag.index.sqlite_store import SqliteStore
from rag.index.store import Store
from rag.records import Filters
from tests.rag.made_vectors import put, unit

ROWS, LATE = 1500, 200
DATES = ("2019", "2019-10", "2019-10-08", "2024-02-29", "2025-01", None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(SqliteStore(tmp_path / "library", create=True)) as opened:
        yield opened


def opened(store: Store) -> ExactVectors:
    found = ExactVectors(store.directory / "vectors")
    assert found.open(store)
    return found


def updated(store: Store) -> ExactVectors:
    ExactVectors(store.directory / "vectors").update(store)
    return opened(store)


def stored(store: Store) -> dict[int, np.ndarray]:
    return {number: np.frombuffer(vector, dtype=np.float32) for number, _, vector in store.vectors()}


# ------------------------------------------------------------------ search
@pytest.fixture(params=[False, True], ids=["in full", "short form first"])
def vectors(request: pytest.FixtureRequest, store: Store, monkeypatch: pytest.MonkeyPatch) -> ExactVectors:
    """A base, a tail, and passages of both that went."""
    rng = np.random.default_rng(1)
    monkeypatch.setattr(projection, "WORTHWHILE", 1 if request.param else 10**9)
    monkeypatch.setattr(projection, "SHORT", 20)
    for first in range(0, ROWS, 100):
        put(store, f"n{first}", unit(rng, 100), f"20{10 + first // 500}-01-01")
    assert updated(store).extent.added == 0
    for first in range(0, LATE, 20):
        put(store, f"late{first}", unit(rng, 20), f"20{10 + first // 20}-01-01")
    for id in ("n300", "n1400", "late40"):
        store.remove(id)
    found = updated(store)
    assert (found.extent.added, found.extent.gone, bool(len(found._base.short))) == (LATE - 20, 200, request.param)
    return found


MASKS = {
    "none": None,
    "a run of dates": np.arange(ROWS + LATE) // 100 == 7,
    "half": np.arange(ROWS + LATE) % 2 == 0,
    "one in a hundred": np.arange(ROWS + LATE) % 100 == 3,
    "nothing": np.zeros(ROWS + LATE, dtype=bool),
    "the last": np.arange(ROWS + LATE) == ROWS + LATE - 30,
    "late ones": np.arange(ROWS + LATE) >= ROWS,
}


@pytest.mark.parametrize("name", MASKS)
def test_the_best_are_those_of_the_plain_product(store: Store, vectors: ExactVectors, name: str) -> None:
    mask = MASKS[name]
    allowed = None if mask is None else mask[: len(vectors.rows)]
    there = stored(store)
    question = there[max(there)]
    may = [n for row, n in enumerate(vectors.rows.numbers.tolist()) if n in there and (mask is None or mask[row])]
    wanted = sorted(may, key=lambda n: -float(there[n] @ question))[:20]
    found = vectors.search(question, 20, allowed)
    assert [n for n, _ in found] == wanted
    np.testing.assert_allclose([s for _, s in found], [there[n] @ question for n in wanted], atol=1e-5)


def test_cosines_by_number_leave_out_the_unknown_and_what_went(store: Store, vectors: ExactVectors) -> None:
    there = stored(store)
    first, last, gone = min(there), max(there), int(vectors.rows.numbers[vectors.gone[0]])
    found = vectors.cosines(there[last], [first, 10**9, gone, last])
    assert found == pytest.approx({first: float(there[first] @ there[last]), last: 1.0}, abs=1e-5)
    assert vectors.cosines(there[last], []) == {}


def test_an_empty_index_finds_nothing(store: Store) -> None:
    for empty in (ExactVectors(store.directory / "vectors"), updated(store)):
        assert empty.search(np.ones(4, dtype=np.float32), 5) == []
        assert empty.cosines(np.ones(4, dtype=np.float32), [1]) == {}


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=400), st.integers(1, 30))
def test_best_rows_are_the_best(values: list[float], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    chosen = best_rows(scores, k)
    assert len(set(chosen.tolist())) == min(k, len(scores))
    assert sorted(scores[chosen]) == sorted(np.sort(scores)[::-1][:k])


def test_best_rows_of_many_equal_scores() -> None:
    scores = np.zeros(100_000, dtype=np.float32)
    scores[77_777] = 1
    chosen = best_rows(scores, 10)
    assert len(chosen) == 10
    assert 77_777 in chosen


def test_large_libraries_use_the_short_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(2).normal(size=(300, 128)).astype(np.float32)
    numbers, days = np.arange(300), np.zeros(300, dtype=np.int32)
    assert not len(write_base(tmp_path, numbers, days, matrix.__getitem__).short)
    monkeypatch.setattr(projection, "WORTHWHILE", 300)
    base = write_base(tmp_path, numbers, days, matrix.__getitem__)
    assert base.short.shape == (300, 96)
    np.testing.assert_allclose(base.directions.T @ base.directions, np.eye(96), atol=1e-4)
    np.testing.assert_allclose(base.short, matrix @ base.directions, atol=1e-4)


# ------------------------------------------------------------------ files that follow the store
class _Changes:
    """A store under random changes."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store, self._random, self._rng = store, random.Random(seed), np.random.default_rng(seed)

    def change(self, count: int) -> None:
        for _ in range(count):
            id = f"n{self._random.randrange(12)}"
            if self._random.random() < 0.3:
                self._store.remove(id)
            else:
                date, outlet = self._random.choice(DATES), self._random.choice("ABC")
                put(self._store, id, unit(self._rng, self._random.randrange(1, 4)), date, outlet)


def _shown(store: Store, vectors: ExactVectors, catalogue: Catalogue) -> list[object]:
    """What an index answers, whatever the order of its rows."""
    question = unit(np.random.default_rng(7), 1)[0]
    shown: list[object] = []
    for filters in (Filters(), Filters(outlets=("b",)), Filters(since="2019-10", until="2024")):
        allowed = catalogue.allowed(filters)
        shown.append(sorted(vectors.rows.numbers[allowed].tolist()))
        shown.append([(n, round(s, 4)) for n, s in vectors.search(question, 100, allowed)])
    numbers = store.passage_numbers()
    shown += [catalogue.facts([*numbers, 10**9]), catalogue.rarity("2019-01-01", "2019-12-31")]
    return [*shown, [n for n, _ in vectors.search(question, 5)], sorted(vectors.cosines(question, numbers))]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 6), min_size=1, max_size=4), st.booleans())
@settings(max_examples=15, deadline=None)
def test_following_shows_what_building_anew_shows(seed: int, rounds: Sequence[int], merges: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(directory := Path(folder), create=True)) as store:
        changes = _Changes(store, seed)
        changes.change(3)
        vectors = updated(store)
        catalogue = Catalogue(store, vectors.rows, vectors.gone)
        for count in rounds:
            changes.change(count)
            ExactVectors(directory / "vectors").update(store)
            newer = vectors.reopened(store)
            assert newer is not None
            if newer.extent.base == vectors.extent.base:
                catalogue.follow(store, newer.rows, newer.gone)
            else:
                catalogue = Catalogue(store, newer.rows, newer.gone)
            vectors = newer
            if merges and count % 2:
                merged = vectors.merged()
                changes.change(1)
                ExactVectors(directory / "vectors").update(store)  # while it is being merged
                vectors.switch(store, merged)
                vectors = opened(store)
                catalogue = Catalogue(store, vectors.rows, vectors.gone)
            anew = ExactVectors(directory / f"anew{store.generation}")
            anew.update(store)
            assert anew.open(store)
            assert anew.extent.added == 0
            assert vectors.agrees_with(store)
            assert _shown(store, vectors, catalogue) == _shown(store, anew, Catalogue(store, anew.rows, anew.gone))


def test_one_article_is_appended_and_the_base_is_left_alone(store: Store) -> None:
    put(store, "a", unit(np.random.default_rng(3), 30), "2024-01-01")
    before = updated(store)
    files = {file: file.stat().st_mtime_ns for file in (store.directory / "vectors").glob("*.npy")}
    put(store, "b", unit(np.random.default_rng(4), 2), "2023-01-01")
    after = before.reopened(store)
    assert after is not None  # behind, and sound
    assert after.generation == before.generation
    ExactVectors(store.directory / "vectors").update(store)
    after = before.reopened(store)
    assert after is not None
    assert (after.extent.base, after.extent.added) == (before.extent.base, 2)
    assert {file: file.stat().st_mtime_ns for file in files} == files
    assert before.is_outdated
    assert len(before.rows) == 30
    before.search(unit(np.random.default_rng(5), 1)[0], 5)  # what it has mapped is still there


def test_what_a_killed_writer_appended_without_saying_so_is_overwritten(store: Store) -> None:
    put(store, "a", unit(np.random.default_rng(3), 5))
    sound = updated(store)
    state = (store.directory / "vectors.json").read_bytes()
    put(store, "b", unit(np.random.default_rng(4), 3))
    ExactVectors(store.directory / "vectors").update(store)
    (store.directory / "vectors.json").write_bytes(state)  # as if it had been killed before
    assert opened(store).extent == sound.extent
    store.remove("a")
    put(store, "c", unit(np.random.default_rng(5), 2))
    assert updated(store).agrees_with(store)


@pytest.mark.parametrize("pattern", ["vectors-*.rows", "numbers-*.rows", "gone-*.rows", "days-*.npy", "vectors-*.npy"])
@pytest.mark.parametrize("cut", [False, True], ids=["gone", "cut"])
def test_damaged_files_are_built_anew(store: Store, pattern: str, cut: bool) -> None:
    put(store, "a", unit(np.random.default_rng(3), 5))
    put(store, "b", unit(np.random.default_rng(3), 5))
    updated(store)
    put(store, "c", unit(np.random.default_rng(4), 3))
    store.remove("b")
    updated(store)
    [file] = (store.directory / "vectors").glob(pattern)
    content = file.read_bytes()
    file.unlink()
    if cut:
        file.write_bytes(content[:-9])
    assert not ExactVectors(store.directory / "vectors").open(store)
    assert updated(store).agrees_with(store)


def test_a_merge_takes_the_place_of_base_and_tail(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "_TAIL_ROWS", 10)
    put(store, "a", unit(np.random.default_rng(3), 50), "2024-01-01")
    updated(store)
    put(store, "b", unit(np.random.default_rng(4), 20), "2020-01-01")
    found = updated(store)
    assert found.should_merge
    found.switch(store, found.merged())
    after = opened(store)
    assert after.extent.base != found.extent.base
    assert (after.extent.added, after.extent.gone, after.should_merge) == (0, 0, False)
    assert after._base.days.tolist() == [20200101] * 20 + [20240101] * 50
    assert {file.stem.split("-")[1] for file in (store.directory / "vectors").iterdir()} == {after.extent.base}


def test_a_merge_of_files_that_were_built_anew_meanwhile_is_dropped(store: Store) -> None:
    put(store, "a", unit(np.random.default_rng(3), 5))
    old = updated(store)
    merged = old.merged()
    old._build(store)
    state = read_state(store.directory / "vectors")
    old.switch(store, merged)
    assert read_state(store.directory / "vectors") == state
    with pytest.raises(OSError, match=merged.base.name):
        open_base(store.directory / "vectors", merged.base.name)


def test_vectors_of_another_length_are_refused(store: Store) -> None:
    put(store, "a", unit(np.random.default_rng(3), 5))
    updated(store)
    put(store, "b", np.ones((1, 8), dtype=np.float32))
    with pytest.raises(LibraryDamaged, match="several lengths"):
        ExactVectors(store.directory / "vectors").update(store)


@given(st.lists(st.lists(st.integers(0, 60), unique=True, max_size=20), max_size=4))
def test_rows_are_found_by_number(runs: list[list[int]]) -> None:
    rows, expected = PassageRows(np.empty(0, dtype=np.int64)), list[int]()
    for run in runs:
        new = [n for n in run if n not in expected]
        rows = rows.extended(np.array(new, dtype=np.int64))
        expected += new
    wanted = list(range(62))
    assert rows.places(wanted).tolist() == [expected.index(n) if n in expected else -1 for n in wanted]


@pytest.mark.parametrize(
    ("published", "key"),
    [("2019-10-08", 20191008), ("2019-10", 20191000), ("2019", 20190000), (None, 99999999), ("last week", 99999999)],
)
def test_days_are_in_the_order_of_dates(published: str | None, key: int) -> None:
    assert day_key(published) == key
