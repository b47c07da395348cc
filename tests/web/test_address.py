from __future__ import annotations

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from web.address import MAX_VALUES, Address, read_address

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(TEXT, st.lists(TEXT, max_size=5))
def test_what_a_browser_wrote_is_read(question: str, outlets: list[str]) -> None:
    query = "?" + urlencode([("q", question), *(("outlet", outlet) for outlet in outlets), ("since", "2019-10")])
    assert read_address(query, 2000) == Address(question, outlet=tuple(outlets), since="2019-10")


def test_nothing_is_an_empty_address() -> None:
    assert read_address("", 10) == read_address(None, 10) == Address()


def test_unknown_and_oversized_parts_are_left_out() -> None:
    read = read_address("?__theme=dark&q=Who+is+it&since=2019-10-08-and-more&outlet=" + "&outlet=".join("a" * 50), 6)
    assert read.question == "Who is"
    assert read.since == "2019-10-08"
    assert len(read.outlet) == MAX_VALUES
    assert read_address("?q=" + "x" * 30_000, 10) == Address()


def test_filters_come_in_the_order_of_the_sidebar() -> None:
    address = read_address("?date=2021&until=2020&since=2019&language=en&author=Roe&outlet=AP&outlet=B", 10)
    assert address.filters == (("AP", "B"), ("Roe",), ("en",), "2019", "2020", "2021")
