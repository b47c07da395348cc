"""JSON Lines and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import RawDocument, Skipped
from rag.settings import Settings
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, VOTE, document, json_lines, reason, values


def test_a_jsonl_line_gives_its_fields(tmp_path: Path) -> None:
    line = {
        "id": 7,
        "title": "T",
        "text": FEES,
        "source": "host",
        "outlet": "Courier",
        "date": "2023",
        "extra": [1, {}],
    }
    (article,) = read_one(tmp_path / "a.jsonl", "\n" + json_lines(line))
    assert isinstance(article, RawDocument)
    assert article.source.endswith("a.jsonl#2")
    assert values(article) == {"id": "7", "title": "T", "outlet": "Courier", "published": "2023"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "x"', "broken JSON"),
        ('["text"]', "not an object but a list"),
        ("17", "not an object but a number"),
        ('{"text": NaN}', "NaN is not JSON"),
        ('{"title": "no text"}', "no text"),
        ('{"text": null}', "no text"),
        ('{"text": ["a"]}', "field 'text' is a list"),
        ('{"text": "x", "title": true}', "field 'title' is a boolean"),
        ('{"text": "x", "id": 1.5}', "field 'id' is a number"),
        ('{"text": "half \\ud800 pair"}', "half of a surrogate pair"),
        ('{"text": "x", "title": "\\udc00"}', "half of a surrogate pair"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"text": "x", "id": ' + "9" * 5000 + "}", "broken JSON"),
        (b'{"text": "caf\xe9"}', "not UTF-8"),
    ],
)
def test_a_bad_line_costs_that_line_only(tmp_path: Path, line: str | bytes, reason: str) -> None:
    good = json_lines({"text": FEES}).encode()
    data = good + (line if isinstance(line, bytes) else line.encode()) + b"\n" + good
    first, bad, last = read_one(tmp_path / "a.jsonl", data)
    assert isinstance(first, RawDocument)
    assert isinstance(last, RawDocument)
    assert isinstance(bad, Skipped)
    assert bad.source.endswith("a.jsonl#2")
    assert reason in bad.reason


def test_a_long_line_is_skipped_without_being_held(tmp_path: Path) -> None:
    data = json_lines({"text": FEES}, {"text": "x" * 5000}, {"text": VOTE})
    first, long, last = read_one(tmp_path / "a.jsonl", data, Settings(max_article_bytes=1000))
    assert isinstance(first, RawDocument)
    assert isinstance(last, RawDocument)
    assert isinstance(long, Skipped)
    assert "too big" in long.reason
    assert last.source.endswith("#3")


def test_a_file_beyond_its_limit_is_read_up_to_it(tmp_path: Path) -> None:
    data = json_lines(*({"text": FEES} for _ in range(50)))
    *read, last = read_one(tmp_path / "a.jsonl", data, Settings(max_file_bytes=2000))
    assert 0 < len(read) < 50
    assert isinstance(last, Skipped)
    assert "max_file_bytes" in last.reason


def test_a_json_file_is_one_article_or_a_list(tmp_path: Path) -> None:
    assert document(read_one(tmp_path / "a.json", json.dumps({"text": FEES}))).source.endswith("a.json")
    one, bad = read_one(tmp_path / "b.json", json.dumps([{"text": FEES}, 3]))
    assert isinstance(one, RawDocument)
    assert one.source.endswith("b.json#1")
    assert isinstance(bad, Skipped)
    assert bad.source.endswith("b.json#2")
    assert "nested too deeply" in reason(read_one(tmp_path / "c.json", "[" * 100_000))


@given(st.binary(max_size=300))
def test_no_line_of_bytes_raises(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for item in read_one(tmp_path_factory.getbasetemp() / "any.jsonl", data):
        assert item.source
