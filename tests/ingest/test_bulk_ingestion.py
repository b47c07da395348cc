"""One run on several processes: the library is that of one process, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest import indexing
from ingest.hiring import wants_workers
from ingest.indexing import ingest
from ingest.local_workers import LocalWorkers
from ingest.planning import tasks_with
from ingest.workers import Workers
from rag.errors import SettingsError
from rag.index.opening import open_store
from rag.settings import Settings, load_settings
from tests.ingest import working
from tests.ingest.crashing import HashEmbedder, hash_embedder, write_articles
from tests.ingest.working import two_ray_workers

ROOT = Path(__file__).parents[2]
SLOW = [pytest.mark.slow, pytest.mark.timeout(300)]
"""Ray takes some ten seconds to start."""


def two_processes() -> Workers:
    return LocalWorkers(2, 1, 2_000_000_000)


EITHER = pytest.mark.parametrize("start", [two_processes, pytest.param(two_ray_workers, marks=SLOW)])


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Articles of two passages each, and a copy of one."""
    file = tmp_path / "news.jsonl"
    write_articles(file, range(90))
    first, *rest = file.read_text().splitlines()
    file.write_text("\n".join([first, *rest, first.replace('"n0"', '"copy"')]) + "\n")
    return file


def hire(monkeypatch: pytest.MonkeyPatch, start: Callable[[], Workers], embedder: HashEmbedder) -> list[Workers]:
    """Has every run done by workers with an embedder; the workers are in the list once they are started."""
    hired: list[Workers] = []

    def hire(_: Settings) -> tuple[Workers, object]:
        hired.append(start())
        return hired[-1], tasks_with(embedder, 240)

    monkeypatch.setattr(indexing, "hire", hire)
    monkeypatch.setattr(indexing, "_MANY", 1)
    return hired


def settings_for(library: Path, **more: object) -> Settings:
    return load_settings(library=library, ingest_workers=2, **more)


def alone(news: Path, library: Path) -> str:
    """The hash of the library that one process makes; its model's name is that of the bundled one, as with workers."""
    with hash_embedder(library.with_suffix(".log")):
        ingest([news], load_settings(library=library))
    return working.library_hash(library)


@EITHER
def test_the_library_is_that_of_one_process_though_a_worker_is_killed(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[[], Workers]
) -> None:
    expected = alone(news, tmp_path / "alone")
    died = tmp_path / "died"
    hired = hire(monkeypatch, start, working.PoisonedEmbedder(tmp_path / "log", "zq70first", died))
    settings = settings_for(tmp_path / "library")
    report = ingest([news], settings)
    assert died.exists()
    assert len(hired) == 1
    assert (report.added, report.skipped) == (91, [])
    assert working.library_hash(tmp_path / "library") == expected
    assert np.array_equal(working.library_vectors(tmp_path / "library"), working.library_vectors(tmp_path / "alone"))
    assert ingest([news], settings).unchanged == 91


def test_an_article_that_kills_its_worker_is_skipped_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news = tmp_path / "news.jsonl"
    write_articles(news, range(12))
    hire(monkeypatch, two_processes, working.PoisonedEmbedder(tmp_path / "log", "zq5first"))
    report = ingest([news], settings_for(tmp_path / "library"))
    assert report.added == 11
    [skipped] = report.skipped
    assert skipped.source == f"{news}#6"
    assert "died each time (SIGKILL)" in skipped.reason
    assert {change.name for change in report.changes} == {f"Title {n} first" for n in range(12) if n != 5}


