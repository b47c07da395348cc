"""Article → the words that say who published it and when, set before a sentence quoted from it."""

from __future__ import annotations

import calendar

from rag.instructions import looks_like_instruction
from rag.records import ArticleHead

_LONGEST_NAME = 60


def lead_in(head: ArticleHead) -> str | None:
    """ "Harbour Wire, 8 Oct 2019"; what is not known is left out, None when nothing is.

    An outlet that is no name but a message is not named in an answer; its card shows it.
    """
    outlet = head.outlet if head.outlet and _is_name(head.outlet) else None
    return ", ".join(part for part in (outlet, short_date(head.published)) if part) or None


def _is_name(outlet: str) -> bool:
    return len(outlet) <= _LONGEST_NAME and not looks_like_instruction(outlet)


def short_date(published: str | None) -> str:
    """ "8 Oct 2019" of 2019-10-08, "Oct 2019" of 2019-10, "2019" of 2019, "" of None; what is no date as it is."""
    if not published:
        return ""
    year, _, rest = published.partition("-")
    month, _, day = rest.partition("-")
    try:
        named = calendar.month_abbr[int(month or 0)]
    except (ValueError, IndexError):
        return published
    return " ".join(part for part in (day.lstrip("0"), named, year) if part)
