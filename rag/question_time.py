"""Question → the time it asks about, if it speaks of time at all."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from rag.errors import QuestionError

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_MONTH_YEAR = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\.?,? ((?:19|20)\d\d)\b", re.I)
_MONTH_DAY_YEAR = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b", re.I)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\.?,? (?:of )?((?:19|20)\d\d)\b", re.I)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_MONTH_NAME = "|".join(name.title() for name in sorted(_MONTHS, key=len, reverse=True))  # "may" is a verb
_DAY_OF_MONTH = re.compile(
    rf"\b({_MONTH_NAME})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH_NAME})\b"
)
_MONTH_ALONE = re.compile(rf"\b(?:in|last|this|since|during|of|early|late) ({_MONTH_NAME})\b(?! \d)")
_WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
_WEEKDAY = re.compile(
    r"(?<!\bnext )(?<!\b(?:Ash|Red) )(?<!\b(?:Good|Palm) )(?<!\b(?:Black|Super|Cyber) )(?<!\b(?:Bloody|Easter|Freaky) )"
    rf"\b({'|'.join(_WEEKDAYS)})\b(?! (?:Night|Times|Addams|Group))",
    re.I,
)
_AGO = re.compile(r"\b(a|an|one|two|three|four|five|six|\d{1,2}) (day|week|month)s? ago\b", re.I)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_UNITS = {"day": 1, "week": 7, "month": 30}
_IRREGULAR = """become begun broken brought built bought caught chosen come cut done drawn fallen fought found given
gone got grown had held hit hurt kept laid led left lost made met overtaken paid put quit risen run
said seen sent set shot shown shut sold spent split stood struck sunk sworn taken thrown told torn
withdrawn won written""".split()
_BETWEEN = r"(?: (?!to\b)[\w’'.-]+)"
_PERFECT = rf"(?<!\bto )\b(?:[Hh]as|[Hh]ave)\b(?! to\b){_BETWEEN}{{0,4}}? (?:[a-z]{{2,}}ed|{'|'.join(_IRREGULAR)})\b"
_NO_VERBS = "during nothing something anything everything according including following regarding"
_PROGRESSIVE = (
    rf"\b(?:[Ii]s|[Aa]re)\b{_BETWEEN}{{0,3}}? "
    rf"(?<!\bthe )(?<!\ba )(?<!\ban )(?!(?:{_NO_VERBS.replace(' ', '|')})\b)[a-z]{{2,}}ing\b"
)
_NEW = r"\b(?:new|newly|newest|next|upcoming|soon)\b"
_NEWS = re.compile(f"{_PERFECT}|{_PROGRESSIVE}|{_NEW}")
""" "The dictionary has named", "has it named", "is the bank suing", "his new book": news of these days."""
_RECENTLY = 10
_SPANS = (
    (
        re.compile(
            r"\b(?:(?<!\bUSA )(?<!\bRussia )today|tonight|this (?:morning|afternoon|evening)|yesterday)\b", re.I
        ),
        2,
    ),
    (re.compile(r"\b(?:last week|(?:last|past|this|the) weekend)\b", re.I), 14),
    (re.compile(r"\b(?:this week|past week|recent(?:ly)?|latest|now|current(?:ly)?|just)\b", re.I), _RECENTLY),
    (re.compile(r"\b(?:this|past) month\b", re.I), 31),
)
"""Words of time and how many days before the day of asking they reach back."""
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

    def closeness(self, published: str | None) -> float:
        """1 for an article that it covers, less for each day outside, 0 from the tenth day and without a date."""
        if self.covers(published):
            return 1.0
        try:
            day = date.fromisoformat(((published or "") + "-01-01")[:10])
        except ValueError:
            return 0.0
        outside = max(self.first - day, day - self.last)
        return max(0.0, 1 - outside / _REPORTED_AFTER)


def asked_period(question: str, asked_on: str | None = None) -> Period | None:
    """When articles that answer a question were probably published; None when it speaks of no time.

    A date in the question wins, and so does a year that was over by then: "the latest figure for 2019". Else words
    such as "this week", "on Monday", "in May" or "last year" are counted from the day it was asked on: "who left the
    2024 race last weekend". What "has happened", "is happening" or is "new" or "next" is else of the last days.

    Args:
        asked_on: ISO date of full precision on which the question is asked.

    Raises:
        QuestionError: `asked_on` is no such date.
    """
    today = _day_asked(asked_on) if asked_on else None
    named = _named_day_or_month(question)
    years = _named_years(question)
    if today is None or named is not None or (years and years.last.year < today.year):
        return named or years
    try:
        return _relative_period(question, today) or years or _news_period(question, today)
    except OverflowError:  # before year 1 or after 9999: no article is from then
        return years


def _day_asked(asked_on: str) -> date:
    try:
        return date.fromisoformat(asked_on[:10])
    except ValueError:
        raise QuestionError(f"the question's date {asked_on[:20]!a} is no day. Write YYYY-MM-DD.") from None


def _relative_period(question: str, today: date) -> Period | None:
    until = today + _REPORTED_BEFORE
    for words, days in _SPANS:
        if words.search(question):
            return Period(today - timedelta(days=days), until)
    if match := _AGO.search(question):
        unit = _UNITS[match[2].lower()]
        count = _COUNTS.get(match[1].lower()) or int(match[1])
        return Period(today - timedelta(days=count * unit + (unit + 1) // 2), until)
    if match := _WEEKDAY.search(question):
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS[match[1].lower()]) % 7)
        return Period(day - timedelta(days=1), until)
    return _month_without_year(question, today) or _year_in_words(question, today)


def _news_period(question: str, today: date) -> Period | None:
    """The last days, for a question about what is new: in the present perfect or progressive, or by a word for it."""
    return Period(today - timedelta(days=_RECENTLY), today + _REPORTED_BEFORE) if _NEWS.search(question) else None


def _month_without_year(question: str, today: date) -> Period | None:
    """The nearest such day, which may be to come; the last such month."""
    if match := _DAY_OF_MONTH.search(question):
        month, day = (_MONTHS[(match[1] or match[4]).lower()], int(match[2] or match[3]))
        try:
            days = [date(today.year + shift, month, day) for shift in (-1, 0, 1)]
        except ValueError:  # 31 June, or 29 February
            return None
        return _around(min(days, key=lambda d: abs(d - today)))
    if match := _MONTH_ALONE.search(question):
        month = _MONTHS[match[1].lower()]
        return _month(today.year if month <= today.month else today.year - 1, month)
    if re.search(r"\blast month\b", question, re.I):
        before = today.replace(day=1) - timedelta(days=1)
        return _month(before.year, before.month)
    return None


def _year_in_words(question: str, today: date) -> Period | None:
    if re.search(r"\bthis (?:year|season)\b", question, re.I):
        return Period(date(today.year, 1, 1), today + _REPORTED_BEFORE)
    if re.search(r"\blast year\b", question, re.I):
        return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31) + _REPORTED_AFTER)
    return None


def _named_day_or_month(question: str) -> Period | None:
    try:
        if match := _DAY_MONTH_YEAR.search(question):
            return _around(date(int(match[3]), _MONTHS[match[2].lower()], int(match[1])))
        if match := _MONTH_DAY_YEAR.search(question):
            return _around(date(int(match[3]), _MONTHS[match[1].lower()], int(match[2])))
    except ValueError:  # 31 June: read what is left of it
        pass
    months = [_month(int(m[2]), _MONTHS[m[1].lower()]) for m in _MONTH_YEAR.finditer(question)]
    if not months:
        return None
    return Period(min(m.first for m in months), max(m.last for m in months))


def _named_years(question: str) -> Period | None:
    years = [int(y) for y in _YEAR.findall(question)]
    return Period(date(min(years), 1, 1), date(max(years), 12, 31)) if years else None


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]) + _REPORTED_AFTER)


def _around(day: date) -> Period:
    return Period(day - _REPORTED_BEFORE, day + _REPORTED_AFTER)
