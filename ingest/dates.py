"""Dates as sources write them → ISO at the precision they give ("2019", "2019-10", "2019-10-08"). Never a guess."""

from __future__ import annotations

import datetime
import re

FIRST_YEAR, LAST_YEAR = 1600, 2200
"""A year outside is a typing error, not a date of news."""

_MONTH_NAMES = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_MONTHS = {name: number for names in _MONTH_NAMES for number, name in enumerate(names.split(), start=1)} | {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?"
_YEAR = r"(?P<year>\d{4})"
_ISO = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2})(?:[T ]\d{1,2}:.*)?)?)?$")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T?\d{4}(?:\d{2})?Z?)?$")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?$")
_SLASHED = re.compile(r"(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<year>\d{4})\b")
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_DAY}(?: of| de)? {_MONTH},?(?: de)? {_YEAR}\b",
        rf"\b{_MONTH} {_DAY},? {_YEAR}\b",
        rf"^{_MONTH},?(?: de)? {_YEAR}$",
    )
)
_CJK = re.compile(r"(?P<year>\d{4}) ?[年년] ?(?:(?P<month>\d{1,2}) ?[月월] ?(?:(?P<day>\d{1,2}) ?[日일号])?)?")
_URL_PACKED = re.compile(r"/(?P<year>20\d{2})/?(?P<month>0[1-9]|1[0-2])(?:/?(?P<day>[0-2]\d|3[01]))?/")
_URL = re.compile(r"/(?P<year>(?:19|20)\d{2})[/-](?P<month>\d{1,2}|[a-z]{3})(?:[/-](?P<day>\d{1,2}))?(?=[/-])", re.I)
DAY_OF_MONTH = rf"(?:(?i:{_MONTH}) {_DAY}|{_DAY.replace('day', 'day2')} (?i:{_MONTH.replace('month', 'month2')}))"
"""A day without its year, in groups month and day or month2 and day2."""


def iso_date(value: str) -> str | None:
    """The date a value names, at the precision it gives; None if it names none or an impossible one.

    "03/04/2020" names two days, so only its year is taken.
    """
    text = " ".join(value.split())[:80]
    if match := _ISO.match(text) or _COMPACT.match(text):
        return _iso(match["year"], match["month"], match["day"])
    if _EPOCH.match(text):
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(text[:10]))
        return moment.date().isoformat()
    if match := _SLASHED.search(text):
        return _slashed(match)
    if match := _CJK.search(text):
        return _iso(match["year"], match["month"], match["day"])
    for pattern in _WRITTEN:
        if match := pattern.search(text):
            parts = match.groupdict()
            return _iso(parts["year"], str(_MONTHS[parts["month"].lower()]), parts.get("day"))
    return None


def url_date(url: str) -> str | None:
    """The date in a path such as /2019/10/08/, /2019/oct/08/ or /2019/1008/; at least year and month."""
    for match in filter(None, (_URL.search(url), _URL_PACKED.search(url))):
        month = match["month"].lower()
        number = month if month.isdigit() else str(_MONTHS.get(month, 0))
        if date := _iso(match["year"], number, match["day"]):
            return date
    return None


def month_number(name: str) -> int:
    """1 to 12 for the name of a month.

    Raises:
        KeyError: It is none.
    """
    return _MONTHS[name.lower().rstrip(".")]


def narrowed(date: str, month: int, day: int) -> str | None:
    """A year or a month as the day of it that is named elsewhere; None where the two do not fit."""
    found = _iso(date[:4], str(month), str(day))
    return found if found is not None and found.startswith(date) else None


def _slashed(match: re.Match[str]) -> str | None:
    a, b, year = int(match["a"]), int(match["b"]), match["year"]
    if a > 12 or a == b:
        return _iso(year, str(b), str(a))
    return _iso(year, str(a), str(b)) if b > 12 else _iso(year, None, None)


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    if not month:
        return year
    try:
        date = datetime.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    return date.isoformat() if day else date.isoformat()[:7]
