"""Small files for tests: a PDF with a text layer, a settings object, a source file."""

from __future__ import annotations

from pathlib import Path

from ingest.readers import read_documents
from ingest.records import RawDocument, Skipped
from ingest.sources import SourceFile, find_files
from rag.settings import Settings


def read_one(path: Path, data: bytes | str, settings: Settings | None = None) -> list[RawDocument | Skipped]:
    """Writes a file and reads it with the reader of its name."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    (file,) = find_files([path])
    assert isinstance(file, SourceFile), file
    return list(read_documents(file, settings or Settings()))


def make_pdf(pages: list[list[str]]) -> bytes:
    """A PDF whose pages show the given lines; without lines a page has no text layer."""
    objects = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    parent = 2 + 2 * len(pages)
    for lines in pages:
        escaped = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines)
        shown = "".join(f"({line}) Tj T*\n" for line in escaped).encode("cp1252")
        content = b"BT /F1 11 Tf 14 TL 60 780 Td\n" + shown + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 1 0 R >> >> >>" % (parent, len(objects))
        )
    kids = b" ".join(b"%d 0 R" % (3 + 2 * number) for number in range(len(pages)))
    objects.append(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids))
    objects.append(b"<< /Type /Catalog /Pages %d 0 R >>" % parent)
    return _assemble(objects)


def _assemble(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(objects), len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
