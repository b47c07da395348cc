"""A saved web page → its article, by trafilatura (Barbaresi, ACL 2021 demo)."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from ingest.cleaning import normalise_characters
from ingest.encoding import decode
from ingest.readers.page_metadata import page_metadata
from ingest.readers.plain import encoding_notes
from ingest.records import RawDocument, Unreadable
from ingest.sources import SourceFile

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0+)?(?![.\d])", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?:\S+\s+){3}\S+[.!?…\"”’]|[。！？]")
"""The least that makes an article: a page that is all script leaves a few words at most."""
_TABLE_RULE = re.compile(r"^\|(?:-{3}\|)+$\n?", re.MULTILINE)


def read_webpage(file: SourceFile, data: bytes) -> RawDocument:
    """One article: the main text without comments, navigation and hidden elements.

    Raises:
        Unreadable: Not HTML, nothing that reads as an article, or an encoding that cannot be told.
    """
    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, declared[1].decode("ascii") if declared else None)
    tree = _parse(decoded.text)
    if tree is None:
        raise Unreadable("no article text found: not an HTML page")
    fields = page_metadata(tree)
    _remove_hidden(tree)
    text = _main_text(tree)
    if not _SENTENCE.search(text):
        raise Unreadable("no article text found in the HTML")
    return RawDocument(file.name, file.stem, "html", normalise_characters(text), fields, encoding_notes(decoded))


def _parse(text: str) -> HtmlElement | None:
    from trafilatura import load_html

    # What it would log is reported as the reason of a Skipped.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return load_html(text)


def _remove_hidden(tree: HtmlElement) -> None:
    """Takes out what inline styles hide, which trafilatura does only in part; classes and scripts are out of reach."""
    for element in tree.xpath("//body//*[@style] | //noscript"):
        hidden = element.tag == "noscript" or _HIDDEN.search(element.get("style", ""))
        if hidden and element.getparent() is not None:
            element.drop_tree()


def _main_text(tree: HtmlElement) -> str:
    from trafilatura import bare_extraction

    document = bare_extraction(tree, include_comments=False, include_tables=True, deduplicate=False)
    text = "" if document is None else str(getattr(document, "text", "") or "")
    return _TABLE_RULE.sub("", text)
