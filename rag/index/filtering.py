"""Filters → the numbers of the passages that may answer."""

from __future__ import annotations

from rag.index.store import Store
from rag.records import Filters


def allowed_passages(store: Store, filters: Filters) -> list[int]:
    """Passages of the articles that meet every given filter; text comparisons ignore case."""
    conditions: list[str] = []
    values: list[str] = []
    for column, wanted in (
        ("outlet", filters.outlets),
        ("author", filters.authors),
        ("language", filters.languages),
        ("id", filters.article_ids),
    ):
        if wanted:
            conditions.append(f"casefold(a.{column}) IN ({', '.join('?' * len(wanted))})")
            values += [w.casefold() for w in wanted]
    # A date of lower precision stands for its whole month or year: it passes when it may lie inside.
    if filters.since:
        conditions.append("a.published >= substr(?, 1, length(a.published))")
        values.append(filters.since)
    if filters.until:
        conditions.append("substr(a.published, 1, length(?)) <= ?")
        values += [filters.until, filters.until]
    return store.numbers_where(" AND ".join(conditions), values)
