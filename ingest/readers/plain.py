"""Plain text: front matter, then the text as it is."""

from __future__ import annotations

from ingest.cleaning import normalise_characters, unwrap
from ingest.encoding import Decoded, decode
from ingest.readers.front_matter import split_front_matter
from ingest.records import RawDocument
from ingest.sources import SourceFile


def read_plain(file: SourceFile, data: bytes) -> RawDocument:
    """One article.

    Raises:
        Unreadable: Binary data or an encoding that cannot be told.
    """
    decoded = decode(data)
    fields, text = split_front_matter(normalise_characters(decoded.text))
    return RawDocument(file.name, file.stem, "text", unwrap(text), fields, encoding_notes(decoded))


def encoding_notes(decoded: Decoded) -> dict[str, str]:
    """What decoding had to assume or replace, for `Article.provenance`; empty for clean Unicode."""
    notes = {} if decoded.encoding.startswith("utf") else {"encoding": decoded.encoding}
    if decoded.replaced:
        notes["replaced_bytes"] = str(decoded.replaced)
    if decoded.repaired:
        notes["repaired_mojibake"] = str(decoded.repaired)
    return notes
