"""A full disk, a second writer, a reader beside the writer, damaged files: what each of them gets."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.__main__ import main as rag_main
from rag.errors import LibraryBusy, LibraryDamaged
from rag.index.cache_state import CacheState, read_state, write_state
from rag.index.health import check_library
from rag.index.library import open_library
from rag.index.lock import LOCK_FILE, WriterLock, catching_up, updating_caches
from rag.index.removal import remove_articles
from rag.index.store import STORE_FILE, Store
from rag.records import Filters
from tests.ingest.crashing import (
    ROOT,
    Writer,
    assert_sound,
    stored_hashes,
    vector_of,
    write,
    write_articles,
)


@pytest.fixture
def library(crash_base: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(crash_base / "library", tmp_path / "library"))


def titles(library: Path) -> list[str]:
    with closing(Store(library)) as store:
        return [head.title for head in store.heads()]


# ------------------------------------------------------------------ damage
def _segment_file(name: str) -> Callable[[Path], Path]:
    return lambda index: next(index.glob(f"chroma/*/{name}"))


def _one(pattern: str) -> Callable[[Path], Path]:
    return lambda index: max(index.glob(pattern), key=lambda path: path.stat().st_size)


FILES = {
    "chroma data_level0.bin": _segment_file("data_level0.bin"),
    "chroma header.bin": _segment_file("header.bin"),
    "chroma length.bin": _segment_file("length.bin"),
    "chroma link_lists.bin": _segment_file("link_lists.bin"),
    "chroma index_metadata.pickle": _segment_file("index_metadata.pickle"),
    "keywords postings": _one("keywords/*.idx"),
    "keywords positions": _one("keywords/*.pos"),
    "keywords terms": _one("keywords/*.term"),
    "keywords store": _one("keywords/*.store"),
}


def _flip_one_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[random.Random(file.name).randrange(len(content))] ^= 0x10
    times = file.stat()
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size * 2 // 3)


def _delete(file: Path) -> None:
    file.unlink()


QUICK = {("chroma data_level0.bin", _flip_one_byte), ("keywords positions", _delete), ("keywords terms", _cut)}


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        pytest.param(file, damage, marks=() if (file, damage) in QUICK else pytest.mark.slow)
        for file in FILES
        for damage in (_flip_one_byte, _cut, _delete)
    ],
)
def test_a_damaged_index_file_is_found_before_it_is_served(
    library: Path, file: str, damage: Callable[[Path], None]
) -> None:
    path = FILES[file](library / "index")
    if path.stat().st_size == 0:
        pytest.skip("Chroma has written nothing to this file, so there is nothing to damage")
    damage(path)
    with closing(Store(library)) as store:
        assert [finding.part for finding in check_library(store)] == [file.split()[0]]
    before = stored_hashes(library)
    assert_sound(library, ["Title 7 first"])
    assert stored_hashes(library) == before


@pytest.mark.parametrize(
    "part",
    ["chroma", pytest.param("keywords", marks=pytest.mark.slow), pytest.param("vectors", marks=pytest.mark.slow)],
)
def test_the_index_of_another_library_is_built_anew(library: Path, tmp_path: Path, part: str) -> None:
    write_articles(tmp_path / "others.jsonl", range(900, 910))
    write(tmp_path / "others.jsonl", tmp_path / "other", tmp_path / "log")
    index = library / "index"
    shutil.rmtree(index / part)
    shutil.copytree(tmp_path / "other" / "index" / part, index / part)
    shutil.copy(tmp_path / "other" / "index" / f"{part}.json", index)
    assert_sound(library, ["Title 7 first"])


@pytest.mark.slow
def test_a_store_put_back_from_a_copy_does_not_trust_the_later_index(library: Path, tmp_path: Path) -> None:
    copy = shutil.copy(library / STORE_FILE, tmp_path / "copy")
    for numbers in (range(2000, 2030), range(3000, 3030)):  # the second ones take the numbers of the first
        write_articles(tmp_path / "articles.jsonl", numbers)
        if numbers[0] == 3000:
            for file in library.glob(f"{STORE_FILE}*"):
                file.unlink()
            shutil.copy(copy, library / STORE_FILE)
        write(tmp_path / "articles.jsonl", library, tmp_path / "log")
    assert_sound(library, ["Title 3000 first"], thorough=True)


@pytest.mark.slow
def test_an_index_from_before_forgotten_removals_is_built_anew(library: Path, tmp_path: Path) -> None:
    shutil.copytree(library / "index", tmp_path / "index")
    remove_articles(["n1", "n2"], library)
    with closing(Store(library)) as store:
        assert store.removed_since(0) == []  # every cache has seen them go
    shutil.rmtree(library / "index")
    shutil.copytree(tmp_path / "index", library / "index")
    assert_sound(library, ["Title 3 first"], thorough=True)
    with pytest.raises(AssertionError):
        assert_sound(library, ["Title 1 first"])


@pytest.mark.slow
def test_a_damaged_chroma_database_answers_by_the_exact_scan_and_is_built_anew(library: Path) -> None:
    database = library / "index" / "chroma" / "chroma.sqlite3"
    content = bytearray(database.read_bytes())
    for position in range(4096, len(content), 1024):
        content[position] ^= 0x5A
    database.write_bytes(content)
    assert_sound(library, ["Title 7 first"], thorough=True)


def test_a_damaged_store_says_what_to_do(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = library / STORE_FILE
    content = bytearray(database.read_bytes())
    for position in range(8192, len(content), 512):
        content[position] ^= 0x5A
    database.write_bytes(content)
    assert rag_main(["article", "n1", "--library", str(library)]) == 3
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "ingest anew" in printed.err
    with pytest.raises(LibraryDamaged, match="ingest anew"):
        list(Store(library).heads())


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
