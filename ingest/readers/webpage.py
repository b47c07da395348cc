"""A saved web page → its article, by trafilatura (Barbaresi, ACL 2021 demo)."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from ingest.cleaning import normalise_characters
from ingest.encoding import decode
from ingest.readers.faults import broken
from ingest.readers.markup import hides, may_show_later
from ingest.readers.page_metadata import page_metadata
from ingest.readers.plain import encoding_notes
from ingest.records import Found, RawDocument, Unreadable
from ingest.sources import SourceFile
from rag.sentences import sentence_spans

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<!\S)(?:\S++\s++){3}\S+[.!?…\"”’]|[。！？]")
"""The least that makes an article: a page that is all script leaves a few words at most."""
_TABLE_RULE = re.compile(r"^\|(?:-{3}\|)+$\n?", re.MULTILINE)
_WALL = re.compile(
    r"(?=.*\b(?:cookies?|consent|privacy|javascript|captcha|robot|unusual traffic|ad ?blockers?|log ?in|subscri\w+)\b)"
    r".*\b(?:we|our|us|you|your|please|click)\b",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_WALL = 1500
_MOST_ELEMENTS, _MOST_ATTRIBUTES = 50_000, 2_000
"""Beyond, parsing takes minutes: libxml2 needs quadratic time for attributes, trafilatura for elements."""
_LONG_TAG = re.compile(r"<[A-Za-z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|=)*+")
_ATTRIBUTE = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+')|[\s/=]++[^\s/=]")


def read_webpage(file: SourceFile, data: bytes) -> RawDocument:
    """One article: the main text without comments, navigation and hidden elements.

    Raises:
        Unreadable: Not HTML, nothing that reads as an article, or an encoding that cannot be told.
    """
    return page_document(file.name, file.stem, data)


def page_document(
    source: str, stem: str, data: bytes, declared: str | None = None, address: str | None = None
) -> RawDocument:
    """The article of a page that may come from within another file.

    Args:
        declared: Encoding as transmitted with the page; comes before what the page says itself.
        address: Where the page was fetched from, if that is recorded; comes before what the page says itself.

    Raises:
        Unreadable: See `read_webpage`.
    """
    stated = _CHARSET.search(data[:4096])
    decoded = decode(data, declared or (stated[1].decode("ascii") if stated else None))
    _refuse_hostile(decoded.text)
    with broken("HTML"):
        tree = _parse(decoded.text)
        if tree is None:
            raise Unreadable("no article text found: not an HTML page")
        fields = page_metadata(tree)
        obstacle = _obstacle(tree)
        _remove_hidden(tree)
        text = normalise_characters(_main_text(tree))
    if not _SENTENCE.search(text):
        raise Unreadable(f"no article text found in the HTML{obstacle}")
    if _is_wall(text):
        raise Unreadable("no article text found: only a notice about cookies, scripts or logging in")
    if address:
        fields = {"url": Found(address, "fetched from"), **{k: v for k, v in fields.items() if k != "url"}}
    return RawDocument(source, stem, "html", text, fields, encoding_notes(decoded))


def _refuse_hostile(html: str) -> None:
    if sum(1 for _ in re.finditer("<[A-Za-z]", html)) > _MOST_ELEMENTS:
        raise Unreadable(f"too big: a page of more than {_MOST_ELEMENTS:,} elements")
    for tag in _LONG_TAG.finditer(html):
        if len(tag[0]) > _MOST_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(tag[0])) > 2 * _MOST_ATTRIBUTES:
            raise Unreadable(f"no article text found: a tag with more than {_MOST_ATTRIBUTES:,} attributes")


def _parse(text: str) -> HtmlElement | None:
    from trafilatura import load_html

    # What it would log is reported as the reason of a Skipped.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return load_html(text)


def _obstacle(tree: HtmlElement) -> str:
    """Why a page may have no text of its own, for the reason of a `Skipped`."""
    if tree.xpath("//frameset"):
        return ": it only shows other pages in frames, save the one with the article"
    if tree.xpath('//meta[translate(@http-equiv, "REFSH", "refsh")="refresh"]'):
        return ": it only forwards to another page"
    if tree.xpath("//script"):
        return ": scripts would fetch it, save the page from a browser"
    return ""


def _remove_hidden(tree: HtmlElement) -> None:
    """Takes out what trafilatura leaves in of what nobody sees; style sheets and scripts are out of reach.

    What is only not shown yet stays if it is most of the page: a script would fade in the article.
    """
    whole = _text_length(tree)
    for element in tree.xpath("//body//*[@style or @hidden] | //noscript | //template"):
        style = element.get("style", "")
        hidden = element.tag in ("noscript", "template") or hides(style)
        waits = "hidden" in element.attrib or may_show_later(style)
        if element.getparent() is not None and (hidden or (waits and 2 * _text_length(element) < whole)):
            element.drop_tree()


def _text_length(element: HtmlElement) -> int:
    return sum(map(len, element.xpath(".//text()[not(parent::script or parent::style)]")))


def _main_text(tree: HtmlElement) -> str:
    from trafilatura import bare_extraction

    document = bare_extraction(tree, include_comments=False, include_tables=True, deduplicate=False)
    text = "" if document is None else str(getattr(document, "text", "") or "")
    return _TABLE_RULE.sub("", text)


def _is_wall(text: str) -> bool:
    """True for a short text most of whose sentences ask the reader for consent, a login or the like."""
    if len(text) > _LONGEST_WALL:
        return False
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    return sum(_WALL.search(s) is not None for s in sentences) > 0.5 * len(sentences)
