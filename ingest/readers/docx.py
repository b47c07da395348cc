"""Word documents (.docx) → text, straight from `word/document.xml` (ECMA-376, part 1, section 17).

Inserted text counts, deleted text does not; pictures, notes, headers and footers are left out. Only
the two parts needed are unpacked, so a bomb elsewhere in the file costs nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.cleaning import normalise_characters
from ingest.readers.faults import broken
from ingest.readers.streams import DAMAGED
from ingest.records import Found, RawDocument, Unreadable
from ingest.sources import SourceFile

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = (f"{_W}del", f"{_W}moveFrom", _FALLBACK)
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_MAIN = re.compile(r"word/document\d*\.xml")
_MAX_XML = 50_000_000
_LONGEST_CELL = 200
_TITLE_STYLES = ("title", "heading 1")


def read_docx(file: SourceFile, data: bytes) -> RawDocument:
    """One article; a first paragraph in the style Title or Heading 1 is its title.

    Raises:
        Unreadable: Broken, encrypted, no Word document, without text, or too big unpacked.
    """
    if data.startswith(_OLD_OR_LOCKED):
        raise Unreadable("encrypted, or in the format of Word 97: save an open copy as .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            main = next(filter(_MAIN.fullmatch, package.namelist()), "")
            document, styles = _part(package, main), _part(package, "word/styles.xml")
    except (*DAMAGED, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Unreadable(f"broken DOCX ({type(error).__name__})") from None
    if document is None:
        raise Unreadable("no Word document: word/document.xml is missing")
    from lxml import etree

    with broken("DOCX", etree.LxmlError):
        paragraphs = list(_paragraphs(_parse(document)))
        names = _style_names(styles)
    fields: dict[str, Found] = {}
    if paragraphs and names.get(paragraphs[0][0], paragraphs[0][0].lower()) in _TITLE_STYLES:
        fields["title"] = Found(paragraphs.pop(0)[1], "document title")
    text = normalise_characters("\n\n".join(text for _, text in paragraphs))
    if not text:
        raise Unreadable("DOCX without text (only pictures?)")
    return RawDocument(file.name, file.stem, "docx", text, fields)


def _part(package: zipfile.ZipFile, name: str) -> bytes | None:
    """One file of the package, no more of it than `_MAX_XML` bytes."""
    if name not in package.namelist():
        return None
    info = package.getinfo(name)
    if info.flag_bits & 1:
        raise Unreadable("encrypted DOCX: save an open copy")
    if info.file_size > _MAX_XML:
        raise Unreadable(f"too big: {name} unpacks to more than {_MAX_XML:,} bytes (a bomb?)")
    with package.open(info) as stream:
        return stream.read(_MAX_XML).replace(_STRICT, _W[1:-1].encode())


def _parse(xml: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(xml, parser)


def _style_names(styles: bytes | None) -> dict[str, str]:
    """Ids of paragraph styles, which Word translates, and their names, which it does not."""
    if styles is None:
        return {}
    return {
        style.get(f"{_W}styleId", ""): name.get(f"{_W}val", "").lower()
        for style in _parse(styles).iter(f"{_W}style")
        for name in style.iterfind(f"{_W}name")
    }


def _paragraphs(root: _Element) -> Iterator[tuple[str, str]]:
    """Style and text of each paragraph; a row of short table cells is one."""
    for block in _blocks(root):
        if block.tag == f"{_W}p":
            yield from _paragraph(block)
            continue
        cells = [list(_paragraphs(cell)) for cell in _cells(block)]
        filled = [cell for cell in cells if cell]
        if len(filled) > 1 and all(len(c) == 1 and len(c[0][1]) <= _LONGEST_CELL for c in filled):
            yield "", "| " + " | ".join(c[0][1] if c else "" for c in cells) + " |"
        else:
            yield from (paragraph for cell in cells for paragraph in cell)


def _blocks(root: _Element) -> Iterator[_Element]:
    """Paragraphs and table rows in the order of the document, none of them inside another."""
    from lxml import etree

    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element.tag in _LEFT_OUT:
            walk.skip_subtree()
        elif element.tag in (f"{_W}p", f"{_W}tr"):
            walk.skip_subtree()
            yield element


def _cells(row: _Element) -> list[_Element]:
    if row.find(f"{_W}trPr/{_W}del") is not None:
        return []
    return [*row.iterfind(f"{_W}tc"), *row.iterfind(f"{_W}sdt/{_W}sdtContent/{_W}tc")]


def _is_hidden(run: _Element) -> bool:
    """True for text that Word is told not to show."""
    hides = run.find(f"{_W}rPr/{_W}vanish")
    return hides is not None and hides.get(f"{_W}val", "true") not in ("0", "false", "off")


def _paragraph(paragraph: _Element) -> Iterator[tuple[str, str]]:
    """A paragraph, then the paragraphs of text boxes that hang on it."""
    from lxml import etree

    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    text: list[str] = []
    inner: list[_Element] = []
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        if element.tag in _LEFT_OUT or (element.tag == f"{_W}r" and _is_hidden(element)):
            walk.skip_subtree()
        elif element.tag == f"{_W}txbxContent":
            walk.skip_subtree()
            inner.append(element)
        elif element.tag == f"{_W}t":
            text.append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            text.append(" " if element.tag == f"{_W}tab" else "\n")
    line = re.sub(r"[ \t]+", " ", "".join(text)).strip()
    if line:
        yield "" if style is None else style.get(f"{_W}val", ""), line
    for box in inner:
        yield from _paragraphs(box)
