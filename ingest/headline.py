"""The top of a plain text → its headline, byline and date lines, and the body below them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.dates import iso_date
from ingest.records import Found
from rag.sentences import sentence_spans

_LONGEST_HEADLINE = 160
_LINES = 4
"""Lines below the headline that may be byline and dates."""
_ENDS_SENTENCE = re.compile(r"[.。;,:][\"'”’»)\]]*$")
_NAME = r"[A-ZÀ-ÖØ-Þ](?:[\w'’-]*[\w]|\.)?"
_BYLINE = re.compile(rf"(?:By|BY|by):? (?P<name>{_NAME}(?:,? (?:{_NAME}|and|&|de|da|van|von|der|bin|al)){{1,7}})")
_DAY = (
    r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,? )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.?,? \d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|"
    r"\d{4}-\d{2}-\d{2})"
)
_DATE_LINE = re.compile(
    rf"(?P<label>(?:First |Last )?(?:Published|Posted|Updated|Modified))?(?: on| at)?:? ?(?P<day>{_DAY})"
    r"(?:[,T ]+(?:at )?\d{1,2}[:.]\d{2}.{0,20})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Top:
    """What the top of a text says about it, and the text without it."""

    body: str
    fields: dict[str, Found] = field(default_factory=dict)


def split_top(text: str, has_title: bool = False) -> Top:
    """Takes headline, byline and date lines off a text; a line that may be story stays in the body.

    Args:
        has_title: The title is known from elsewhere, so the first line is no headline.
    """
    headline, body = (None, text) if has_title else _split_headline(text)
    fields = {"title": Found(headline, "first line")} if headline else {}
    for _ in range(_LINES):
        line, _, rest = body.partition("\n")
        found = _byline_or_date(line)
        if not found or not rest.strip():
            break
        fields.setdefault(*found)
        body = rest.lstrip("\n")
    return Top(body, fields)


def _split_headline(text: str) -> tuple[str | None, str]:
    head, _, rest = text.partition("\n")
    is_headline = len(head) < _LONGEST_HEADLINE and not _ENDS_SENTENCE.search(head) and not head.startswith("- ")
    if is_headline and rest.strip() and not _byline_or_date(head) and len(sentence_spans(head)) <= 2:
        return head, rest.lstrip("\n")
    return None, text


def _byline_or_date(line: str) -> tuple[str, Found] | None:
    if byline := _BYLINE.fullmatch(line):
        return "author", Found(byline["name"], "byline")
    dated = _DATE_LINE.fullmatch(line)
    if dated and iso_date(dated["day"]):
        is_update = (dated["label"] or "").lower().endswith(("updated", "modified"))
        return ("updated" if is_update else "published"), Found(dated["day"], "date line")
    return None
