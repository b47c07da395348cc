"""The top of a plain text → its headline, byline and date lines, and the body below them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.captions import is_caption
from ingest.dates import iso_date
from ingest.records import Found
from rag.sentences import sentence_spans

_LONGEST_HEADLINE = 160
_LINES = 5
"""Lines below the headline that may be byline and dates."""
_ENDS_SENTENCE = re.compile(r"[.。;,:][\"'”’»)\]]*$")
_NAME = r"[A-ZÀ-ÖØ-Þ](?:[\w'’-]*[\w]|\.)?"
_NAMES = rf"{_NAME}(?:,? (?:{_NAME}|and|&|de|da|van|von|der|bin|al)){{1,7}}"
_PAPER = (
    r"(?:News|Times|Post|Press|Journal|Tribune|Herald|Gazette|Register|Star|Sun|Republic|Courier|Chronicle|Examiner|"
    r"Enquirer|Dispatch|Observer|Record|Network|Online|Sentinel|Citizen|Democrat|Bee|Globe|Mail|Guardian|Telegraph|Wire|"
    r"Today|TODAY|TODAY Sports|TODAY NETWORK)"
)
_ORGANISATION = (
    rf"(?:(?:The )?(?:Associated Press|AP|Reuters|REUTERS|AFP|Agence France-Presse|Bloomberg|Xinhua|CNN|BBC News)|"
    rf"Special (?:to|for) .{{2,40}}|From .{{2,60}} (?:and wire|wire|staff) (?:reports|services)|"
    rf"(?:{_NAME} ){{1,4}}{_PAPER}|(?:{_NAME} ){{0,3}}(?:[Ss]taff|[Cc]ontributor|Columnist|columnist|[Rr]eporter))"
)
_BYLINE = re.compile(rf"(?:By|BY|by):? (?P<name>{_NAMES})(?:[,|] ?{_ORGANISATION})?")
_SIGNED = re.compile(rf"(?P<name>{_NAMES})(?:,| [|]| -) {_ORGANISATION}")
_NAME_LINE = re.compile(_NAMES)
_ORGANISATION_LINE = re.compile(_ORGANISATION)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|@\w{3,}")
_DAY = (
    r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,? )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.?,? \d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|"
    r"\d{4}-\d{2}-\d{2})"
)
_TIME = r"(?:[,T ]+(?:at )?\d{1,2}[:.]\d{2}(?:(?!Updated|Modified).){0,20}?)?"
_LABEL = r"(?:First |Last )?(?:Published|Posted|Updated|Modified)"
_DATE_LINE = re.compile(
    rf"(?P<label>{_LABEL})?(?: on| at)?:? ?(?P<day>{_DAY}){_TIME}"
    rf"(?:[ |·,-]+(?:Last )?(?:Updated|Modified)(?: on| at)?:? ?(?P<updated>{_DAY}){_TIME})?",
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
        rest = rest.lstrip("\n")
        found = _byline_or_dates(line, rest.partition("\n")[0])
        if found is None or not rest.strip():
            break
        for name, value in found.items():
            fields.setdefault(name, value)
        body = rest
    return Top(body, fields)


def _split_headline(text: str) -> tuple[str | None, str]:
    head, _, rest = text.partition("\n")
    if not rest.strip() or _byline_or_dates(head, "") is not None or is_caption(head):
        return None, text
    is_headline = len(head) < _LONGEST_HEADLINE and not _ENDS_SENTENCE.search(head) and not head.startswith("- ")
    if is_headline and len(sentence_spans(head)) <= 2:
        return head, rest.lstrip("\n")
    return None, text


def _byline_or_dates(line: str, following: str) -> Mapping[str, Found] | None:
    """What a line says if it is a byline, part of one, or a line of dates; None if it may be story.

    Args:
        following: The line below: a bare name is a byline only above an organisation or an address.
    """
    byline = _BYLINE.fullmatch(line) or _SIGNED.fullmatch(line)
    if byline:
        return {"author": Found(byline["name"], "byline")}
    if _ORGANISATION_LINE.fullmatch(line) or _ADDRESS.fullmatch(line):
        return {}
    if _NAME_LINE.fullmatch(line) and (_ORGANISATION_LINE.fullmatch(following) or _ADDRESS.fullmatch(following)):
        return {"author": Found(line, "byline")}
    return _dates(line)


def _dates(line: str) -> Mapping[str, Found] | None:
    dated = _DATE_LINE.fullmatch(line)
    if not dated or not iso_date(dated["day"]):
        return None
    is_update = (dated["label"] or "").lower().endswith(("updated", "modified"))
    found = {"updated" if is_update else "published": Found(dated["day"], "date line")}
    if dated["updated"]:
        found["updated"] = Found(dated["updated"], "date line")
    return found
