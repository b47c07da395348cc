"""The whole reading side: paths in, articles and reasons out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from ingest.articles import read_articles
from ingest.boilerplate import boilerplate_lines
from ingest.records import Skipped
from rag.errors import SourceError
from rag.records import Article
from rag.settings import Settings
from tests.ingest.building import make_pdf

FEES = "The harbour board of Port Anders voted on Tuesday to raise berth fees by 12 per cent from January."
VOTE = "The vote was 7 to 2, and both members who opposed the plan represent villages south of the city."


def read(*paths: Path, settings: Settings | None = None) -> tuple[list[Article], list[Skipped]]:
    items = list(read_articles(paths, settings or Settings()))
    return [i for i in items if isinstance(i, Article)], [i for i in items if isinstance(i, Skipped)]


def write_lines(path: Path, *objects: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(o) + "\n" for o in objects), encoding="utf-8")
    return path


def test_a_folder_of_every_format(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Port raises fees\n\n{FEES}\n\nAdvertisement\n\n{VOTE}")
    (tmp_path / "b.md").write_text(f"---\nid: md-1\ndate: 2023-05-16\n---\n# Fees *rise*\n\n{FEES}")
    (tmp_path / "c.html").write_text(
        f"<html><body><article><h1>Fees up</h1><p>{FEES}</p><p>{VOTE}</p></article></body></html>"
    )
    (tmp_path / "d.pdf").write_bytes(make_pdf([["Port raises fees", "Ships pay more from January."]]))
    write_lines(tmp_path / "e.jsonl", {"id": "j-1", "title": "T", "text": FEES, "source": "Courier", "date": "2023"})
    (tmp_path / "f.pages").write_text("x")
    articles, skipped = read(tmp_path)
    assert [(a.title, a.source.rpartition("/")[2]) for a in articles] == [
        ("Port raises fees", "a.txt"),
        ("Fees rise", "b.md"),
        ("Fees up", "c.html"),
        ("Port raises fees", "d.pdf"),
        ("T", "e.jsonl#1"),
    ]
    assert articles[0].text == f"{FEES}\n\n{VOTE}"
    stated = {"id": "file name and text", "title": "first line", "boilerplate_lines": "1"}
    assert articles[0].provenance.items() >= stated.items()
    assert (articles[1].id, articles[1].published) == ("md-1", "2023-05-16")
    assert (articles[4].id, articles[4].outlet, articles[4].published) == ("j-1", "Courier", "2023")
    assert [s.reason.split(" (")[0] for s in skipped] == ["unknown file type .pages"]


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", *({"title": f"T{n}", "text": f"{FEES} {n}"} for n in range(5)))
    (tmp_path / "b.txt").write_text(FEES)
    assert read(tmp_path) == read(tmp_path)


def test_no_date_is_ever_taken_from_the_clock_or_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FEES)
    (article,), _ = read(tmp_path)
    assert (article.published, article.updated, article.outlet, article.author) == (None, None, None, None)


@pytest.mark.parametrize("newer_first", [True, False])
def test_of_two_versions_the_later_is_kept_wherever_it_stands(tmp_path: Path, newer_first: bool) -> None:
    url = "https://courier.example/fees"
    old = {"title": "T", "text": f"{FEES} It was close.", "url": url, "published": "2023-05-16"}
    new = {"title": "T", "text": FEES, "url": url + "?utm_source=x", "published": "2023-05-16", "updated": "2023-05-18"}
    file = write_lines(tmp_path / "a.jsonl", *([new, old] if newer_first else [old, new]))
    (article,), (skipped,) = read(file)
    assert (article.updated, article.text) == ("2023-05-18", FEES)
    assert skipped.reason.startswith(f"older version of {article.id}")
    assert skipped.source.endswith("#2" if newer_first else "#1")


def test_of_two_versions_of_one_day_the_longer_is_kept(tmp_path: Path) -> None:
    cut = {"id": "x", "title": "T", "text": FEES}
    full = {"id": "x", "title": "T", "text": f"{FEES} {VOTE}"}
    (article,), skipped = read(write_lines(tmp_path / "a.jsonl", cut, full, cut))
    assert article.text.endswith(VOTE)
    assert [s.source.rpartition("#")[2] for s in skipped] == ["1", "3"]


def test_the_same_article_again_is_named(tmp_path: Path) -> None:
    item = {"id": "x", "title": "T", "text": FEES}
    (article,), (skipped,) = read(write_lines(tmp_path / "a.jsonl", item, item))
    assert skipped.reason == f"same article as {article.source}"


def test_a_changed_field_changes_the_hash_but_not_the_id(tmp_path: Path) -> None:
    (one,), _ = read(write_lines(tmp_path / "a.jsonl", {"id": "x", "title": "T", "text": FEES}))
    (two,), _ = read(write_lines(tmp_path / "a.jsonl", {"id": "x", "title": "T", "text": FEES, "author": "Mia"}))
    assert one.id == two.id
    assert one.content_hash != two.content_hash


@pytest.mark.parametrize("text", ["", "  \n ", "...", "Advertisement\nShare this article"])
def test_text_without_an_article_is_a_reason(tmp_path: Path, text: str) -> None:
    articles, (skipped,) = read(write_lines(tmp_path / "a.jsonl", {"title": "T", "text": text}))
    assert articles == []
    assert skipped.reason in ("empty", "no article text, only boilerplate or signs")


def test_progress_names_each_document_as_it_is_read(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", {"text": FEES}, {"text": VOTE}, {"title": "no text"})
    named: list[str] = []
    list(read_articles([tmp_path], Settings(), progress=named.append))
    assert [name.rpartition("/")[2] for name in named] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]


def test_a_missing_path_raises_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="missing"):
        read_articles([tmp_path / "missing"], Settings())


@example_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    data=st.binary(max_size=400) | st.text(max_size=300).map(str.encode),
    name=st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a.jsonl", "a.json", "a.jsonl.gz", "a.jsonl.xz"]),
)
def test_no_content_of_a_file_raises(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    articles, skipped = read(tmp_path / name)
    assert len(articles) + len(skipped) >= 1
    for article in articles:
        assert article.id
        assert article.title
        assert article.text.strip()
        assert article.text.encode("utf-8")
        assert article.source.isprintable()
    assert all(s.reason and s.reason.isprintable() for s in skipped)


def test_real_quotes_are_found_in_the_cleaned_texts(shared: Path) -> None:
    articles, skipped = read(shared / "data" / "news-small" / "articles.jsonl")
    texts = {a.id: a.text for a in articles}
    cases = [json.loads(line) for line in (shared / "data" / "news-small" / "gold.jsonl").read_text().splitlines()]
    quotes = [q for case in cases for q in case["support_quotes"]]
    assert (len(articles), skipped) == (60, [])
    lost = [q["text"].split("\n") for q in quotes if q["text"] not in texts[q["article"]]]
    assert len(lost) == 2
    assert all(boilerplate_lines(lines).dropped for lines in lost)  # links to other stories
