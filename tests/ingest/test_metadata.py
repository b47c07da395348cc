"""Fields, their forms and their origin; ids that do not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata import article_id, clean_name, clean_url, content_hash, find_metadata, normalise_url, shorten
from ingest.records import Found, RawDocument

TEXT = "The board voted on Tuesday. It was close."


def _raw(stem: str = "a", **fields: str) -> RawDocument:
    return RawDocument("/a", stem, "json", TEXT, {name: Found(value, "file field") for name, value in fields.items()})


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
    for other in ("https://m.a.example/x", "https://amp.a.example/x/", "https://a.example/x/amp?outputType=amp"):
        assert normalise_url(other) == "a.example/x"
    assert normalise_url("https://m.example/x") == "m.example/x"
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
