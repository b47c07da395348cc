"""Mails (.eml) → the text of their body; pages saved as .mhtml, which are mails in form → the page."""

from __future__ import annotations

import email
import re
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import parseaddr

from ingest.cleaning import normalise_characters, unwrap
from ingest.encoding import Decoded, decode
from ingest.readers.faults import broken
from ingest.readers.markup import markup_text
from ingest.readers.plain import encoding_notes
from ingest.readers.webpage import page_document
from ingest.records import Found, RawDocument, Unreadable
from ingest.sources import SourceFile

_MAX_HEADER = 50_000
"""Bytes; the standard library takes quadratic time for some headers."""
_MAX_MULTIPARTS = 200
_MAX_PART_HEADER = 5_000
_PART_HEADER = re.compile(rb"^content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_PREFIX = re.compile(r"^(?:(?:fwd?|wg|tr|re|aw)\s*:\s*)+", re.IGNORECASE)


def read_mail(file: SourceFile, data: bytes) -> RawDocument:
    """One article. The mail's date is only used where the text states none.

    Raises:
        Unreadable: No mail, or none with a text.
    """
    message = _parse(data)
    with broken("mail"):
        if not any(message[name] for name in ("From", "Subject", "Date", "To", "Received")):
            raise Unreadable("not a mail: none of the headers From, To, Subject and Date")
        text, notes = _text(message)
        if not text.strip():
            raise Unreadable(_without_text(message))
        name, address = parseaddr(str(message["From"] or ""))
        stated = {
            "title": (_PREFIX.sub("", str(message["Subject"] or "")), "mail subject"),
            "author": (name or address, "mail sender"),
        }
        fields = {key: Found(value, where) for key, (value, where) in stated.items() if value.strip()}
        date = str(message["Date"] or "").strip()
    fallback = {"published": Found(date, "mail date")} if date else {}
    return RawDocument(file.name, file.stem, "mail", unwrap(text), fields, notes, fallback)


def read_mhtml(file: SourceFile, data: bytes) -> RawDocument:
    """The page a browser saved into one file.

    Raises:
        Unreadable: No page in it, or none that reads as an article.
    """
    message = _parse(data)
    with broken("MHTML"):
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        if page is None:
            raise Unreadable("no HTML page in the MHTML file")
        content = _content(page)
        address = str(message["Snapshot-Content-Location"] or page["Content-Location"] or "")
        declared = page.get_content_charset()
    return page_document(file.name, file.stem, content, declared, address)


def _parse(data: bytes) -> EmailMessage:
    end = _HEADER_END.search(data)
    if (end.start() if end else len(data)) > _MAX_HEADER:
        raise Unreadable(f"not a mail: no end of its headers in {_MAX_HEADER:,} bytes")
    if data.count(b"multipart/") > _MAX_MULTIPARTS:
        raise Unreadable(f"mail of more than {_MAX_MULTIPARTS} parts that have parts themselves")
    if any(len(header[0]) > _MAX_PART_HEADER for header in _PART_HEADER.finditer(data)):
        raise Unreadable(f"mail with a Content header of more than {_MAX_PART_HEADER:,} bytes")
    with broken("mail"):
        return email.message_from_bytes(data, policy=default)


def _text(message: EmailMessage) -> tuple[str, dict[str, str]]:
    """The plain part, or the HTML part where it says much more ("view this in your browser")."""
    plain, plain_notes = _decoded(message, "plain")
    html, html_notes = _decoded(message, "html")
    text = normalise_characters(markup_text(html)) if html else ""
    plain = normalise_characters(plain)
    return (text, html_notes) if len(text) > 2 * len(plain) else (plain, plain_notes)


def _decoded(message: EmailMessage, kind: str) -> tuple[str, dict[str, str]]:
    part = message.get_body(preferencelist=(kind,))
    if part is None or part.get_content_maintype() != "text":
        return "", {}
    content = _content(part)
    decoded = decode(content, part.get_content_charset()) if content else Decoded("", "utf-8")
    return decoded.text, encoding_notes(decoded)


def _content(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _without_text(message: EmailMessage) -> str:
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    return f"mail without text, only attachments: {', '.join(map(repr, names[:5]))}" if names else "mail without text"
