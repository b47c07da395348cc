"""A full disk, a second writer, a reader beside the writer: what each of them gets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import LibraryBusy
from rag.index.cache_state import CacheState, read_state, write_state
from rag.index.library import open_library
from rag.index.lock import LOCK_FILE, WriterLock, catching_up, updating_caches
from rag.index.removal import remove_articles
from rag.index.sqlite_store import SqliteStore
from rag.records import Filters
from tests.ingest.crashing import (
    ROOT,
    Writer,
    assert_sound,
    vector_of,
    write,
    write_articles,
)


def titles(library: Path) -> list[str]:
    with closing(SqliteStore(library)) as store:
        return [head.title for head in store.heads()]


# ------------------------------------------------------------------ a full disk
@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small tmpfs needs root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize(
    "kept_mb", [pytest.param(0.2, marks=pytest.mark.slow), pytest.param(3.0, marks=pytest.mark.slow), 4.5]
)
def test_a_full_disk_loses_nothing_and_a_later_run_completes(small_disk: Path, tmp_path: Path, kept_mb: float) -> None:
    (small_disk / "ballast").write_bytes(bytes(int(kept_mb * 1e6)))
    write_articles(tmp_path / "articles.jsonl", range(400))
    library = small_disk / "library"
    command = [sys.executable, "-m", "tests.ingest.crashing", *map(str, (tmp_path / "articles.jsonl", library))]
    done = subprocess.run([*command, str(tmp_path / "log")], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
    assert "ake room" in done.stderr
    acknowledged = done.stdout.split("\n")[:-1]
    assert set(acknowledged) <= set(titles(library))
    (small_disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=60m", str(small_disk)], check=True)
    write(tmp_path / "articles.jsonl", library, tmp_path / "log")
    assert_sound(library, [f"Title {n} first" for n in range(400)])


# ------------------------------------------------------------------ two writers
_HOLDER = """
import sys, time
from pathlib import Path
from rag.index.lock import WriterLock
with WriterLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(library: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the writer's lock."""
    command = [sys.executable, "-c", _HOLDER, str(library)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_second_writer_is_told_who_writes(
    library: Path, crash_base: Path, tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    for run in (
        lambda: write(crash_base / "articles.jsonl", library, tmp_path / "log"),
        lambda: remove_articles(["n1"], library),
    ):
        with pytest.raises(LibraryBusy, match=f"process {holder.pid}"):
            run()
    assert holder.poll() is None
    assert "Title 1 first" in titles(library)


def test_a_killed_holder_blocks_nobody(library: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (library / LOCK_FILE).read_text() == str(holder.pid)
    assert remove_articles(["n1"], library) == ["n1"]


@pytest.mark.slow
def test_a_reader_that_catches_up_keeps_no_writer_out(library: Path, crash_base: Path, tmp_path: Path) -> None:
    with catching_up(library):
        started = time.monotonic()
        assert remove_articles(["n1"], library) == ["n1"]
        assert time.monotonic() - started < 30
    assert "Title 1 first" not in titles(library)
    assert_sound(library, ["Title 2 first"])


def test_a_reader_does_not_catch_up_while_a_writer_or_another_reader_is_at_work(library: Path) -> None:
    with WriterLock(library), pytest.raises(LibraryBusy), catching_up(library):
        pass
    with updating_caches(library), pytest.raises(LibraryBusy), catching_up(library):
        pass


def test_the_state_of_a_chroma_index_is_looked_at_before_every_search(library: Path) -> None:
    reader = open_library(library)
    vector = vector_of("anything")
    reader.candidates("draw", vector, 3, Filters(), approximate=True)
    chroma = library / "index" / "chroma"
    state = read_state(chroma)
    write_state(chroma, CacheState(state.library_id, state.generation, clean=False))  # as a writer does
    with pytest.raises(LibraryBusy):
        reader._chroma.search(vector, 3)
    assert reader.candidates("draw", vector, 3, Filters(), approximate=True).dense_ranks


# ------------------------------------------------------------------ a reader beside a writer
_READER = """
import json, sys
from pathlib import Path
from rag.index.library import open_library
from rag.records import Filters
from tests.ingest.crashing import vector_of
library = open_library(Path(sys.argv[1]))
print("ready", flush=True)
for line in sys.stdin:
    text = line.strip()
    words = text.split()
    found = set()
    for approximate in (False, True):
        candidates = library.candidates(words[-1], vector_of(text), 5, Filters(), approximate=approximate)
        found |= {s.article.title for s in library.passages(list(candidates.facts)).values()}
    print(json.dumps(sorted(found)), flush=True)
"""


def test_a_reader_sees_every_change_at_once_and_never_fails(library: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with (
        errors.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(library)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
        ) as reader,
    ):  # fmt: skip
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdout.readline()

        def ask(word: str) -> str:
            print(f"Where is {word}", file=reader.stdin, flush=True)
            return str(reader.stdout.readline())  # type: ignore[union-attr]

        def ask_while_writing(done: int, total: int, title: str) -> None:
            if done % 10 == 1:
                assert ask("zq7first").startswith("[")

        for version in ("second", "third"):
            write_articles(tmp_path / "articles.jsonl", range(600, 640), version)
            write(tmp_path / "articles.jsonl", library, tmp_path / "log", ask_while_writing)
            assert f"Title 610 {version}" in ask(f"zq610{version}")
            assert "second" not in ask("zq610second") or version == "second"
        remove_articles(["n610"], library)
        assert "Title 610" not in ask("zq610third")
        reader.stdin.close()
        assert reader.wait(30) == 0
    assert errors.read_text() == ""


@pytest.mark.slow
def test_a_reader_beside_a_writer_never_fails_and_leaves_a_sound_index(library: Path, tmp_path: Path) -> None:
    """Searches go on while another process stores, and changes the index that is being searched."""
    write_articles(tmp_path / "articles.jsonl", range(400, 1100), "second")
    reader = open_library(library)
    remove_articles(["n3"], library)
    with Writer(tmp_path / "articles.jsonl", library, tmp_path / "log") as writer:
        asked = 0
        while writer.is_running:
            candidates = reader.candidates("zq7first", vector_of(f"{asked}"), 5, Filters(), approximate=asked % 2 == 0)
            found = {stored.article.id for stored in reader.passages(list(candidates.facts)).values()}
            assert "n7" in found
            assert "n3" not in found
            asked += 1
    assert asked > 20
    assert_sound(library, ["Title 7 first", *(f"Title {n} second" for n in range(400, 1100))], thorough=True)
