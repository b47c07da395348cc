"""The opening "BEIJING, Oct. 8 (Reuters) -" of a report → where it was written, for whom, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.dates import DAY_OF_MONTH, month_number

_CAPITALS, _CAPITAL = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’-]+", r"[A-ZÀ-Þ][\w.'’-]*"
_PLACE = rf"{_CAPITALS}(?: {_CAPITALS}){{0,4}}(?:[,/] ?{_CAPITAL}(?: {_CAPITAL}){{0,2}}){{0,2}}"
_BETWEEN = "(?:[ /]|, )"
_TITLE_PLACE = rf"{_CAPITAL}(?:{_BETWEEN}{_CAPITAL}){{0,5}}?{_BETWEEN}?"
_AGENCY = r"[A-Z][\w.&' -]{1,30}?(?:[,/] ?[A-Z][\w.&' -]{1,30}?){0,3}"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_WHEN = rf"(?:[A-Z][a-z]+day,? )?{DAY_OF_MONTH}{_YEAR}"
_END = r" ?(?:--|[-–—―])(?: |$)"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_PLACE},? ?\({_WHEN}\){_END}",
        rf"{_PLACE},? {_WHEN}(?: ?\((?P<agency>{_AGENCY})\))?{_END}",
        rf"{_PLACE} ?\((?P<agency>{_AGENCY})\){_END}",
        rf"(?:{_TITLE_PLACE} ?)?\((?P<agency>CNN(?: Business)?|Reuters|AP|AFP)\)(?:{_END}| (?=[A-Z“\"]))",
        rf"(?:{_TITLE_PLACE} )?(?P<agency>CNN(?: Business)?){_END}",
        rf"{_PLACE}{_END}",
    )
)
_KEPT_CAPITAL = 4
"""Letters; a longer name in capitals is written REUTERS for Reuters, a shorter one is AP."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """What a dateline says; `end` is where the report begins.

    Attributes:
        agency: As the agency writes itself, such as "Reuters" or "AP"; several are joined by commas.
        year: None where only day and month are named, as is usual.
    """

    end: int
    agency: str | None = None
    year: str | None = None
    month: int | None = None
    day: int | None = None


def find_dateline(text: str) -> Dateline | None:
    """The dateline a text begins with, None without one."""
    start = text[:160].split("\n", 1)[0]
    for pattern in _DATELINES:
        if match := pattern.match(start):
            return _read(match)
    return None


def _read(match: re.Match[str]) -> Dateline:
    parts = match.groupdict()
    month = parts.get("month") or parts.get("month2")
    day = parts.get("day") or parts.get("day2")
    return Dateline(
        end=match.end(),
        agency=_agency(parts["agency"]) if parts.get("agency") else None,
        year=parts.get("year"),
        month=month_number(month) if month else None,
        day=int(day) if day else None,
    )


def _agency(value: str) -> str:
    names = (name.strip() for name in re.split(r"[,/]", value))
    return ", ".join(n.capitalize() if n.isupper() and len(n) > _KEPT_CAPITAL else n for n in names if n)
