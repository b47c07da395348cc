"""The articles of a library → one page of a list: searched, filtered, sorted on the server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from rag.records import ArticleHead
from rag.tokens import normalise
from web.markup import day, inline, open_button, plural, table_head

PAGE_ROWS = 50

SORTS: dict[str, tuple[Callable[[ArticleHead], Any], bool]] = {
    "Newest first": (lambda head: head.published or "", True),
    "Oldest first": (lambda head: head.published or "9999", False),
    "Title": (lambda head: head.title.casefold(), False),
    "Outlet": (lambda head: (head.outlet is None, (head.outlet or "").casefold()), False),
    "Most copies": (lambda head: 0, True),  # counted by `Listing`, which alone knows the copies
}
NEWEST, MOST_COPIES = "Newest first", "Most copies"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked the list for.

    Attributes:
        search: Every word must stand in title, outlet, author, date or id.
        since, until: ISO dates of any precision; an article without a date never passes.
        page: 1 is the first; one beyond the last gives the last.
    """

    search: str = ""
    outlets: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    sort: str = NEWEST
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list.

    Attributes:
        first: Number of the first row among the found, from 1.
        found: How many articles match on all pages.
    """

    rows: tuple[ArticleHead, ...]
    number: int
    pages: int
    first: int
    found: int


class Listing:
    """The heads of one generation of a library, with what a search looks at prepared."""

    def __init__(self, heads: Sequence[ArticleHead]) -> None:
        self._heads = [(head, _searchable(head)) for head in heads]
        self._sizes: dict[str, int] = {}
        for head in heads:
            story = head.story_id or head.id
            self._sizes[story] = self._sizes.get(story, 0) + 1

    def page(self, wanted: Wanted) -> Page:
        """The wanted page; ties keep the order the heads came in."""
        words = normalise(wanted.search).casefold().split()
        kept = [h for h, text in self._heads if all(w in text for w in words) and _passes(h, wanted)]
        key, descending = SORTS.get(wanted.sort, SORTS[NEWEST])
        kept.sort(key=self.copies if wanted.sort == MOST_COPIES else key, reverse=descending)
        pages = max(1, -(-len(kept) // PAGE_ROWS))
        number = min(max(wanted.page, 1), pages)
        start = (number - 1) * PAGE_ROWS
        return Page(tuple(kept[start : start + PAGE_ROWS]), number, pages, start + 1 if kept else 0, len(kept))

    def copies(self, head: ArticleHead) -> int:
        """How many other articles carry the same story."""
        return self._sizes.get(head.story_id or head.id, 1) - 1


def listing_html(page: Page, listing: Listing, checked: Collection[str] = ()) -> str:
    """The rows as a table whose titles open the article and whose boxes choose what to remove."""
    if not page.rows:
        return '<p class="gw-empty">No article matches. Change the search or the filters.</p>'
    rows = "".join(_row(head, listing.copies(head), head.id in checked) for head in page.rows)
    return (
        '<table class="gw-articles"><caption class="gw-hidden">Articles</caption>'
        f"{table_head('Choose', 'Title', 'Outlet', 'Published', 'Copies')}<tbody>{rows}</tbody></table>"
    )


def found_words(page: Page, total: int) -> str:
    """Which rows of how many are shown; not escaped."""
    if not page.found:
        return f"0 of {plural(total, 'article')}"
    shown = f"{page.first:,}–{page.first + len(page.rows) - 1:,} of {plural(page.found, 'article')}"
    return shown if page.found == total else f"{shown} that match, {total:,} in all"


def _row(head: ArticleHead, copies: int, is_checked: bool) -> str:
    title = head.title.strip() or "Untitled"
    return (
        f'<tr><td><input type="checkbox" name="gw-article" value="{inline(head.id)}"{" checked" * is_checked} '
        f'aria-label="Choose {inline(title)}"></td><td>{open_button(head.id, 0, 0, title)}</td>'
        f"<td>{inline(head.outlet or '')}</td><td>{inline(day(head.published))}</td><td>{copies or ''}</td></tr>"
    )


def _passes(head: ArticleHead, wanted: Wanted) -> bool:
    if wanted.outlets and (head.outlet or "").casefold() not in {outlet.casefold() for outlet in wanted.outlets}:
        return False
    if not (wanted.since or wanted.until):
        return True
    published = head.published or ""
    # A date of lower precision stands for its whole month or year, as in the search.
    after = not wanted.since or published >= wanted.since[: len(published)]
    return bool(published) and after and (not wanted.until or published[: len(wanted.until)] <= wanted.until)


def _searchable(head: ArticleHead) -> str:
    parts = (head.title, head.outlet or "", head.author or "", head.published or "", head.id)
    return normalise(" ".join(parts)).casefold()
