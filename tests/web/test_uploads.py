from __future__ import annotations

from pathlib import Path

import pytest

from rag.settings import Settings
from web.uploads import FOLDER, UploadResult, add_files, results_html, safe_name

STORY = "The harbour of Lund reopened on Monday after a storm. Forty ships had waited outside for two days."


def add(files: list[Path], settings: Settings) -> list[UploadResult]:
    return list(add_files(files, settings, lambda done, what: None))


def test_files_are_added_updated_and_skipped_each_with_a_result(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    good, bad, unknown = inbox / "story.txt", inbox / "broken.pdf", inbox / "clip.mp4"
    good.write_text(f"Harbour reopens\n\n{STORY}")
    bad.write_bytes(b"%PDF-1.4 nothing")
    unknown.write_bytes(b"\x00")
    seen: list[tuple[float, str]] = []
    results = list(add_files([good, bad, unknown], settings, lambda done, what: seen.append((done, what))))
    assert [(r.name, r.outcome) for r in results] == [
        ("story.txt", "added"), ("broken.pdf", "skipped"), ("clip.mp4", "skipped"),
    ]  # fmt: skip
    assert "unknown file type" in results[2].detail
    assert str(tmp_path) not in "".join(r.detail for r in results)
    shares = [share for share, _ in seen]
    assert seen[0] == (0.0, "Reading story.txt")
    assert shares == sorted(shares)
    assert max(shares) <= 1
    assert sorted(p.name for p in (settings.library / FOLDER).iterdir()) == ["story.txt"]

    good.write_text(f"Harbour reopens\n\n{STORY} The mayor thanked the crews.")
    again = inbox / "again" / "story.txt"
    again.parent.mkdir()
    again.write_text(good.read_text())
    assert [r.outcome for r in add([again], settings)] == ["updated"]
    assert [r.outcome for r in add([again], settings)] == ["unchanged"]


def test_more_files_than_allowed_are_named_not_dropped(tmp_path: Path) -> None:
    early, late = tmp_path / "empty.txt", tmp_path / "late.txt"
    early.write_text("")
    results = add([early, late], Settings(library=tmp_path / "library", max_upload_files=1))
    assert [(r.name, r.outcome) for r in results] == [("empty.txt", "skipped"), ("late.txt", "skipped")]
    assert "setting max_upload_files" in results[1].detail


def test_a_file_that_is_too_large_is_named_with_the_setting(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_text("x" * 1001)
    (result,) = add([large], Settings(library=tmp_path / "library", max_upload_bytes=1000))
    assert (result.name, result.outcome) == ("large.txt", "skipped")
    assert "setting max_upload_bytes" in result.detail


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("story.txt", "story.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.txt", "x.txt"),
        ("...", "article"),
        (".hidden.md", "hidden.md"),
        ("a\nb<c>.html", "a_b_c_.html"),
        ("Ölpreis 2021.txt", "Ölpreis 2021.txt"),
    ],
)
def test_names_stay_inside_the_folder(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_long_names_keep_their_extension() -> None:
    assert safe_name("é" * 300 + ".jsonl").endswith(".jsonl")
    assert len(safe_name("é" * 300 + ".jsonl").encode()) < 255


def test_problems_come_first_in_the_table() -> None:
    table = results_html([UploadResult("a", "added", "1 article"), UploadResult("b", "skipped", "empty")])
    assert table.index(">b<") < table.index(">a<")
    assert "Choose some files" in results_html([])
