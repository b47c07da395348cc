"""Work in other processes: its order, its bounds, and what becomes of it when they die."""

from __future__ import annotations

import importlib.util
import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from ingest.local_workers import LocalWorkers
from ingest.ray_workers import RayWorkers, require_ray
from ingest.workers import InProcess, Lost, Workers
from rag.errors import ModelMissing, SettingsError
from tests.ingest import working
from tests.ingest.working import two_ray_workers

MEMORY = 1_000_000_000
WORKS = [[1, 2], [3, 4], [5, 6], [7, 8]]
DOUBLED = [[2, 4], [6, 8], [10, 12], [14, 16]]

SLOW = [pytest.mark.slow, pytest.mark.timeout(300)]
"""Ray takes some ten seconds to start."""


def local(count: int = 2) -> LocalWorkers:
    return LocalWorkers(count, 1, MEMORY)


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayWorkers]:
    with closing(two_ray_workers()) as workers:
        yield workers


@pytest.fixture(scope="module")
def processes() -> Iterator[LocalWorkers]:
    with closing(local()) as workers:
        yield workers


@pytest.fixture(params=["processes", pytest.param("cluster", marks=SLOW)])
def workers(request: pytest.FixtureRequest) -> Workers:
    found: Workers = request.getfixturevalue(request.param)
    return found


def test_results_come_in_the_order_of_the_works(workers: Workers) -> None:
    works = [[0.6], [0.0], [0.3], [0.0], [0.0], [0.0]]
    assert list(workers.map(working.sleep_as_told, works)) == works


def test_nothing_is_lost_when_a_worker_is_killed(workers: Workers, tmp_path: Path) -> None:
    task = partial(working.die_once, tmp_path / "died")
    assert list(workers.map(task, WORKS)) == DOUBLED
    assert (tmp_path / "died").exists()


def test_what_kills_its_worker_each_time_costs_itself_alone(workers: Workers) -> None:
    first, (three, four), *rest = workers.map(working.die_on_three, WORKS)
    assert [first, [6, four], *rest] == DOUBLED
    assert isinstance(three, Lost)
    assert "died each time" in three.reason


def test_an_error_is_raised_where_the_results_are_asked_for(workers: Workers) -> None:
    with pytest.raises(ModelMissing) as raised:
        list(workers.map(working.miss_a_model, [[1]]))
    assert str(raised.value) == "no model for [1]"
    assert list(workers.map(working.double, WORKS)) == DOUBLED


def test_only_a_few_works_are_taken_ahead(workers: Workers) -> None:
    taken = itertools.count()
    works = ([next(taken)] for _ in itertools.count())
    results = workers.map(working.double, works)
    assert [next(results) for _ in range(3)] == [[0], [2], [4]]
    assert next(taken) <= 3 + 2 * 2 + 1


def test_workers_are_sealed_and_hold_none_of_our_files(workers: Workers, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w"):
        seen = [item for result in workers.map(working.look_around, [[1]] * 4) for item in result]
    for found in seen:
        assert not isinstance(found, Lost)
        pid, sealed, files = found
        assert pid != os.getpid()
        assert sealed
        assert str(tmp_path / "lock") not in files


def test_work_in_the_process_itself_is_done_when_it_is_asked_for() -> None:
    taken: list[int] = []

    def works() -> Iterator[list[int]]:
        for n in itertools.count():
            taken.append(n)
            yield [n]

    results = InProcess().map(working.double, works())
    assert [next(results), next(results)] == [[0], [2]]
    assert taken == [0, 1]


def test_what_needs_more_memory_than_allowed_is_lost_and_nothing_else() -> None:
    with closing(local(1)) as workers:
        [[two], [three], [four]] = workers.map(partial(working.fill_memory, 1_100), [[2], [3], [4]])
    assert (two, four) == (4, 8)
    assert isinstance(three, Lost)
    assert "ingest_worker_memory" in three.reason


@pytest.mark.parametrize("start", [local, pytest.param(two_ray_workers, marks=SLOW)])
def test_closing_ends_what_is_at_work(start: Callable[[], LocalWorkers | RayWorkers]) -> None:
    before = working.descendants(os.getpid())
    workers = start()
    results = workers.map(working.sleep_as_told, [[0.0], [600.0], [600.0], [600.0]])
    next(results)
    started = time.monotonic()
    below = working.descendants(os.getpid()).keys() - before.keys()
    workers.close()
    assert time.monotonic() - started < 60
    if isinstance(workers, LocalWorkers):
        assert len(below) >= 2
        assert not any(working.is_running(pid) for pid in below - _trackers())


def _trackers() -> set[int]:
    return {pid for pid, command in working.descendants(os.getpid()).items() if "resource_tracker" in command}


def test_ray_is_asked_for_in_one_line_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'groundwire\[ray\]'"):
        require_ray()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_cluster_of_this_machine_listens_on_loopback_only(cluster: RayWorkers) -> None:
    assert list(cluster.map(working.double, WORKS)) == DOUBLED
    below = {os.getpid(), *working.descendants(os.getpid())}
    assert working.listening_addresses(below) == {"127.0.0.1"}
