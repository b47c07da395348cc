"""`python -m rag search` as a person and a program see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.__main__ import main

COMPARISON = "How did China respond to the Entity List in October 2019 and in March 2025?"


def search(capsys: pytest.CaptureFixture[str], library: Path, *arguments: str) -> tuple[int, str]:
    code = main(["search", *arguments, "--library", str(library)])
    return code, capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], library: Path, *arguments: str) -> dict[str, Any]:
    code, printed = search(capsys, library, *arguments, "--json")
    assert code in (0, 1)
    parsed: dict[str, Any] = json.loads(printed)
    return parsed


def test_explaining_shows_parts_times_and_every_stage(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    code, printed = search(capsys, sample_library, COMPARISON, "--explain", "-k", "3")
    assert code == 0
    assert "part 1: How did China respond to the Entity List in October 2019?" in printed
    assert "time asked about: 2019-10-01 to 2019-11-10" in printed
    assert "time asked about: 2019-10-01 to 2025-04-10" in printed
    heading = next(line for line in printed.splitlines() if "cosine" in line)
    assert [w for w in heading.split() if w != "rank"] == [
        "score", "cosine", "BM25", "time", "fused", "coverage", "part", "article",
    ]  # fmt: skip
    assert len(printed.splitlines()) == printed.splitlines().index(heading) + 4, "one line for each passage"


def test_explaining_as_json(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    found = document(capsys, sample_library, COMPARISON, "--explain")
    assert found["period"] == ["2019-10-01", "2025-04-10"]
    assert [part["question"][-5:-1] for part in found["parts"]] == ["2019", "2025"]
    assert all(part["found"] for part in found["parts"])
    assert all({"cosine", "fused_rank", "part"} <= set(item["scores"]) for item in found["retrieved"])


def test_the_contract_is_kept_without_explain(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    found = document(capsys, sample_library, "chip imports")
    assert set(found) == {"question", "retrieved"}
    assert "scores" not in found["retrieved"][0]


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (("--outlet", "harbour courier"), "outlet", "Harbour Courier"),
        (("--since", "2025"), "published", "2025"),
        (("--until", "2019-12"), "published", "2019"),
    ],
)
def test_filters(
    capsys: pytest.CaptureFixture[str], sample_library: Path, arguments: tuple[str, ...], field: str, value: str
) -> None:
    found = document(capsys, sample_library, "What did Beijing say?", *arguments)["retrieved"]
    assert found
    assert all(item[field].startswith(value) for item in found)


def test_an_author_or_language_that_nobody_has(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    for condition in (("--author", "Nobody At All"), ("--language", "xx")):
        code, _ = search(capsys, sample_library, "What did Beijing say?", *condition)
        assert code == 1


def test_words_of_time_count_from_the_date_given(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    question = "What did China say this week?"
    assert document(capsys, sample_library, question, "--explain")["period"] is None
    dated = document(capsys, sample_library, question, "--explain", "--date", "2025-03-27")
    assert dated["period"] == ["2025-03-17", "2025-03-29"]
