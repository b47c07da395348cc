"""PDF."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.ingest.building import make_pdf, read_one
from tests.ingest.odd_files import FEES, document, reason


def test_a_pdf_gives_whole_paragraphs_without_running_lines(tmp_path: Path) -> None:
    pages = [
        [
            "Anders Courier",
            "The harbour board of Port Anders voted on Tuesday to raise berth",
            "fees by 12 per cent.",
            "Page 1",
        ],
        [
            "Anders Courier",
            "A second page (the middle one) of the story, with enough words to",
            "be a paragraph.",
            "Page 2",
        ],
        ["Anders Courier", "The third page ends it.", "Page 3"],
    ]
    assert document(read_one(tmp_path / "a.pdf", make_pdf(pages))).text == (
        "The harbour board of Port Anders voted on Tuesday to raise berth fees by 12 per cent.\n\n"
        "A second page (the middle one) of the story, with enough words to be a paragraph.\n\nThe third page ends it."
    )


def _encrypted(pdf: bytes, user: str, owner: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_locked_pdf_is_told_from_a_protected_one(tmp_path: Path) -> None:
    pdf = make_pdf([[FEES]])
    assert "needs a password" in reason(read_one(tmp_path / "a.pdf", _encrypted(pdf, "secret", "owner")))
    assert FEES in document(read_one(tmp_path / "b.pdf", _encrypted(pdf, "", "owner"))).text


def test_a_scan_and_broken_pdfs_are_reported(tmp_path: Path) -> None:
    pdf = make_pdf([[FEES]])
    assert "no text layer" in reason(read_one(tmp_path / "scan.pdf", make_pdf([[], []])))
    for name, data in {
        "cut": pdf[:200],
        "not": b"hello there",
        "tail": pdf[-100:],
        "flip": bytes(b ^ 7 for b in pdf),
    }.items():
        assert "broken PDF" in reason(read_one(tmp_path / f"{name}.pdf", data)), name


def test_a_page_of_endless_operators_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pdf.MAX_SECONDS", 0.2)
    assert "(0 pages done)" in reason(read_one(tmp_path / "a.pdf", make_pdf([["x"] * 30_000])))
