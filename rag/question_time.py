"""Question → the time it asks about, if it speaks of time at all."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_MONTH_YEAR = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\.?,? ((?:19|20)\d\d)\b", re.I)
_MONTH_DAY_YEAR = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b", re.I)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\.?,? (?:of )?((?:19|20)\d\d)\b", re.I)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_RECENT = re.compile(
    r"\b(?:today|yesterday|tonight|this week|this month|last week|past week|recent(?:ly)?|latest|now|current(?:ly)?"
    r"|just|(?:on|last) (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.I,
)
_REPORTED_AFTER = timedelta(days=10)
_REPORTED_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, inclusive."""

    first: date
    last: date

    def covers(self, published: str | None) -> bool:
        """True when an article of that ISO date, of any precision, may fall into the period."""
        if not published:
            return False
        return self.first.isoformat()[: len(published)] <= published <= self.last.isoformat()[: len(published)]


def asked_period(question: str, asked_on: str | None = None) -> Period | None:
    """When articles that answer a question were probably published; None when it speaks of no time.

    A date in the question wins; else a word such as "this week" counts back from the day it was asked on.

    Args:
        asked_on: ISO date of full precision on which the question is asked.
    """
    named = _named_period(question)
    if named is not None:
        return named
    if asked_on and _RECENT.search(question):
        today = date.fromisoformat(asked_on[:10])
        return Period(today - _REPORTED_AFTER, today + _REPORTED_BEFORE)
    return None


def _named_period(question: str) -> Period | None:
    try:
        if match := _DAY_MONTH_YEAR.search(question):
            return _around(date(int(match[3]), _MONTHS[match[2].lower()], int(match[1])))
        if match := _MONTH_DAY_YEAR.search(question):
            return _around(date(int(match[3]), _MONTHS[match[1].lower()], int(match[2])))
    except ValueError:  # 31 June: read what is left of it
        pass
    if match := _MONTH_YEAR.search(question):
        year, month = int(match[2]), _MONTHS[match[1].lower()]
        last = date(year, month, calendar.monthrange(year, month)[1])
        return Period(date(year, month, 1), last + _REPORTED_AFTER)
    years = [int(y) for y in _YEAR.findall(question)]
    return Period(date(min(years), 1, 1), date(max(years), 12, 31)) if years else None


def _around(day: date) -> Period:
    return Period(day - _REPORTED_BEFORE, day + _REPORTED_AFTER)
