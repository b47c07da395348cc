"""The README shows what the program prints, and names what exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from rag.__main__ import main
from rag.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_first_answer_is_as_really_printed(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    shown = re.search(
        r"```console\n\$ python -m rag (?P<command>.+)\n```\n.*?```text\n(?P<output>.*?)```", README, re.S
    )
    assert shown is not None
    assert main([*shlex.split(shown["command"]), "--library", str(sample_library), "--llm", "none"]) == 0
    printed = capsys.readouterr().out
    assert [line.rstrip() for line in printed.splitlines()] == [line.rstrip() for line in shown["output"].splitlines()]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_and_files_exist(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target
    for path in re.findall(r"`((?:rag|ingest|eval|web|tests|docs|benchmarks|samples)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_every_setting_in_the_docs_exists_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \| (.+?) \|", (ROOT / "docs" / "usage.md").read_text(), re.M)
    assert len(rows) >= 5
    for first, second, defaults in rows:
        for name in filter(None, (first, second)):
            default = Settings.model_fields[name].default
            assert default is None or str(default) in defaults, name
