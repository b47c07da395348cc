"""Odd names, links, pipes, permissions, and files that change while they are read."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.articles import read_articles
from ingest.readers import read_documents
from ingest.records import RawDocument, Skipped
from ingest.sources import SourceFile, find_files
from rag.errors import SourceError
from rag.records import Article
from rag.settings import Settings
from tests.ingest.odd_files import FEES, STORY, json_lines
from tests.ingest.test_malformed import read_folder

NOBODY = 65534


def _reasons(skipped: list[Skipped]) -> dict[str, str]:
    return {s.source.rpartition("/")[2]: s.reason for s in skipped}


@pytest.mark.parametrize("name", ["two\nlines", "a \"quote\" and 'one'", "🚢 übung", "-rf", "{x}%s$(y)", "a" * 250])
def test_a_file_of_any_name_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.txt").write_text(STORY)
    ((article,), skipped) = read_folder(tmp_path)
    assert (article.text, skipped) == (STORY, [])


def test_a_name_that_is_no_text_is_read_and_escaped(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\xff.txt")).write_text(STORY)
    ((article,), _) = read_folder(tmp_path)
    assert article.text == STORY
    article.source.encode("utf-8")


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 4000, "nul\0byte"])
def test_a_path_the_system_does_not_take_is_refused_at_once(name: str) -> None:
    with pytest.raises(SourceError, match=r"cannot be a path|does not exist"):
        read_articles([Path(name)], Settings())


def test_links_in_circles_and_into_nothing_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "out.txt").symlink_to("/etc/passwd")
    articles, skipped = read_folder(tmp_path)
    assert articles == []
    assert _reasons(skipped) == {
        "a.txt": "broken symbolic link",
        "b.txt": "broken symbolic link",
        "self": "symbolic link to a folder",
        "gone.txt": "broken symbolic link",
        "out.txt": "symbolic link out of the given folder",
    }


def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    articles, skipped = read_folder(tmp_path)
    assert (articles, _reasons(skipped)) == ([], {"pipe.txt": "not a regular file"})
    (found,) = find_files([Path("/dev/zero")])
    assert found == Skipped("/dev/zero", "not a regular file")


def test_what_turned_into_a_pipe_since_it_was_listed_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    file = SourceFile(tmp_path / "a.txt", "a.txt", "a", "text")
    assert list(read_documents(file, Settings())) == [Skipped("a.txt", "not a regular file")]


@pytest.fixture
def as_nobody(tmp_path: Path) -> Iterator[Path]:
    """A folder that an ordinary user can reach, and such a user where the tests run as root."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o777 == 0o700 and folder.is_relative_to("/tmp"):
            folder.chmod(0o755)
    tmp_path.chmod(0o777)
    os.seteuid(NOBODY)
    try:
        yield tmp_path
    finally:
        os.seteuid(0)


def test_what_this_user_may_not_read_is_named(as_nobody: Path) -> None:
    (as_nobody / "locked.txt").write_text(STORY)
    (as_nobody / "locked.txt").chmod(0)
    for name, mode in (("closed", 0), ("listed", stat.S_IRUSR)):
        (as_nobody / name).mkdir()
        (as_nobody / name / "a.txt").write_text(STORY)
        (as_nobody / name).chmod(mode)
    articles, skipped = read_folder(as_nobody)
    assert articles == []
    assert _reasons(skipped) == {
        "locked.txt": "cannot be read: Permission denied",
        "closed": "cannot be opened: Permission denied",
        "a.txt": "cannot be opened: Permission denied",
    }
    (found,) = find_files([as_nobody / "listed" / "a.txt"])
    assert isinstance(found, Skipped)


def test_a_file_deleted_after_it_was_listed_costs_itself_only(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{FEES} {name}")
    files = find_files([tmp_path])
    first = next(files)
    assert isinstance(first, SourceFile)
    first.path.unlink()
    (gone,) = read_documents(first, Settings())
    assert gone == Skipped(first.name, "cannot be read: No such file or directory")
    assert [f.stem for f in files if isinstance(f, SourceFile)] == ["b"]


def test_a_file_that_grows_faster_than_it_is_read_ends_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    line = json_lines({"text": FEES})
    path.write_text(line * 10)
    (file,) = find_files([path])
    assert isinstance(file, SourceFile)
    stop = threading.Event()

    def grow() -> None:
        with path.open("a") as stream:
            while not stop.is_set() and stream.tell() < 20_000_000:
                stream.write(line * 1000)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        *documents, last = read_documents(file, Settings(max_file_bytes=1_000_000))
    finally:
        stop.set()
        writer.join()
    assert 10 <= len(documents) + 1 <= 1_000_000 // len(line) + 2
    assert all(isinstance(d, RawDocument) for d in documents)
    assert isinstance(last, RawDocument) or "max_file_bytes" in last.reason


def test_a_folder_within_a_thousand_folders_is_reached(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(STORY)
    ((article,), _) = read_folder(tmp_path)
    assert article.text == STORY


def test_a_text_of_50_mb_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as stream:
        stream.truncate(50_000_000)
    articles, skipped = read_folder(tmp_path)
    assert articles == []
    assert "too big: more than 10,000,000 bytes" in skipped[0].reason


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("separator", [" ", "\n\n"])
def test_a_text_of_50_mb_is_read_where_the_settings_say_so(tmp_path: Path, separator: str) -> None:
    (tmp_path / "a.txt").write_text(separator.join(f"{FEES} {n}." for n in range(480_000)))
    items = list(read_articles([tmp_path], Settings(max_article_bytes=60_000_000)))
    assert [len(item.text) > 48_000_000 for item in items if isinstance(item, Article)] == [True]
