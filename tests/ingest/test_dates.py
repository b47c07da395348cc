"""Dates as sources write them, at the precision they are given in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import iso_date, url_date


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
        ("8 octobre 2019", "2019-10-08"),
        ("1er mars 2020", "2020-03-01"),
        ("8. Oktober 2019", "2019-10-08"),
        ("8 de octubre de 2019", "2019-10-08"),
        ("8 de outubro de 2019", "2019-10-08"),
        ("2 maggio 2021", "2021-05-02"),
        ("2019年10月8日", "2019-10-08"),
        ("2019年10月", "2019-10"),
        ("2019년 10월 8일", "2019-10-08"),
    ],
)
def test_dates_keep_the_precision_they_are_given_in(value: str, expected: str | None) -> None:
    assert iso_date(value) == expected


@given(st.text(max_size=100))
def test_no_text_makes_a_date_of_another_form(value: str) -> None:
    found = iso_date(value)
    assert found is None or len(found) in (4, 7, 10)


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
        ("https://a.example/news/2019/1008/c90000.html", "2019-10-08"),
        ("https://a.example/201910/08/t2.html", "2019-10-08"),
        ("https://a.example/2019/1399/fees", None),
    ],
)
def test_dates_in_addresses(url: str, expected: str | None) -> None:
    assert url_date(url) == expected
