"""What the readers' tests share: a short story, small files of every kind, and what came of reading one."""

from __future__ import annotations

import email.message
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from email.policy import SMTP

from ingest.records import RawDocument, Skipped

FEES = "The harbour board of Port Anders voted on Tuesday to raise berth fees by 12 per cent from January."
MUD = "Board chair Lena Holt said the money would pay for dredging. “We cannot promise deep water and deliver mud.”"
VOTE = "The vote was 7 to 2, and both members who opposed the plan represent villages south of the city."
STORY = f"{FEES}\n\n{MUD}\n\n{VOTE}"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(items: Sequence[RawDocument | Skipped]) -> RawDocument:
    """The only document that was read."""
    (item,) = items
    assert isinstance(item, RawDocument), item
    return item


def reason(items: Sequence[RawDocument | Skipped]) -> str:
    """Why the only document was skipped."""
    (item,) = items
    assert isinstance(item, Skipped), item
    return item.reason


def values(document: RawDocument) -> dict[str, str]:
    """The fields of a document without where they came from."""
    return {name: found.value for name, found in document.fields.items()}


def json_lines(*objects: object) -> str:
    """One line of JSON an object."""
    return "".join(json.dumps(o) + "\n" for o in objects)


def make_zip(files: Mapping[str, bytes | str], packed: bool = True) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_tar(files: Mapping[str, bytes], *others: tarfile.TarInfo) -> bytes:
    """A tar archive; `others` are entries without content, such as links."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in others:
            archive.addfile(info)
    return out.getvalue()


def make_docx(body: str, before: str = "", **parts: bytes | str) -> bytes:
    """A Word document; `body` is the XML within w:body, `before` what precedes the root element."""
    xml = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return make_zip({"word/document.xml": xml, **{f"word/{name}.xml": part for name, part in parts.items()}})


def word_paragraphs(*texts: str) -> str:
    """Paragraphs of a Word document."""
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


def make_mail(text: str | None, html: str | None = None, **headers: str) -> bytes:
    """A mail with a plain part, an HTML part or both."""
    message = email.message.EmailMessage(policy=SMTP)
    for name, value in {"From": "Mia Sund <mia@courier.example>", "Subject": "Fees rise", **headers}.items():
        message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None and text is not None:
        message.add_alternative(html, subtype="html")
    elif html is not None:
        message.set_content(html, subtype="html")
    return message.as_bytes()


def make_page(*texts: str, head: str = "") -> str:
    """A web page of some paragraphs."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    return f"<html><head><title>Fees rise</title>{head}</head><body><article>{body}</article></body></html>"


def make_warc(*pages: tuple[str, str, bytes]) -> bytes:
    """A WARC of responses; each is (address, HTTP status line and headers, body)."""
    records = []
    for address, headers, body in pages:
        payload = headers.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
        record = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{len(records)}>\r\n"
        record += f"WARC-Date: 2024-03-01T00:00:00Z\r\nWARC-Target-URI: {address}\r\n"
        record += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(payload)}\r\n\r\n"
        records.append(record.encode() + payload + b"\r\n\r\n")
    return b"".join(records)


def make_rss(*entries: str, head: str = "<title>Anders Courier</title><language>en-gb</language>") -> str:
    """An RSS feed; each entry is the XML within its item."""
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {space}><channel>{head}{items}</channel></rss>'
