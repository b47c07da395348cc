"""Fields, their forms and their origin; ids that do not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import dateline_date, iso_date, url_date
from ingest.headline import split_top
from ingest.metadata import article_id, clean_name, clean_url, content_hash, find_metadata, normalise_url, shorten
from ingest.records import Found, RawDocument

TEXT = "The board voted on Tuesday. It was close."


def _raw(stem: str = "a", **fields: str) -> RawDocument:
    return RawDocument("/a", stem, "json", TEXT, {name: Found(value, "file field") for name, value in fields.items()})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-10-08", "2019-10-08"),
        ("2019-10-08T23:30:00-05:00", "2019-10-08"),
        ("2019-10-08 10:00:00", "2019-10-08"),
        ("2019/10/8", "2019-10-08"),
        ("20191008", "2019-10-08"),
        ("20191008T101500Z", "2019-10-08"),
        ("2019-10", "2019-10"),
        ("2019", "2019"),
        ("8 October 2019", "2019-10-08"),
        ("Oct. 8, 2019", "2019-10-08"),
        ("October 8th 2019", "2019-10-08"),
        ("Tue, 08 Oct 2019 10:00:00 GMT", "2019-10-08"),
        ("October 2019", "2019-10"),
        ("Sept 1, 2020", "2020-09-01"),
        ("1570492800", "2019-10-08"),
        ("1570492800000", "2019-10-08"),
        ("25/12/2019", "2019-12-25"),
        ("12/25/2019", "2019-12-25"),
        ("03/04/2019", "2019"),
        ("2019-02-30", None),
        ("2019-13", None),
        ("0019-10-08", None),
        ("9999-10-08", None),
        ("yesterday", None),
        ("Oct 8", None),
        ("", None),
        ("31 June 2019", None),
        ("2019 people came", None),
    ],
)
def test_dates_keep_the_precision_they_are_given_in(value: str, expected: str | None) -> None:
    assert iso_date(value) == expected


@given(st.text(max_size=100))
def test_no_text_makes_a_date_of_another_form(value: str) -> None:
    found = iso_date(value)
    assert found is None or len(found) in (4, 7, 10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BEIJING, Oct. 8, 2019 (Xinhua) -- The ministry said", "2019-10-08"),
        ("LONDON, 8 October 2019 (AC) – The ministry said", "2019-10-08"),
        ("PORT ANDERS (May 16, 2023) - The board", "2023-05-16"),
        ("BEIJING (REUTERS) - The ministry said on Tuesday (Oct 8) that", None),
        ("BEIJING, Oct 8 (Reuters) - The ministry", None),
        ("The board met on May 16, 2023 - its first meeting", None),
    ],
)
def test_a_dateline_is_a_date_only_with_its_year(text: str, expected: str | None) -> None:
    assert dateline_date(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2019/10/08/fees", "2019-10-08"),
        ("https://a.example/2019/oct/08/fees", "2019-10-08"),
        ("https://a.example/news/2019/10/fees", "2019-10"),
        ("https://a.example/2019-10-08-fees/", "2019-10-08"),
        ("https://a.example/2019/99/08/fees", None),
        ("https://a.example/story/20191008", None),
        ("https://a.example/fees-2019", None),
    ],
)
def test_dates_in_addresses(url: str, expected: str | None) -> None:
    assert url_date(url) == expected


def test_each_field_carries_its_origin_and_the_best_source_wins() -> None:
    raw = _raw(
        title="Fees rise | Courier", outlet="courier", url="https://c.example/2022/01/02/x", author="By Mia  Sund"
    )
    found = find_metadata(raw, TEXT, {"published": Found("16 May 2023", "date line")}, site=None)
    assert found.values == {
        "title": "Fees rise",
        "outlet": "courier",
        "url": "https://c.example/2022/01/02/x",
        "author": "Mia Sund",
        "published": "2023-05-16",
    }
    assert found.provenance["published"] == "date line"
    assert found.provenance["outlet"] == "file field"


def test_unknown_stays_unknown() -> None:
    found = find_metadata(_raw(published="soon", url="javascript:alert(1)", language="??"), TEXT, {}, None)
    assert found.values == {"title": "The board voted on Tuesday."}
    assert found.provenance == {"title": "first sentence"}


def test_a_date_may_come_from_the_address_and_an_update_never_precedes_publication() -> None:
    raw = _raw(title="T", url="https://c.example/2022/01/02/x", updated="2021-01-01")
    found = find_metadata(raw, TEXT, {}, None)
    assert (found.values["published"], found.provenance["published"]) == ("2022-01-02", "url")
    assert "updated" not in found.values


def test_the_top_of_a_plain_text_gives_headline_byline_and_dates() -> None:
    body = "The board voted on Tuesday.\nIt was close."
    dates = "Published: 16 May 2023, 10:15 CET\nLast updated May 17, 2023"
    top = split_top(f"Port raises fees\nBy Mia Sund and Jon Vik\n{dates}\n\n{body}")
    assert top.body == body
    assert {name: found.value for name, found in top.fields.items()} == {
        "title": "Port raises fees",
        "author": "Mia Sund and Jon Vik",
        "published": "16 May 2023",
        "updated": "May 17, 2023",
    }


@pytest.mark.parametrize(
    "text",
    [
        "The board voted on Tuesday.\nIt was close.",
        "“We cannot go on.”\nLena Holt said so.",
        "- The board had asked for more\nThe board voted.",
        "By raising fees the board angered many.\nIt was close.",
        "A single line",
        f"{'A very long first line that is rather a paragraph than a headline ' * 3}\nIt was close.",
    ],
)
def test_a_first_line_that_may_be_story_stays(text: str) -> None:
    assert split_top(text).body == text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (" https://User:pw@A.example:8080/x?q=1#f ", "https://a.example:8080/x?q=1#f"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        ("https://", None),
        ("https://a.example/a b", None),
        ("https://a.example/\nx", None),
        ("https://[bad", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_only_plain_web_addresses_are_kept(url: str, expected: str | None) -> None:
    assert clean_url(url) == expected


def test_one_page_has_one_normalised_address() -> None:
    same = ("https://www.A.example/x/", "http://a.example/x?utm_source=m&fbclid=1", "https://a.example/x#top")
    assert {normalise_url(url) for url in same} == {"a.example/x"}
    assert normalise_url("https://a.example/x?id=2") != normalise_url("https://a.example/x?id=3")


def test_a_given_id_comes_first_then_the_address_then_name_and_text() -> None:
    url = "https://a.example/x"
    assert article_id(_raw(id="  a \n b\u200b "), url, TEXT) == ("a b", "file field")
    assert article_id(_raw(id="x" * 300), None, TEXT)[0] == "x" * 200
    by_url, where = article_id(_raw(), url, TEXT)
    assert (len(by_url), where) == (12, "url")
    assert article_id(_raw(), "http://www.a.example/x/?utm_medium=rss", "other")[0] == by_url
    named, where = article_id(_raw(stem="Café & Fees (final)"), None, TEXT)
    assert named.startswith("cafe-fees-final-")
    assert where == "file name and text"
    assert article_id(_raw(stem="港口"), None, TEXT)[0].startswith("article-")
    assert article_id(_raw(id=" \u200b "), None, TEXT)[0].startswith("a-")


def test_the_hash_changes_with_text_and_fields_only() -> None:
    base = content_hash("i", TEXT, {"title": "T", "outlet": "O"})
    assert content_hash("i", TEXT, {"outlet": "O", "title": "T"}) == base
    assert (
        len(
            {
                base,
                content_hash("i", TEXT + "!", {"title": "T"}),
                content_hash("i", TEXT, {"title": "U", "outlet": "O"}),
            }
        )
        == 3
    )


@given(st.text(max_size=400), st.integers(2, 300))
def test_names_fit_on_one_line(value: str, longest: int) -> None:
    name = clean_name(value, longest)
    assert name is None or (name.isprintable() and 0 < len(name) <= longest)


def test_a_title_is_cut_between_words() -> None:
    assert shorten("The harbour board voted to raise berth fees", 24) == "The harbour board voted…"
