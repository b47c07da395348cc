"""Word documents."""

from __future__ import annotations

from pathlib import Path

from tests.ingest.building import read_one
from tests.ingest.odd_files import FEES, VOTE, document, make_docx, values, word_paragraphs

_STYLED = '<w:p><w:pPr><w:pStyle w:val="{}"/></w:pPr><w:r><w:t>Port raises fees</w:t></w:r></w:p>'
_STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>'
)


def _cell(*texts: str) -> str:
    return f"<w:tc>{word_paragraphs(*texts)}</w:tc>"


def test_a_document_gives_its_title_and_paragraphs(tmp_path: Path) -> None:
    body = _STYLED.format("Titel") + word_paragraphs(FEES, VOTE)
    article = document(read_one(tmp_path / "a.docx", make_docx(body, styles=_STYLES)))
    assert values(article) == {"title": "Port raises fees"}
    assert article.text == f"{FEES}\n\n{VOTE}"


def test_a_heading_further_down_is_text(tmp_path: Path) -> None:
    body = word_paragraphs(FEES) + _STYLED.format("Heading1")
    article = document(read_one(tmp_path / "a.docx", make_docx(body)))
    assert (values(article), article.text) == ({}, f"{FEES}\n\nPort raises fees")


def test_tables_links_boxes_and_controls_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{word_paragraphs('In a box.')}</w:txbxContent>"
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><w:t>Before</w:t><w:tab/></w:r><w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink>"
        f"<w:r><mc:AlternateContent {space}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        f"</mc:AlternateContent></w:r></w:p>"
        f"<w:tbl><w:tr>{_cell('Coaster')}{_cell('120')}</w:tr><w:tr>{_cell('First.', 'Second.')}</w:tr></w:tbl>"
        f"<w:sdt><w:sdtContent>{word_paragraphs('In a control.')}</w:sdtContent></w:sdt>"
    )
    assert document(read_one(tmp_path / "a.docx", make_docx(body))).text.split("\n\n") == [
        "Before a link",
        "In a box.",
        "| Coaster | 120 |",
        "First.",
        "Second.",
        "In a control.",
    ]
