"""Article → the words that say who published it and when, set before a sentence quoted from it."""

from __future__ import annotations

import calendar

from rag.records import ArticleHead


def lead_in(head: ArticleHead) -> str | None:
    """ "Harbour Wire, 8 Oct 2019"; what is not known is left out, None when nothing is."""
    return ", ".join(part for part in (head.outlet, short_date(head.published)) if part) or None


def short_date(published: str | None) -> str:
    """ "8 Oct 2019" of 2019-10-08, "Oct 2019" of 2019-10, "2019" of 2019, "" of None."""
    if not published:
        return ""
    year, _, rest = published.partition("-")
    month, _, day = rest.partition("-")
    return " ".join(part for part in (day.lstrip("0"), calendar.month_abbr[int(month or 0)], year) if part)
