"""Files of every format → what is stored of them, cut into passages and shown on the page."""

from __future__ import annotations

import gzip
import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

from ingest.articles import read_articles
from ingest.passages import split_passages
from rag.records import Article
from rag.settings import Settings
from tests.attacks.checking import check_html, check_plain
from tests.fuzz.running import Target, text_of
from tests.ingest.building import make_pdf
from tests.ingest.malformed_files import ARCHIVES, DOCUMENTS, LINES, TABLES
from tests.ingest.malformed_texts import PAGES, TEXTS
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
    make_warc,
    make_zip,
    word_paragraphs,
)
from web.reader import article_html

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_LARGEST = 20_000
_ENTRY = f"<title>Fees rise</title><link>https://a.example/1</link><description>{FEES} {VOTE}</description>"
_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><entry><title>Fees</title>'
    f'<link href="https://a.example/1"/><updated>2024-03-01T00:00:00Z</updated><content>{FEES}</content></entry></feed>'
)
_STATED = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Fees rise","datePublished":"2024-03-01",'
    '"author":[{"name":"Mia Sund"}],"publisher":{"name":"Courier"}}</script><meta property="og:title" content="Fees">'
    '<link rel="canonical" href="https://a.example/1"><meta property="article:published_time" content="2024-03-01">'
)
_FRONT = f"---\ntitle: Fees rise\npublished: 2024-03-01\nurl: https://a.example/1\n---\n{STORY}"
_OWN: Mapping[str, tuple[bytes, ...]] = {
    "txt": (FEES.encode(), STORY.encode(), _FRONT.encode(), f"Fees rise\nBy Mia Sund\n1 March 2024\n\n{FEES}".encode()),
    "md": (f"# Fees\n\n{FEES}\n\n> {VOTE}\n\n* a [link](https://a.example) *b*\n".encode(), _FRONT.encode()),
    "html": (make_page(FEES, VOTE).encode(), make_page(FEES, VOTE, head=_STATED).encode()),
    "pdf": (make_pdf([[FEES, VOTE], [STORY]]),),
    "docx": (make_docx(word_paragraphs(FEES, VOTE)),),
    "eml": (make_mail(FEES), make_mail(FEES, make_page(VOTE)), make_mail(None, make_page(FEES))),
    "jsonl": (json_lines({"text": FEES, "title": "Fees", "published": "2024-03-01"}, {"text": VOTE}).encode(),),
    "json": (json.dumps([{"text": FEES, "url": "https://a.example/1"}, {"content": VOTE}]).encode(),),
    "csv": (f'title,text,date\nFees,"{FEES}",2024-03-01\nVote,"{VOTE}",1 March 2024\n'.encode(),),
    "xml": (make_rss(_ENTRY, _ENTRY.replace("1<", "2<")).encode(), _ATOM.encode()),
    "warc": (
        make_warc(
            ("https://a.example/1", "HTTP/1.1 200 OK\nContent-Type: text/html", make_page(FEES, VOTE).encode()),
            ("https://a.example/2", "HTTP/1.1 200 OK\nContent-Type: text/html; charset=x", make_page(STORY).encode()),
        ),
    ),
    "zip": (make_zip({"a.txt": STORY, "b/c.html": make_page(FEES)}, packed=False),),
    "tar": (make_tar({"a.txt": STORY.encode(), "b.jsonl": json_lines({"text": FEES}).encode()}),),
    "txt.gz": (gzip.compress(STORY.encode()),),
}


def _seeds() -> Mapping[str, tuple[bytes, ...]]:
    seeds = defaultdict(list, {suffix: list(data) for suffix, data in _OWN.items()})
    for cases in (TEXTS, PAGES, LINES, TABLES, DOCUMENTS, ARCHIVES):
        for case in cases.values():
            seeds[case.name.partition(".")[2]] += [case.data] if len(case.data) <= _LARGEST else []
    return {suffix: tuple(data) for suffix, data in seeds.items() if data}


def _reading(suffix: str) -> Callable[[bytes, Path], None]:
    def run(data: bytes, folder: Path) -> None:
        file = folder / f"a.{suffix}"
        file.write_bytes(data)
        for item in read_articles([file], Settings()):
            if isinstance(item, Article):
                check_article(item)
            else:
                check_plain(item.reason + item.source)

    return run


def check_article(article: Article) -> None:
    """It can be stored, quoted by offsets and shown."""
    json.dumps(asdict(article), ensure_ascii=False, allow_nan=False).encode()
    check_plain(article.text)
    head = (article.id, article.title, article.outlet, article.author, article.language, article.url, article.source)
    for value in head:
        check_plain(value or "")
        assert "\n" not in (value or "")
    assert all(_DATE.fullmatch(date) for date in (article.published, article.updated) if date)
    passages = split_passages(article, lambda text: 1 + len(text) // 4, 64)
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        assert all(passage.start <= start < end <= passage.end for start, end in passage.sentences)
    assert all(before.end <= after.start for before, after in pairwise(passages))
    check_html(article_html(article, span=(0, 9)), [article.url] if article.url else [])


def _word(data: bytes, folder: Path) -> None:
    """The XML of a Word document, because the archive around it finds most damage by its check sums."""
    _reading("docx")(make_zip({"word/document.xml": data, "docProps/core.xml": data[:2000]}), folder)


def _members(data: bytes, folder: Path) -> None:
    """The first line names a member, in both kinds of archive."""
    name, _, content = data.partition(b"\n")
    stem = text_of(name)[:200].encode("utf-8", "replace").decode().replace("\0", "") or "a"
    _reading("zip")(make_zip({stem: content, "ok.txt": STORY}), folder)
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, stem
    _reading("tar")(make_tar({stem: content}, link), folder)


_DOCUMENT = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    f"{word_paragraphs(FEES, VOTE)}<w:tbl><w:tr><w:tc>{word_paragraphs(STORY)}</w:tc></w:tr></w:tbl>"
    "<w:p><w:ins><w:r><w:t>more</w:t></w:r></w:ins><w:del><w:r><w:delText>less</w:delText></w:r></w:del></w:p>"
    "</w:body></w:document>"
).encode()
_NAMES = ("a.txt", "../a.txt", "/etc/a.txt", "b/c.html", "a.docx", "x.zip", "con", "a\\b.txt")

TARGETS = (
    *(Target(f"reader-{suffix}", seeds, _reading(suffix)) for suffix, seeds in _seeds().items()),
    Target("reader-word-xml", [_DOCUMENT], _word),
    Target("reader-member", [f"{name}\n{STORY}".encode() for name in _NAMES], _members),
)
