"""Which files are read, in which order, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.records import Skipped
from ingest.sources import SourceFile, count_sources, find_files, printable
from rag.errors import SourceError


def _names(paths: list[Path]) -> list[str]:
    return [f.path.name for f in find_files(paths) if isinstance(f, SourceFile)]


def _reasons(paths: list[Path]) -> dict[str, str]:
    return {Path(f.source).name: f.reason for f in find_files(paths) if isinstance(f, Skipped)}


def _write(path: Path, text: str = "Some text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_read_recursively_and_in_sorted_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/c.HTML", "c.pdf", "d.jsonl.gz", "e.ndjson"):
        _write(tmp_path / name)
    assert _names([tmp_path]) == ["c.HTML", "z.md", "b.txt", "c.pdf", "d.jsonl.gz", "e.ndjson"]


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.txt")
    assert _names([file, tmp_path, file]) == ["a.txt"]


def test_patterns_are_expanded_when_no_shell_did(tmp_path: Path) -> None:
    for name in ("x/1.txt", "y/2.txt", "y/3.md"):
        _write(tmp_path / name)
    assert _names([tmp_path / "**" / "*.txt"]) == ["1.txt", "2.txt"]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    _write(tmp_path / "[a].txt")
    _write(tmp_path / "a.txt")
    assert _names([tmp_path / "[a].txt"]) == ["[a].txt"]


@pytest.mark.parametrize("missing", ["nowhere.txt", "*.nothing"])
def test_a_missing_path_is_named_before_anything_is_read(tmp_path: Path, missing: str) -> None:
    file = _write(tmp_path / "a.txt")
    with pytest.raises(SourceError, match=missing.replace("*", r"\*")):
        find_files([file, tmp_path / missing])


def test_unknown_types_and_hidden_files_are_reported_by_name(tmp_path: Path) -> None:
    for name in ("report.pages", "README", ".hidden.txt", ".git/config.txt"):
        _write(tmp_path / name)
    reasons = _reasons([tmp_path])
    assert reasons["report.pages"].startswith("unknown file type .pages")
    assert reasons["README"].startswith("no file name extension")
    assert reasons[".hidden.txt"] == reasons[".git"] == "hidden"


def test_links_stay_inside_the_given_folder(tmp_path: Path) -> None:
    secret = _write(tmp_path / "secret.txt")
    inside = _write(tmp_path / "news" / "inside.txt")
    (tmp_path / "news" / "out.txt").symlink_to(secret)
    (tmp_path / "news" / "in.txt").symlink_to(inside)
    (tmp_path / "news" / "gone.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "news" / "loop").symlink_to(tmp_path / "news")
    assert _names([tmp_path / "news"]) == ["inside.txt"]
    assert _reasons([tmp_path / "news"]) == {
        "out.txt": "symbolic link out of the given folder",
        "gone.txt": "broken symbolic link",
        "loop": "symbolic link to a folder",
    }


def test_a_link_given_by_name_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(_write(tmp_path / "target.txt"))
    assert _names([tmp_path / "link.txt"]) == ["target.txt"]


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert _reasons([tmp_path]) == {"pipe.txt": "not a regular file"}


def test_names_that_are_no_line_of_text_are_escaped(tmp_path: Path) -> None:
    _write(tmp_path / "two\nlines.txt")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt"))).write_text("Some text.")
    names = [f.name for f in find_files([tmp_path]) if isinstance(f, SourceFile)]
    assert len(names) == 2
    assert all(name.isprintable() and name.encode("utf-8") for name in names)
    assert printable("/news/café.txt") == "/news/café.txt"


def test_counting_estimates_articles_by_size(tmp_path: Path) -> None:
    _write(tmp_path / "a.txt")
    _write(tmp_path / "b.jsonl", "x" * 70_000)
    assert count_sources([tmp_path]) == 11
