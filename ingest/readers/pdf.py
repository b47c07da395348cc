"""PDF → text. Only the text layer is read; scanned pages have none and are reported."""

from __future__ import annotations

import io
import logging
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.cleaning import normalise_characters, unwrap
from ingest.readers.faults import broken
from ingest.records import Found, RawDocument, Unreadable
from ingest.sources import SourceFile

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 500
MAX_SECONDS = 30.0
_FEWEST_LETTERS = 20
_PAGE_NUMBER = re.compile(r"(?:page )?\d{1,4}(?: ?(?:/|of) ?\d{1,4})?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_FILE_NAME = re.compile(r"\.\w{2,5}$|^(?:untitled|microsoft word)\b", re.IGNORECASE)


def read_pdf(file: SourceFile, data: bytes) -> RawDocument:
    """One article. Dates of the PDF are dates of the file, not of the news, and are left alone.

    Raises:
        Unreadable: Broken, encrypted, without a text layer, too many pages or too slow to read.
    """
    from pypdf.errors import PyPdfError

    # What it would log is reported as the reason of a Skipped.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with broken("PDF", PyPdfError):
        reader = _open(data)
        pages = _page_texts(reader)
        fields = _fields(reader)
    text = _join_pages(_without_running_lines(pages))
    if sum(c.isalnum() for c in text) < _FEWEST_LETTERS:
        raise Unreadable("PDF has no text layer (a scan? run OCR first)")
    return RawDocument(file.name, file.stem, "pdf", unwrap(text), fields)


def _open(data: bytes) -> PdfReader:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("PDF needs a password: save an open copy")
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(f"too big: PDF has {len(reader.pages)} pages, the limit is {MAX_PAGES}")
    return reader


def _page_texts(reader: PdfReader) -> list[str]:
    deadline = time.monotonic() + MAX_SECONDS
    pages: list[str] = []

    def watch(*_: object) -> None:
        """Called by pypdf before each operator of a page, of which a small file may hold millions."""
        if time.monotonic() > deadline:
            raise Unreadable(f"PDF takes more than {MAX_SECONDS:.0f} s to read ({len(pages)} pages done)")

    for page in reader.pages:
        watch()
        pages.append(normalise_characters(page.extract_text(visitor_operand_before=watch)))
    return pages


def _without_running_lines(pages: Sequence[str]) -> list[str]:
    """Pages without page numbers and without first and last lines that most pages share."""
    edges: Counter[str] = Counter()
    for page in pages:
        lines = page.split("\n")
        edges.update({_DIGITS.sub("#", line) for line in (*lines[:2], *lines[-2:])})
    running = {line for line, count in edges.items() if count >= 3 and count > 0.5 * len(pages)}
    return ["\n".join(_body_lines(page.split("\n"), running)) for page in pages]


def _join_pages(pages: Sequence[str]) -> str:
    """Pages as one text; a paragraph that runs over a page break stays one block."""
    text = ""
    for page in filter(None, (page.strip() for page in pages)):
        text += ("\n" if page[0].islower() else "\n\n") + page
    return text.strip()


def _body_lines(lines: Sequence[str], running: set[str]) -> list[str]:
    edge = {0, 1, len(lines) - 2, len(lines) - 1}
    return [
        line
        for number, line in enumerate(lines)
        if number not in edge or not (_PAGE_NUMBER.fullmatch(line) or (line and _DIGITS.sub("#", line) in running))
    ]


def _fields(reader: PdfReader) -> dict[str, Found]:
    information = reader.metadata
    title, author = (information.title, information.author) if information else (None, None)
    fields: dict[str, Found] = {}
    if isinstance(title, str) and len(title.split()) >= 3 and not _FILE_NAME.search(title.strip()):
        fields["title"] = Found(title, "pdf title")
    if isinstance(author, str) and author.strip():
        fields["author"] = Found(author, "pdf author")
    return fields
