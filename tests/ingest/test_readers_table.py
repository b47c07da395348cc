"""CSV and TSV."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from ingest.readers import read_documents
from ingest.records import RawDocument, Skipped
from ingest.sources import find_files
from rag.settings import Settings
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, STORY, VOTE, document, values


def _table(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def test_a_row_gives_its_fields_under_their_names(tmp_path: Path) -> None:
    rows = [["", "ID", "Title", "publication", "date", "content"], ["0", "7", "Fees", "Courier", "2023-05-16", STORY]]
    article = document(read_one(tmp_path / "a.csv", _table(rows)))
    assert values(article) == {"id": "7", "title": "Fees", "outlet": "Courier", "published": "2023-05-16"}
    assert (article.text, article.source.rpartition("#")[2]) == (STORY, "2")


def test_rows_are_named_by_the_line_they_begin_in(tmp_path: Path) -> None:
    one, two = read_one(tmp_path / "a.csv", _table([["text"], [STORY], [VOTE]]))
    assert isinstance(one, RawDocument)
    assert isinstance(two, RawDocument)
    assert (one.source.rpartition("#")[2], two.source.rpartition("#")[2]) == ("2", "7")


def test_a_row_without_text_is_reported(tmp_path: Path) -> None:
    one, two = read_one(tmp_path / "a.csv", _table([["title", "text"], ["A", ""], ["B", FEES]]))
    assert isinstance(one, Skipped)
    assert "no text" in one.reason
    assert isinstance(two, RawDocument)


def test_a_bad_byte_far_down_costs_its_row_only(tmp_path: Path) -> None:
    good = _table([["text"], *([f"{FEES} {n}"] for n in range(3000))]).encode()
    *_, bad, last = read_one(tmp_path / "a.csv", good + b"bad \xff byte\r\n" + b"Good again.\r\n")
    assert isinstance(bad, Skipped)
    assert bad.reason == "not UTF-8"
    assert isinstance(last, RawDocument)


@example_settings(deadline=None, max_examples=30)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(rows=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1), max_size=4))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, delimiter: str, rows: list[str]) -> None:
    texts = [row for row in rows if row.strip()]
    path = tmp_path_factory.getbasetemp() / "any.csv"
    read = read_one(path, _table([["title", "text"], *(["T", text] for text in texts)], delimiter))
    assert [item.text for item in read if isinstance(item, RawDocument)] == texts


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    data = _table([["text"], *([STORY * 20] for _ in range(1_000))])
    path = tmp_path / "a.csv"
    path.write_text(data)
    (file,) = find_files([path])
    assert not isinstance(file, Skipped)
    tracemalloc.start()
    assert sum(1 for _ in read_documents(file, Settings())) == 1_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(data) / 2
