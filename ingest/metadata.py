"""Fields as found → checked fields with provenance. Unknown stays None; nothing is taken from the clock or the disk."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from ingest.dateline import Dateline, find_dateline
from ingest.dates import iso_date, narrowed, url_date
from ingest.language import detect_language
from ingest.records import Found, RawDocument
from rag.sentences import sentence_spans

FROM_CONTENT = "file name and text"
"""Where the id of an article comes from that names itself nowhere."""
MAX_ID, MAX_NAME, MAX_TITLE, MAX_URL = 200, 200, 300, 2000
_TITLE_FROM_TEXT = 90
_TRACKING = re.compile(
    r"^(?:utm_.*|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|cmpid|ncid|smid|source|at_.*|amp|outputtype)$", re.IGNORECASE
)
_OTHER_EDITION = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_LANGUAGE = re.compile(r"^(?P<main>[a-z]{2,3})(?:[-_][a-z0-9]{2,8})*$", re.IGNORECASE)
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)


@dataclass(slots=True)
class Metadata:
    """Checked fields under the names of `ArticleHead`, and where each came from."""

    values: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)

    def offer(self, name: str, value: str | None, where: str) -> None:
        """Takes a value for a field that has none yet."""
        if value and name not in self.values:
            self.values[name] = value
            self.provenance[name] = where

    def refine(self, name: str, value: str | None, where: str) -> None:
        """Takes a more precise value for a field that has one."""
        if value:
            self.values[name] = value
            self.provenance[name] += f", {where}"


def find_metadata(raw: RawDocument, story: str, top: Mapping[str, Found], site: str | None) -> Metadata:
    """All fields of an article but its id.

    Args:
        story: The cleaned text, without its headline and its captions.
        top: What the top of the text says, see `ingest.headline`.
        site: What `ingest.cleaning` learned of the site's name.
    """
    found = Metadata()
    for fields in (raw.fields, top):
        for name, value in fields.items():
            if name in _CHECKS:
                found.offer(name, check_field(name, value.value), value.where)
    # A dateline on a line of its own is no part of the cleaned text.
    dateline = find_dateline(story) or find_dateline(raw.text.lstrip()) or Dateline(0)
    if "title" not in found.values:
        found.offer("title", _title_from(story[(find_dateline(story) or Dateline(0)).end :]), "first sentence")
    found.offer("outlet", site, "page title")
    found.offer("outlet", dateline.agency, "dateline")
    if "language" not in found.values:
        found.offer("language", detect_language(story), "text")
    _find_published(found, dateline)
    found.values["title"] = _without_outlet(found.values.get("title", ""), found.values.get("outlet"))
    return found


def _find_published(found: Metadata, dateline: Dateline) -> None:
    """The day of publication as precise as all places together tell it; an update before it is none."""
    month, day = dateline.month, dateline.day
    in_url = url_date(found.values.get("url", ""))
    if dateline.year and month and day:
        found.offer("published", narrowed(dateline.year, month, day), "dateline")
    found.offer("published", in_url, "url")
    known = found.values.get("published", "")
    if known and in_url and in_url.startswith(known) and len(in_url) > len(known):
        found.refine("published", in_url, "url")
    known = found.values.get("published", "")
    if month and day and 0 < len(known) < len("2019-10-08"):
        found.refine("published", narrowed(known, month, day), "dateline")
    if known and found.values.get("updated", "") < found.values["published"]:
        found.values.pop("updated", None)
        found.provenance.pop("updated", None)


def check_field(name: str, value: str) -> str | None:
    """A field's value in the form it is stored in; None when it is not one."""
    return _CHECKS[name](value) if name in _CHECKS else one_line(value) or None


def clean_name(value: str, longest: int = MAX_NAME) -> str | None:
    """One printable line of at most `longest` characters, cut at a word; None when nothing is left."""
    return shorten(one_line(value), longest) or None


def one_line(value: str) -> str:
    """Single spaces, no control or invisible characters."""
    return " ".join("".join(c for c in value if c.isprintable() or c.isspace()).split())


def shorten(line: str, longest: int) -> str:
    """The line, cut at the last word that fits and marked with an ellipsis."""
    if len(line) <= longest:
        return line
    head = line[: longest - 1]
    if line[longest - 1] != " " and " " in head[longest // 2 :]:
        head = head.rsplit(" ", 1)[0]
    return head.rstrip(" ,;:-–—") + "…"


def clean_url(value: str) -> str | None:
    """An http(s) address without credentials; None for anything else."""
    url = value.strip()
    if len(url) > MAX_URL or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    netloc = host + (f":{port}" if port else "")
    return parts._replace(scheme=parts.scheme.lower(), netloc=netloc).geturl()


def normalise_url(url: str) -> str:
    """What two addresses of one page share: no scheme, www, tracking parameters, fragment or final slash.

    Its pages for telephones (m., amp.) are the same page.
    """
    parts = urlsplit(url)
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query) if not _TRACKING.match(k)))
    host = _OTHER_EDITION.sub("", parts.netloc.lower())
    path = parts.path.rstrip("/").removesuffix("/amp").removesuffix("/index.html")
    return host + path + (f"?{query}" if query else "")


def article_id(raw: RawDocument, url: str | None, text: str) -> tuple[str, str]:
    """An article's id and where it comes from: the given one, else the URL's, else file name and text."""
    given = raw.fields.get("id")
    if given and (name := one_line(given.value)[:MAX_ID].rstrip()):
        return name, given.where
    if url:
        return _digest(normalise_url(url))[:12], "url"
    plain = unicodedata.normalize("NFKD", raw.stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "article"
    return f"{slug}-{_digest(text)[:8]}", FROM_CONTENT


def content_hash(id: str, text: str, values: Mapping[str, str]) -> str:
    """SHA-256 over the text and every field of the head."""
    return _digest("\x1f".join([id, *(f"{k}\x1e{v}" for k, v in sorted(values.items())), text]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _title_from(text: str) -> str | None:
    spans = sentence_spans(text[:2000])
    return shorten(" ".join(text[spans[0][0] : spans[0][1]].split()), _TITLE_FROM_TEXT) if spans else None


def _clean_language(value: str) -> str | None:
    match = _LANGUAGE.match(value.strip())
    main = match["main"].lower() if match else ""
    return main if main not in ("", "und", "mul", "zxx") else None


def _without_outlet(title: str, outlet: str | None) -> str:
    """The title without the name of the site at its end: "Fees rise | Courier" → "Fees rise"."""
    head, separator, tail = title.rpartition(" | ") if " | " in title else title.rpartition(" - ")
    return head if separator and outlet and head and tail.casefold() == outlet.casefold() else title


def _clean_author(value: str) -> str | None:
    name = clean_name(_BY.sub("", value.strip()))
    return None if name and "://" in name else name


def _clean_title(value: str) -> str | None:
    return clean_name(value, MAX_TITLE)


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "title": _clean_title,
    "url": clean_url,
    "outlet": clean_name,
    "author": _clean_author,
    "published": iso_date,
    "updated": iso_date,
    "language": _clean_language,
}
