from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Copy
from web.markup import byline, copies_html, day, plural, text_fragment, web_link


@pytest.mark.parametrize(
    "address",
    [
        "javascript:hit()",
        "JaVaScRiPt:hit()",
        " javascript:hit()",
        "java\nscript:hit()",
        "data:text/html,<script>hit()</script>",
        "//evil.example/x",
        "http://",
        "https://[::1",
        "ftp://files.example/x",
        "/relative",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert web_link(address, "open") == ""


def test_web_link_opens_elsewhere_without_telling_from_where() -> None:
    link = web_link('https://news.example/a?b=1&c="2"', "open")
    assert 'href="https://news.example/a?b=1&amp;c=&quot;2&quot;"' in link
    assert 'rel="noopener noreferrer"' in link


@pytest.mark.parametrize(
    ("iso", "words"),
    [("2019", "2019"), ("2019-10", "Oct 2019"), ("2019-10-08", "8 Oct 2019"), ("", ""), (None, ""), ("soon", "soon")],
)
def test_dates_keep_their_precision(iso: str | None, words: str) -> None:
    assert day(iso) == words


def test_byline_says_when_nothing_is_known() -> None:
    assert byline(None, None) == "outlet and date unknown"
    assert byline("A & B", "2019-10") == "A &amp; B · Oct 2019"


@pytest.mark.parametrize(("count", "words"), [(0, "0 stories"), (1, "1 story"), (1200, "1,200 stories")])
def test_plural(count: int, words: str) -> None:
    assert plural(count, "story") == words


def test_a_short_quote_becomes_a_text_fragment_and_its_commas_and_dashes_are_encoded() -> None:
    assert text_fragment("https://n.example/a", "so-called “aid”, he said") == (
        "#:~:text=so%2Dcalled%20%E2%80%9Caid%E2%80%9D%2C%20he%20said"
    )
    assert text_fragment("https://n.example/a#part", "two words") == ":~:text=two%20words"
    assert text_fragment("https://n.example/a", "  ") == ""


@given(st.text(alphabet="ab é,-&#\n“”%", min_size=1, max_size=300))
def test_a_fragment_holds_the_first_and_last_words_and_nothing_that_ends_it(quote: str) -> None:
    directive = text_fragment("https://n.example/a", quote).removeprefix("#:~:text=")
    assert not set(directive) & set('&#- \n"<>')
    words = [unquote(part).split(" ") for part in directive.split(",")] if directive else [[]]
    assert len(words) <= 2
    assert all(word in quote for part in words for word in part)


def test_copies_are_folded_counted_once_per_outlet_and_open() -> None:
    folded = copies_html([Copy("Bay Post", "x"), Copy(None, "y"), Copy("Bay Post", "z")])
    assert "also carried by 2 outlets</summary>" in folded
    assert 'data-article="x"' in folded
    assert "unnamed outlet" in folded
    assert copies_html([]) == ""
