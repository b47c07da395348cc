"""Archives of files, and archives in archives."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

from ingest.articles import read_articles
from ingest.records import RawDocument, Skipped
from rag.records import Article
from rag.settings import Settings
from tests.ingest.building import make_pdf, read_one
from tests.ingest.odd_files import (
    FEES,
    STORY,
    VOTE,
    json_lines,
    make_docx,
    make_mail,
    make_page,
    make_rss,
    make_tar,
    make_zip,
    reason,
    word_paragraphs,
)

EVERY_KIND = {
    "a.txt": STORY.encode(),
    "b.md": f"# Fees\n\n{FEES}".encode(),
    "c.html": make_page(FEES, VOTE).encode(),
    "d.pdf": make_pdf([[FEES]]),
    "e.docx": make_docx(word_paragraphs(FEES)),
    "f.eml": make_mail(STORY),
    "g/h.jsonl": json_lines({"text": FEES}, {"text": VOTE}).encode(),
    "g/i.jsonl.gz": gzip.compress(json_lines({"text": FEES}).encode()),
    "j.csv": f'text\n"{FEES}"\n'.encode(),
    "k.rss": make_rss(f"<description>{STORY}</description>").encode(),
    "l.zip": make_zip({"m.txt": VOTE}),
}
NAMES = [*"a.txt b.md c.html d.pdf e.docx f.eml g/h.jsonl#1 g/h.jsonl#2 g/i.jsonl.gz#1 j.csv#2 k.rss#1".split()]


def _names(items: list[RawDocument | Skipped]) -> list[str]:
    assert all(isinstance(item, RawDocument) for item in items), items
    return [item.source.partition("!/")[2] for item in items]


def test_every_kind_of_file_is_read_from_an_archive(tmp_path: Path) -> None:
    assert _names(read_one(tmp_path / "a.zip", make_zip(EVERY_KIND))) == [*NAMES, "l.zip!/m.txt"]
    assert _names(read_one(tmp_path / "a.tar", make_tar(EVERY_KIND))) == [*NAMES, "l.zip!/m.txt"]
    assert _names(read_one(tmp_path / "a.tgz", gzip.compress(make_tar(EVERY_KIND)))) == [*NAMES, "l.zip!/m.txt"]


def test_an_archive_in_an_archive_can_be_forbidden(tmp_path: Path) -> None:
    nested = make_zip({"l.zip": make_zip({"m.txt": VOTE})})
    for depth in (0, 1):
        limited = Settings(max_archive_depth=depth)
        assert "max_archive_depth" in reason(read_one(tmp_path / "a.zip", nested, limited))


def test_only_so_many_entries_are_read(tmp_path: Path) -> None:
    files = {f"{n}.txt": f"{VOTE} {n}".encode() for n in range(5)}
    limited = Settings(max_archive_members=3)
    for name, data in (("a.zip", make_zip(files)), ("a.tar", make_tar(files))):
        *documents, last = read_one(tmp_path / name, data, limited)
        assert len(documents) == 3
        assert isinstance(last, Skipped)
        assert "more than 3 entries" in last.reason


def test_a_list_of_contents_that_fills_the_memory_is_not_read(tmp_path: Path) -> None:
    files = {f"{n:0200}.txt": b"" for n in range(200)}
    limited = Settings(max_archive_members=10)
    assert "more than 10 entries" in reason(read_one(tmp_path / "a.zip", make_zip(files), limited))


def test_everything_in_an_archive_counts_together(tmp_path: Path) -> None:
    text = (VOTE + "\n") * 100
    files = {f"{n}.txt": f"{text}{n}".encode() for n in range(10)}
    limited = Settings(max_file_bytes=5 * len(text))
    for name, data in (("a.zip", make_zip(files, packed=False)), ("a.tar", make_tar(files))):
        *documents, last = read_one(tmp_path / name, data, limited)
        assert len(documents) == 4
        assert isinstance(last, Skipped)
        assert "max_file_bytes" in last.reason


def test_a_bomb_costs_little_memory(tmp_path: Path) -> None:
    bomb = make_zip({f"{n}.jsonl": bytes(30_000_000) for n in range(3)})
    tracemalloc.start()
    assert "a bomb?" in reason(read_one(tmp_path / "a.zip", bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


def test_articles_of_an_archive_say_where_they_are_from(tmp_path: Path) -> None:
    (tmp_path / "news.zip").write_bytes(make_zip({"monday/fees.txt": STORY}))
    (article,) = read_articles([tmp_path], Settings())
    assert isinstance(article, Article)
    assert article.source == f"{tmp_path.resolve()}/news.zip!/monday/fees.txt"
    assert article.id.startswith("fees-")
