"""A watched folder is followed, and nothing else happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.__main__ import main
from ingest.report import IngestReport
from ingest.watching import Watch
from rag.index.lock import WriterLock
from rag.index.sqlite_store import SqliteStore
from rag.settings import Settings, load_settings
from tests.ingest.crashing import ROOT, hash_embedder, write_articles

EVERY = 0.1


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    put(folder / "dam.txt", "The river dam was opened on Friday. It took nine years to build.")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with hash_embedder(tmp_path / "log"):
        yield load_settings(library=tmp_path / "library")


def put(file: Path, text: str) -> None:
    file.write_text(f"---\nid: {file.stem}\ntitle: About the {file.stem}\n---\n{text}\n")


def follow(news: Path, settings: Settings, steps: list[Callable[[], None]], every: float = EVERY) -> list[IngestReport]:
    """One round at first and one after each step."""
    watch = Watch(
        [news],
        settings,
        every=every,
        remove_missing=True,
        say=print,
        progress=lambda done, total, title: None,
    )
    reports = []
    for report in watch.rounds():
        reports.append(report)
        if len(reports) > len(steps):
            watch.stop()
        else:
            steps[len(reports) - 1]()
    return reports


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_each_round_finds_what_changed(news: Path, settings: Settings) -> None:
    reports = follow(
        news,
        settings,
        [
            lambda: put(news / "zoo.txt", "The zoo has bought two tapirs. They came by ship."),
            lambda: put(news / "dam.txt", "The river dam was opened on Saturday. It took ten years to build."),
            lambda: (news / "zoo.txt").unlink(),
        ],
    )
    assert [counts(r) for r in reports] == [(1, 0, 0, 0), (1, 0, 1, 0), (0, 1, 1, 0), (0, 0, 1, 1)]
    assert [c.name for c in reports[1].changes if c.outcome == "added"] == ["About the zoo"]


def test_a_file_is_taken_when_it_has_stopped_growing(news: Path, settings: Settings) -> None:
    file = news / "long.jsonl"
    line = {"title": "A part", "text": "The ferry sank."}

    def grow() -> None:
        writing = "\n".join(
            f"print({json.dumps(json.dumps(line | {'id': f'part{n}'}))}, file=out, flush=True); time.sleep(0.05)"
            for n in range(12)
        )
        subprocess.Popen([sys.executable, "-c", f"import time\nout = open({str(file)!r}, 'w')\n{writing}"])
        while not file.exists():
            time.sleep(0.01)

    assert [report.added for report in follow(news, settings, [grow], every=0.6)] == [1, 12]


def test_a_busy_library_is_waited_for(news: Path, settings: Settings) -> None:
    settings.library.mkdir()
    said: list[str] = []
    watch = Watch([news], settings, every=EVERY, say=said.append, progress=lambda done, total, title: None)
    lock = WriterLock(settings.library).__enter__()

    def say(line: str) -> None:
        said.append(line)
        lock.__exit__(None, None, None)

    watch._say = say
    for report in watch.rounds():
        assert report.added == 1
        watch.stop()
    assert [f"process {os.getpid()}" in line for line in said] == [True]


def test_a_library_inside_of_the_folder_is_no_news(news: Path, tmp_path: Path, settings: Settings) -> None:
    inside = load_settings(library=news / "library")
    watch = Watch([news], inside, every=EVERY, say=print, progress=lambda done, total, title: None)
    reports = []
    for report in watch.rounds():
        reports.append(report)
        put(news / "zoo.txt", "The zoo has bought two tapirs.") if len(reports) == 1 else watch.stop()
    assert [r.added for r in reports] == [1, 1]
    assert not any("library" in s.source for r in reports for s in r.skipped)


def test_a_stop_in_a_round_keeps_what_was_stored(tmp_path: Path, settings: Settings) -> None:
    write_articles(tmp_path / "articles.jsonl", range(300), sentences=60)
    stored: list[str] = []
    watch = Watch([tmp_path / "articles.jsonl"], settings, every=EVERY, say=print, progress=lambda *_: None)

    def progress(done: int, total: int, title: str) -> None:
        if done:
            stored.append(title)
            watch.stop()

    watch._progress = progress
    assert list(watch.rounds()) == []
    assert len(stored) == 1
    assert {head.title for head in SqliteStore(settings.library).heads()} == set(stored)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_the_command_ends_in_order(news: Path, tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "ingest", str(news), "--watch", "--library", str(tmp_path / "library")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        assert "1 added" in child.stdout.readline()
        assert "About the dam" in child.stdout.readline()
        child.send_signal(number)
        rest = child.stdout.read()
    assert child.returncode == 0
    assert "stopped after 1 rounds: 1 added, 0 updated, 0 removed" in rest
    assert "1 articles" in rest


def test_a_watch_that_changes_nothing_is_wrong_usage(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--watch", "--dry-run"], ["--watch", "--every", "0"], ["--every", "nan"]):
        with pytest.raises(SystemExit, match="2"):
            main([str(news), *arguments])
    assert "--dry-run" in capsys.readouterr().err


def test_a_dry_run_names_what_would_change(news: Path, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(news), "--library", str(settings.library)]
    assert main(arguments) == 0
    put(news / "zoo.txt", "The zoo has bought two tapirs.")
    (news / "dam.txt").unlink()
    capsys.readouterr()
    assert main([*arguments, "--dry-run", "--remove-missing"]) == 0
    printed = capsys.readouterr().out
    assert "would be: 1 added, 0 updated, 0 unchanged, 1 removed" in printed
    assert f"added About the zoo ({news / 'zoo.txt'})" in printed
    assert f"removed dam ({news / 'dam.txt'})" in printed
    assert main([*arguments, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 1
