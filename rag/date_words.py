"""ISO date → the words in which a question would name it."""

from __future__ import annotations

import calendar


def date_words(published: str | None) -> str:
    """ "8 October 2019" of 2019-10-08, "October 2019" of 2019-10, "2019" of 2019, "" of None."""
    if not published:
        return ""
    year, _, rest = published.partition("-")
    month, _, day = rest.partition("-")
    return " ".join(part for part in (day.lstrip("0"), calendar.month_name[int(month or 0)], year) if part)