def test_an_interrupted_run_keeps_what_it_acknowledged_and_ends_its_workers(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = alone(news, tmp_path / "alone")
    hire(monkeypatch, two_processes, HashEmbedder(tmp_path / "log"))
    settings = settings_for(tmp_path / "library")

    def progress(done: int, total: int, title: str) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([news], settings, progress=progress)
    assert not any("spawn_main" in line for line in working.descendants(os.getpid()).values())
    with closing(open_store(settings.place)) as store:
        assert store.counts()[0] == 5
    report = ingest([news], settings)
    assert (report.added, report.unchanged) == (86, 5)
    assert working.library_hash(tmp_path / "library") == expected


def test_a_few_articles_need_no_workers(news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "hire", pytest.fail)
    write_articles(news, range(3))
    with hash_embedder(tmp_path / "log"):
        assert ingest([news], settings_for(tmp_path / "library")).added == 3


def test_the_engine_is_chosen_by_what_has_to_be_embedded(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def opening(name: str) -> Callable[[str], HashEmbedder]:
        def open_it(_: str) -> HashEmbedder:
            opened.append(name)
            return HashEmbedder(tmp_path / "log")

        return open_it

    for name in ("open_embedder", "open_bulk_embedder"):
        monkeypatch.setattr(indexing, name, opening(name))
    monkeypatch.setattr(indexing, "_MANY", 50_000)
    settings = load_settings(library=tmp_path / "library")
    ingest([news], settings)
    ingest([news], settings)
    news.write_text(news.read_text().replace("Title 7 first", "Title 7 amended"))
    assert ingest([news], settings).updated == 1
    assert opened == ["open_bulk_embedder", "open_embedder"]


def test_settings_ask_for_workers(tmp_path: Path) -> None:
    asked = [{"ingest_workers": 0}, {"ingest_workers": 1}, {"ingest_workers": 2}]
    assert [wants_workers(load_settings(library=tmp_path, **settings)) for settings in asked] == [False, False, True]


@pytest.mark.slow
def test_an_address_without_a_cluster_is_named_at_once(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working.need_ray()
    monkeypatch.setattr(indexing, "_MANY", 1)
    with pytest.raises(SettingsError, match=r"no Ray cluster answers at '127\.0\.0\.1:1'"):
        ingest([news], load_settings(library=tmp_path / "library", ray_address="127.0.0.1:1"))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_real_engine_gives_the_same_library_in_one_process_in_two_and_on_ray(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    working.need_ray()
    monkeypatch.setattr(indexing, "_MANY", 1)
    news = tmp_path / "news.jsonl"
    write_articles(news, range(24))
    settings = {
        "alone": load_settings(library=tmp_path / "alone"),
        "processes": load_settings(library=tmp_path / "processes", ingest_workers=2),
        "ray": load_settings(library=tmp_path / "ray", ingest_workers=2, ray_address="local"),
    }
    for one in settings.values():
        assert ingest([news], one).added == 24
    assert len({working.library_hash(tmp_path / name) for name in settings}) == 1
    reference = working.library_vectors(tmp_path / "alone")
    for name in settings:
        assert np.all(np.sum(reference * working.library_vectors(tmp_path / name), axis=1) >= 0.9999)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("more", [(), ("--ray",)], ids=["processes", "ray"])
def test_a_stopped_command_leaves_a_sound_library_and_no_process(
    tmp_path: Path, number: signal.Signals, more: tuple[str, ...]
) -> None:
    if more:
        working.need_ray()
    news = tmp_path / "news.jsonl"
    write_articles(news, range(400))
    command = [sys.executable, "-m", "ingest", str(news), "--library", str(tmp_path / "library"), "--workers", "2"]
    child = subprocess.Popen(
        [*command, *more],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # which tests in the background inherit ignored
    )
    assert child.stderr is not None
    for line in child.stderr:
        if "left" in line:
            break
    below = working.descendants(child.pid)
    assert len(below) >= 2
    rest: list[str] = []
    reader = threading.Thread(target=lambda: rest.extend(child.stderr or ()))
    reader.start()
    os.killpg(child.pid, number) if number == signal.SIGINT else child.send_signal(number)
    assert child.wait(60) == 3
    reader.join(60)
    assert [line for line in rest if " left" not in line] == [
        "groundwire: stopped. What was reported as done is kept.\n"
    ]
    assert not any(working.is_running(pid) for pid in below)
    with closing(open_store(tmp_path / "library")) as store:
        assert store.counts()[0] > 0
        assert store.integrity() == "ok"
