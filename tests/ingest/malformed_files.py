"""Odd files of many articles, documents, mails and archives, and what each must end in."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

from tests.ingest.building import make_pdf
from tests.ingest.malformed_texts import ENTITIES, RUSSIAN, Case
from tests.ingest.odd_files import (
    FEES,
    MUD,
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

GOOD_LINE = json_lines({"text": FEES}).encode()


def _between(line: str | bytes) -> bytes:
    """A line with a good one before it."""
    return GOOD_LINE + (line if isinstance(line, bytes) else line.encode()) + b"\n"


LINES: Mapping[str, Case] = {
    "broken line": Case("a.jsonl", _between('{"text": "x'), has=(FEES,), skip="broken JSON"),
    "blank lines": Case("a.jsonl", b"\n \n\r\n" + GOOD_LINE + b"\n\n", has=(FEES,)),
    "array on a line": Case("a.jsonl", _between("[1]"), has=(FEES,), skip="not an object but a list"),
    "NaN": Case("a.jsonl", _between('{"text": "x", "id": NaN}'), has=(FEES,), skip="NaN is not JSON"),
    "key twice": Case("a.jsonl", f'{{"text": "old", "text": {json.dumps(VOTE)}}}'.encode(), has=(VOTE,)),
    "huge number": Case("a.jsonl", _between(f'{{"text": "x", "id": {"9" * 9999}}}'), has=(FEES,), skip="broken JSON"),
    "deep nesting": Case("a.jsonl", _between('{"a":' * 99_999), has=(FEES,), skip="nested too deeply"),
    "no text": Case("a.jsonl", _between('{"title": "x"}'), has=(FEES,), skip="no text"),
    "null text": Case("a.jsonl", _between('{"text": null}'), has=(FEES,), skip="no text"),
    "list as text": Case("a.jsonl", _between('{"text": ["x"]}'), has=(FEES,), skip="is a list, not a string"),
    "number as text": Case("a.jsonl", _between('{"text": 7}'), has=(FEES,), skip="is a number, not a string"),
    "half a surrogate pair": Case("a.jsonl", _between('{"text": "\\ud800"}'), has=(FEES,), skip="surrogate"),
    "id with slashes and lines": Case("a.jsonl", json_lines({"id": "a/../b\n\0c", "text": FEES}).encode(), has=(FEES,)),
    "id of 2 KB": Case("a.jsonl", json_lines({"id": "x" * 2048, "text": FEES}).encode(), has=(FEES,)),
    "same id twice": Case(
        "a.jsonl",
        json_lines({"id": "a", "text": FEES}, {"id": "a", "text": STORY}).encode(),
        has=(VOTE,),
        skip="older version of a",
    ),
    "garbage for a date": Case("a.jsonl", json_lines({"text": FEES, "date": "32/13/20x"}).encode(), has=(FEES,)),
    "UTF-16 lines": Case("a.jsonl", GOOD_LINE.decode().encode("utf-16"), skip="not UTF-8"),
    "empty gzip": Case("a.jsonl.gz", gzip.compress(b""), skip="empty"),
    "gzip that is none": Case("a.jsonl.gz", GOOD_LINE, skip="damaged"),
    "cut gzip": Case("a.jsonl.gz", gzip.compress(GOOD_LINE * 99)[:-20], skip="damaged", has=(FEES,), articles=None),
    "bzip2 that is none": Case("a.txt.bz2", STORY.encode(), skip="damaged"),
    "packed page": Case("a.html.bz2", bz2.compress(make_page(FEES, MUD, VOTE).encode()), has=(MUD,)),
    "packed without inner name": Case("a.gz", gzip.compress(b"x"), skip="does not say what is in it"),
    "packed bomb": Case("a.txt.xz", lzma.compress(bytes(30_000_000)), skip="too big"),
    "packed bomb of lines": Case("a.jsonl.gz", gzip.compress(bytes(30_000_000)), skip="a bomb?"),
}
TABLES: Mapping[str, Case] = {
    "ragged rows": Case(
        "a.csv",
        f'title,text,date\nA,"{FEES}",2023\nB,unquoted, text, of a row\nC\n'.encode(),
        has=(FEES,),
        skip="cells",
    ),
    "no header": Case("a.csv", f'A,"{FEES}"\n'.encode(), skip="no text column"),
    "unclosed quotation mark": Case(
        "a.csv", f'title,text\nA,"{FEES}"\nB,"never closed\nC,x\n'.encode(), has=(FEES,), skip="never closed"
    ),
    "NUL in a table": Case("a.csv", f'title,text\nA,"\0{VOTE}"\n'.encode(), has=(VOTE,)),
    "table with a mark": Case(
        "a.csv", f"\ufefftext,title\n{VOTE.replace(',', '')},A\n".encode(), has=("The vote was",)
    ),
    "semicolons": Case("a.csv", f"titel;Text;date\nA;{VOTE};2023-05-16\n".encode(), has=(VOTE,)),
    "tabs": Case("a.tsv", f"text\ttitle\n{VOTE}\tA\n".encode(), has=(VOTE,)),
    "UTF-16 table": Case("a.csv", f'text,title\n"{VOTE}",A\n'.encode("utf-16"), has=(VOTE,)),
    "legacy table": Case("a.csv", f"text,title\n{RUSSIAN.replace(',', '') * 9},A\n".encode("cp1251"), has=("Совет",)),
    "empty table": Case("a.csv", b"", skip="empty"),
    "only a header": Case("a.csv", b"title,text\n", skip="holds no articles"),
    "column twice": Case("a.csv", f'text,text\n"{FEES}",second\n'.encode(), has=(FEES,), lacks=("second",)),
}
_PDF = make_pdf([[FEES]])
_EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_LAUGHS = f"<!DOCTYPE x [{ENTITIES}]>"
_LOCKED = (
    "<w:p><w:r><w:t>Kept.</w:t></w:r><w:ins><w:r><w:t> Added.</w:t></w:r></w:ins>"
    "<w:del><w:r><w:delText> Gone.</w:delText><w:t> Gone too.</w:t></w:r></w:del></w:p>"
)
DOCUMENTS: Mapping[str, Case] = {
    "PDF of garbage": Case("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20, skip="broken PDF"),
    "cut PDF": Case("a.pdf", _PDF[: len(_PDF) // 2], skip="broken PDF"),
    "scanned PDF": Case("a.pdf", make_pdf([[], []]), skip="no text layer"),
    "PDF without pages": Case("a.pdf", make_pdf([]), skip="no text layer"),
    "PDF in a circle": Case("a.pdf", _PDF.replace(b"/Kids [3 0 R]", b"/Kids [4 0 R]"), skip="PDF"),
    "page named .pdf": Case("a.pdf", make_page(STORY).encode(), skip="broken PDF"),
    "DOCX of garbage": Case("a.docx", b"PK\x03\x04" + bytes(99), skip="broken DOCX"),
    "cut DOCX": Case("a.docx", make_docx(word_paragraphs(FEES))[:-30], skip="broken DOCX"),
    "DOCX without document": Case("a.docx", make_zip({"word/styles.xml": "<x/>"}), skip="word/document.xml is missing"),
    "DOCX bomb": Case("a.docx", make_docx("<!--" + " " * 60_000_000 + "-->"), skip="a bomb?"),
    "DOCX with a file from outside": Case(
        "a.docx", make_docx(word_paragraphs(FEES, "&e;"), _EXTERNAL), has=(FEES,), lacks=("root:",)
    ),
    "DOCX with a billion laughs": Case(
        "a.docx", make_docx(word_paragraphs(FEES, "&e11;"), _LAUGHS), skip="broken DOCX"
    ),
    "DOCX of broken XML": Case("a.docx", make_docx("<w:p><w:r>"), skip="broken DOCX"),
    "encrypted DOCX": Case("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), skip="encrypted"),
    "DOCX with changes": Case(
        "a.docx", make_docx(word_paragraphs(FEES) + _LOCKED), has=("Kept. Added.",), lacks=("Gone",)
    ),
    "empty DOCX": Case("a.docx", make_docx(""), skip="without text"),
    "mail without body": Case("a.eml", make_mail(""), skip="mail without text"),
    "text named .eml": Case("a.eml", STORY.encode(), skip="not a mail"),
    "mail of an attachment": Case(
        "a.eml",
        b'Subject: x\nContent-Type: application/pdf; name="a.pdf"\n'
        b'Content-Disposition: attachment; filename="a.pdf"\n\nx',
        skip="mail without text",
    ),
    "mail in 1,000 parts of parts": Case(
        "a.eml",
        b"Subject: x\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000)),
        skip="mail",
    ),
    "broken base64": Case(
        "a.eml", b"Subject: x\nContent-Transfer-Encoding: base64\n\n!!!not base64 \xff\xfe===\n", skip=""
    ),
    "mail of an unknown charset": Case(
        "a.eml", f"Subject: x\nContent-Type: text/plain; charset=x-none\n\n{STORY}".encode(), has=(FEES,)
    ),
    "endless header of a part": Case(
        "a.eml",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b; " + b"c=d; " * 200_000,
        skip="Content header",
    ),
    "mail header without end": Case("a.eml", b"Subject: " + b"x" * 300_000, skip="not a mail"),
    "MHTML without page": Case("a.mhtml", b"Content-Type: text/plain\n\nhello", skip="no HTML page"),
    "feed without entries": Case("a.rss", make_rss().encode(), skip="without entries"),
    "cut feed": Case(
        "a.rss", make_rss(f"<title>A</title><description>{STORY}</description>").encode()[:-20], has=(FEES,)
    ),
    "feed cut in an entry": Case(
        "a.rss", make_rss(f"<description>{STORY}").encode()[:-40], skip="no text in this entry"
    ),
    "feed with a billion laughs": Case(
        "a.xml", (_LAUGHS + make_rss("<title>&e11;</title><description>&e11;</description>")[38:]).encode(), skip=""
    ),
    "entry without title": Case("a.rss", make_rss(f"<description>{STORY}</description>").encode(), has=(FEES,)),
    "teaser": Case(
        "a.rss",
        make_rss(f"<link>https://courier.example/1</link><description>{FEES}</description>").encode(),
        skip="only a teaser (98 characters): the article is at https://courier.example/1",
    ),
    "XML that is no feed": Case("a.xml", b"<?xml version='1.0'?><urlset><url/></urlset>", skip="neither RSS nor Atom"),
    "cut WARC": Case(
        "a.warc",
        make_warc(
            *[("https://x.example/1", "HTTP/1.1 200 OK\nContent-Type: text/html", make_page(STORY).encode())] * 2
        )[:-200],
        has=(FEES,),
        skip="ends within this record",
    ),
    "WARC of garbage": Case("a.warc", b"hello\n" * 50, skip="broken WARC"),
    "empty WARC": Case("a.warc", b"", skip="empty"),
}


def _encrypted_zip() -> bytes:
    data = bytearray(make_zip({"a.txt": STORY}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    return bytes(data)


def _zip_with_link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("a.txt", STORY)
    return out.getvalue()


def _lying_zip() -> bytes:
    """A member that unpacks to more than it says."""
    data = bytearray(make_zip({"a.txt": "x" * 5000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + at
        data[place : place + 4] = struct.pack("<L", 10)
    return bytes(data)


def _link(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


_BOMB = make_zip({"a.jsonl": bytes(30_000_000)})
_DEEP = make_zip({"2.zip": make_zip({"1.zip": make_zip({"a.txt": STORY}), "b.txt": VOTE})})
_MEMBERS = {"a.txt": STORY.encode(), "b/page.html": make_page(FEES, VOTE).encode()}
ARCHIVES: Mapping[str, Case] = {
    "zip": Case("a.zip", make_zip({**_MEMBERS, "c.jsonl": GOOD_LINE}), has=(MUD, VOTE), articles=3),
    "flat bomb": Case("a.zip", _BOMB, skip="a bomb?"),
    "bomb of text files": Case("a.zip", make_zip({f"{n}.txt": b" " * 9_999_999 for n in range(4)}), skip="a bomb?"),
    "nested bomb": Case("a.zip", make_zip({f"{n}.zip": _BOMB for n in range(3)}), skip="a bomb?"),
    "archives too deep": Case("a.zip", _DEEP, has=(VOTE,), skip="archive within 2 others"),
    "path out of the archive": Case("a.zip", make_zip({"../../etc/a.txt": STORY}), skip="leads out of its archive"),
    "absolute path": Case("a.zip", make_zip({"/etc/a.txt": STORY}), skip="leads out of its archive"),
    "path with a drive": Case("a.zip", make_zip({"C:\\a.txt": STORY}), skip="leads out of its archive"),
    "link in a zip": Case("a.zip", _zip_with_link(), has=(FEES,), skip="symbolic link in an archive", lacks=("root:",)),
    "encrypted zip": Case("a.zip", _encrypted_zip(), skip="encrypted"),
    "name twice": Case("a.tar", make_tar({"a.txt": b""})[:512] + make_tar(_MEMBERS), has=(VOTE,), skip="second file"),
    "cut zip": Case("a.zip", make_zip(_MEMBERS)[:-30], skip="damaged zip"),
    "zip with a damaged member": Case(
        "a.zip",
        make_zip({"a.txt": STORY, "b.txt": VOTE}, packed=False).replace(b"harbour", b"harbor!", 1),
        has=(VOTE,),
        skip="damaged",
    ),
    "zip that lies about sizes": Case("a.zip", _lying_zip(), skip="damaged"),
    "zip of garbage": Case("a.zip", b"PK" + bytes(500), skip="damaged zip"),
    "empty zip": Case("a.zip", make_zip({}), articles=0, skip="holds no articles"),
    "member with control characters": Case("a.zip", make_zip({"a\n\x1b[31m.txt": STORY}), has=(FEES,)),
    "tar": Case("a.tar", make_tar(_MEMBERS), has=(MUD,), articles=2),
    "tar.gz": Case("a.tar.gz", gzip.compress(make_tar(_MEMBERS)), has=(MUD,), articles=2),
    "tgz": Case("a.tgz", gzip.compress(make_tar(_MEMBERS)), has=(MUD,), articles=2),
    "tar.xz": Case("a.tar.xz", lzma.compress(make_tar(_MEMBERS)), has=(MUD,), articles=2),
    "device, links and a pipe": Case(
        "a.tar",
        make_tar(
            {"a.txt": STORY.encode()},
            _link("d.txt", tarfile.CHRTYPE),
            _link("l.txt", tarfile.SYMTYPE, "/etc/passwd"),
            _link("h.txt", tarfile.LNKTYPE, "a.txt"),
            _link("p.txt", tarfile.FIFOTYPE),
        ),
        has=(FEES,),
        skip="device in an archive",
    ),
    "cut tar": Case(
        "a.tar", make_tar({"b.txt": VOTE.encode(), "a.txt": b"x " * 9000})[:9000], has=(VOTE,), skip="damaged"
    ),
    "cut tar.gz": Case("a.tar.gz", gzip.compress(make_tar(_MEMBERS))[:-40], skip="damaged", has=(VOTE,), articles=None),
    "tar of garbage": Case("a.tar", b"hello" * 500, skip="damaged tar"),
    "zip in tar.gz": Case("a.tar.gz", gzip.compress(make_tar({"x.zip": make_zip({"a.txt": STORY})})), has=(MUD,)),
    "zlib named .gz": Case("a.txt.gz", zlib.compress(STORY.encode()), skip="damaged"),
}
