"""Relative times of the sources in figures: "last year" of a text of 2020 is 2019."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from rag.claims.texts import MONTHS, Sources

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_FULL_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) ([12]\d{{3}})\b")
_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d\d)(?![\d.,]\d)\b")
_MOST_DATES = 5


def relative_times(sources: Sources) -> Iterator[tuple[str, Decimal]]:
    """As written, and the year or day of the month it can mean.

    "Last" and "next year" count from every year the sources name, days from the full dates they give (a
    date line does), a weekday as the last one up to that date or the first one after it.
    """
    for words, step in ((("last", "year"), -1), (("next", "year"), 1)):
        if words in sources.by_bigram:
            for year in {int(y) for s in sources.sentences for y in _YEAR.findall(s.text)}:
                yield " ".join(words), Decimal(year + step)
    for published in islice(_full_dates(sources), _MOST_DATES):
        for name, back in _days(sources.words, published):
            yield name, Decimal((published - timedelta(days=back)).day)


@lru_cache(maxsize=64)
def days_meant(sources: Sources) -> frozenset[tuple[int, int]]:
    """(month, day) of the full dates the sources give and of the weekdays they name."""
    found: set[tuple[int, int]] = set()
    for published in islice(_full_dates(sources), _MOST_DATES):
        for _, back in (("", 0), *_days(sources.words, published)):
            day = published - timedelta(days=back)
            found.add((day.month, day.day))
    return frozenset(found)


def _full_dates(sources: Sources) -> Iterator[date]:
    for sentence in sources.sentences:
        for day, month, year in _FULL_DATE.findall(sentence.text):
            try:
                yield date(int(year), MONTHS.index(month) + 1, int(day))
            except ValueError:
                continue


def _days(words: frozenset[str], published: date) -> Iterator[tuple[str, int]]:
    """Day words of the sources, and how many days before the publication each can lie; negative is after it."""
    if "yesterday" in words:
        yield "yesterday", 1
    for number, name in enumerate(WEEKDAYS):
        if name in words:
            back = (published.weekday() - number) % 7
            yield name.capitalize(), back
            yield name.capitalize(), back - 7
