from __future__ import annotations

import html
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.web.fakes import article
from web.reader import article_html

TEXT = "First line.\n\nSecond line goes on.\nThird line."


def marked(document: str) -> list[str]:
    return [html.unescape(part) for part in re.findall(r'<mark class="active">(.*?)</mark>', document, re.DOTALL)]


def test_the_cited_words_are_marked_in_the_whole_article() -> None:
    start = TEXT.index("Second")
    document = article_html(article(text=TEXT), span=(start, start + 11))
    assert marked(document) == ["Second line"]
    assert document.count("<p>") == 3


def test_a_span_over_paragraphs_is_marked_in_each() -> None:
    document = article_html(article(text=TEXT), span=(6, TEXT.index("Third") + 5))
    assert marked(document) == ["line.", "Second line goes on.", "Third"]


def test_what_else_is_cited_is_marked_more_quietly_and_the_opened_span_wins() -> None:
    start = TEXT.index("Second")
    document = article_html(article(text=TEXT), span=(start, start + 6), others=[(0, 5), (start + 3, start + 11)])
    assert marked(document) == ["Second"]
    assert re.findall(r'<mark class="gw-also">(.*?)</mark>', document) == ["First", " line"]


def test_the_original_opens_at_the_quoted_words() -> None:
    start = TEXT.index("Second")
    document = article_html(article(text=TEXT, url="https://news.example/1"), span=(start, start + 11))
    assert 'href="https://news.example/1#:~:text=Second%20line"' in document


def test_where_each_piece_of_metadata_was_found_is_told_without_the_servers_folders() -> None:
    main = replace(article(), provenance={"published": "json-ld", "outlet": "og:site_name"}, source="/srv/news/a.html")
    table = article_html(main).split("Where these details come from")[1].split("</details>")[0]
    assert "<td>Published</td><td>2021-03-05</td><td>json-ld</td>" in table
    assert "og:site_name" in table
    assert "a.html" in table
    assert "/srv/news" not in table


def test_without_a_span_nothing_is_marked() -> None:
    assert marked(article_html(article(text=TEXT))) == []


def test_a_span_outside_the_text_is_ignored() -> None:
    assert marked(article_html(article(text=TEXT), span=(900, 950))) == []


@given(st.text(alphabet="ab\n ", max_size=80), st.integers(0, 90), st.integers(0, 90))
def test_marks_hold_exactly_the_span(text: str, one: int, other: int) -> None:
    start, end = sorted((one, other))
    document = article_html(article(text=text), span=(start, end))
    kept = [line for line in text[start:end].split("\n") if line]
    blank_lines = [line for line in kept if not line.strip()]
    assert [m for m in marked(document) if m.strip()] == [line for line in kept if line not in blank_lines]


def test_metadata_and_copies_are_listed_without_the_article_itself() -> None:
    main = article("a1", url="https://news.example/1", author="Ana Roe", updated="2021-03-06")
    document = article_html(main, [main.head, article("b2", outlet="Bay Post").head])
    assert "Bay Herald" in document
    assert "5 Mar 2021" in document
    assert "6 Mar 2021" in document
    assert "Ana Roe" in document
    assert 'href="https://news.example/1"' in document
    assert document.count('data-article="b2"') == 1
    assert 'data-article="a1"' not in document


def test_missing_metadata_is_said_not_guessed() -> None:
    document = article_html(article(outlet=None, published=None, title=""))
    assert document.split("</dl>")[0].count("not stated") == 2
    assert "Untitled" in document
