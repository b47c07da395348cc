from __future__ import annotations

import time
from dataclasses import replace

import pytest

from rag.records import ArticleHead
from tests.web.fakes import article
from web.listing import MOST_COPIES, PAGE_ROWS, SORTS, Listing, Wanted, found_words, listing_html

HEADS = [
    article("b2", title="Café tax “too high”", outlet="Bay Herald", published="2022", author="Ana Roe").head,
    article("d4", title="Port reopens at last", outlet="Coast Post", published="2021-03-06", story_id="a1").head,
    article("a1", title="Port reopens", outlet="Bay Herald", published="2021-03-05", story_id="a1").head,
    article("c3", title="Undated notice", outlet=None, published=None).head,
]


def ids(**wanted: object) -> list[str]:
    return [head.id for head in Listing(HEADS).page(Wanted(**wanted)).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("search", "found"),
    [("port herald", ["a1"]), ('CAFÉ "TOO', ["b2"]), ("2021-03", ["d4", "a1"]), ("ana roe", ["b2"]), ("nowhere", [])],
)
def test_a_search_needs_every_word_in_any_column(search: str, found: list[str]) -> None:
    assert ids(search=search) == found


def test_outlets_and_dates_filter_and_an_undated_article_passes_no_date() -> None:
    assert ids(outlets=("bay herald",)) == ["b2", "a1"]
    assert ids(since="2021-03-06") == ["b2", "d4"]
    assert ids(until="2021") == ["d4", "a1"]
    assert ids(since="2022-06") == ["b2"], "a year may reach into the period"
    assert "c3" not in ids(since="1900")


@pytest.mark.parametrize(
    ("sort", "order"),
    [("Newest first", ["b2", "d4", "a1", "c3"]), ("Oldest first", ["a1", "d4", "b2", "c3"]),
     ("Title", ["b2", "a1", "d4", "c3"]), ("Outlet", ["b2", "a1", "d4", "c3"]), (MOST_COPIES, ["d4", "a1", "b2", "c3"]),
     ("unknown", ["b2", "d4", "a1", "c3"])],
)  # fmt: skip
def test_every_order(sort: str, order: list[str]) -> None:
    assert ids(sort=sort) == order


def test_pages_hold_all_articles_once_and_a_page_beyond_the_last_is_the_last() -> None:
    heads = [replace(HEADS[0], id=f"n{i:04}") for i in range(2 * PAGE_ROWS + 1)]
    listing = Listing(heads)
    pages = [listing.page(Wanted(page=number)) for number in (1, 2, 3)]
    assert [head for page in pages for head in page.rows] == heads
    assert listing.page(Wanted(page=99)) == pages[-1]
    assert found_words(pages[1], len(heads)) == "51–100 of 101 articles"
    assert found_words(listing.page(Wanted(search="n0007")), len(heads)) == "1–1 of 1 article that match, 101 in all"


def test_a_row_opens_its_article_and_can_be_chosen() -> None:
    listing = Listing(HEADS)
    shown = listing_html(listing.page(Wanted(search="at last")), listing)
    assert 'data-article="d4"' in shown
    assert 'value="d4"' in shown
    assert 'aria-label="Choose Port reopens at last"' in shown
    assert "<td>1</td>" in shown, "one other article carries the story"
    assert "No article matches" in listing_html(listing.page(Wanted(search="zzz")), listing)


def test_26000_rows_are_searched_and_sorted_quickly() -> None:
    heads = [
        ArticleHead(f"id{i}", f"Story {i} of the harbour", f"Outlet {i % 300}", None, f"20{i % 25:02}-01-02")
        for i in range(26_000)
    ]
    listing = Listing(heads)
    started = time.process_time()
    for sort in SORTS:
        listing.page(Wanted(search="story harbour", outlets=("Outlet 7",), sort=sort))
    assert (time.process_time() - started) / len(SORTS) < 0.5, "0.03 s on an idle machine"
