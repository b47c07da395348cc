"""Web archives."""

from __future__ import annotations

import gzip
from pathlib import Path

from ingest.records import RawDocument, Skipped
from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, MUD, VOTE, make_page, make_warc, values

OK = "HTTP/1.1 200 OK\nContent-Type: text/html; charset={}"
PAGE = make_page(FEES, MUD, VOTE, head='<link rel="canonical" href="https://other.example/">').encode()
PAGES = (
    ("https://courier.example/fees", OK.format("utf-8"), PAGE),
    ("https://courier.example/logo.png", "HTTP/1.1 200 OK\nContent-Type: image/png", b"\x89PNG"),
    ("https://courier.example/old", "HTTP/1.1 301 Moved\nLocation: /fees", b""),
    ("https://courier.example/packed", OK.format("utf-8") + "\nContent-Encoding: gzip", gzip.compress(PAGE)),
    ("https://courier.example/app", OK.format("utf-8"), b"<html><body><script>go()</script></body></html>"),
    (
        "https://courier.example/chunked",
        OK.format("windows-1252") + "\nTransfer-Encoding: chunked",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(make_page(MUD, VOTE).encode("cp1252")), make_page(MUD, VOTE).encode("cp1252")),
    ),
)


def test_pages_become_articles_and_the_rest_is_counted(tmp_path: Path) -> None:
    data = make_warc(*PAGES)
    plain = read_one(tmp_path / "a.warc", data)
    articles = [item for item in plain if isinstance(item, RawDocument)]
    assert [values(a)["url"].rpartition("/")[2] for a in articles] == ["fees", "packed", "chunked"]
    assert all(MUD in a.text for a in articles)
    assert not any("published" in a.fields for a in articles)
    assert [i.reason for i in plain if isinstance(i, Skipped)] == [
        "no article text found in the HTML: scripts would fetch it, save the page from a browser",
        "no HTML pages, so not read: image/png 1, status 301 1",
    ]


def test_packed_by_record_or_as_a_whole_it_reads_the_same(tmp_path: Path) -> None:
    by_record = b"".join(gzip.compress(make_warc(page)) for page in PAGES)
    whole = gzip.compress(make_warc(*PAGES))
    texts = [
        [item.text for item in read_one(tmp_path / name, data) if isinstance(item, RawDocument)]
        for name, data in (("a.warc.gz", by_record), ("b.warc.gz", whole))
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 3
