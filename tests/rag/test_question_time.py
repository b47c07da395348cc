from __future__ import annotations

from datetime import date

import pytest

from rag.date_words import date_words
from rag.question_time import Period, asked_period


@pytest.mark.parametrize(
    ("question", "asked_on", "first", "last"),
    [
        ("What happened in October 2019?", None, date(2019, 10, 1), date(2019, 11, 10)),
        ("What was said in October 2019 and March 2025?", None, date(2019, 10, 1), date(2025, 4, 10)),
        ("What did they say on 8 October 2019?", None, date(2019, 10, 6), date(2019, 10, 18)),
        ("What did they say on Oct. 8, 2019?", None, date(2019, 10, 6), date(2019, 10, 18)),
        ("Which rules came in 2022?", "2025-01-01", date(2022, 1, 1), date(2022, 12, 31)),
        ("How did it change from 2019 to 2025?", None, date(2019, 1, 1), date(2025, 12, 31)),
        ("Who was listed this week?", "2025-03-26", date(2025, 3, 16), date(2025, 3, 28)),
        ("What fell on 31 June 2021?", None, date(2021, 6, 1), date(2021, 7, 10)),
        ("What did they decide on Monday?", "2025-03-26", date(2025, 3, 23), date(2025, 3, 28)),
        ("Who won at Wednesday's gala?", "2025-03-26", date(2025, 3, 25), date(2025, 3, 28)),
        ("Which bridge was closed yesterday?", "2025-03-26", date(2025, 3, 24), date(2025, 3, 28)),
        ("What burned last weekend?", "2025-03-26", date(2025, 3, 12), date(2025, 3, 28)),
        ("What sank two weeks ago?", "2025-03-26", date(2025, 3, 8), date(2025, 3, 28)),
        ("What fell in October?", "2025-03-26", date(2024, 10, 1), date(2024, 11, 10)),
        ("What opens in March?", "2025-03-26", date(2025, 3, 1), date(2025, 4, 10)),
        ("What opens on June 12?", "2025-03-26", date(2025, 6, 10), date(2025, 6, 22)),
        ("What opened on 30 December?", "2025-01-02", date(2024, 12, 28), date(2025, 1, 9)),
        ("What was said last month?", "2025-01-26", date(2024, 12, 1), date(2025, 1, 10)),
        ("Who won this year's regatta?", "2025-03-26", date(2025, 1, 1), date(2025, 3, 28)),
        ("Who won last year?", "2025-03-26", date(2024, 1, 1), date(2025, 1, 10)),
        ("Who left the 2026 race last weekend?", "2025-03-26", date(2025, 3, 12), date(2025, 3, 28)),
        ("Who won the first 2025 debate on Monday?", "2025-03-26", date(2025, 3, 23), date(2025, 3, 28)),
        ("What is the latest figure for 2019?", "2025-03-26", date(2019, 1, 1), date(2019, 12, 31)),
        ("Who won the 2025 cup?", "2025-03-26", date(2025, 1, 1), date(2025, 12, 31)),
        ("Which ministry has ordered a recall?", "2025-03-26", date(2025, 3, 16), date(2025, 3, 28)),
        ("Which word has the Oxford English Dictionary chosen?", "2025-03-26", date(2025, 3, 16), date(2025, 3, 28)),
        ("What is planned for next Monday?", "2025-03-26", date(2025, 3, 16), date(2025, 3, 28)),
        ("What is the title of her new book?", "2025-03-26", date(2025, 3, 16), date(2025, 3, 28)),
        ("Which bank is Delaware suing?", "2025-03-26", date(2025, 3, 16), date(2025, 3, 28)),
        ("Which rules have been withdrawn since 2019?", "2025-03-26", date(2019, 1, 1), date(2019, 12, 31)),
        ("What opens on June 12, 2026, as was said today?", "2025-03-26", date(2026, 6, 10), date(2026, 6, 22)),
    ],
)
def test_period_a_question_asks_about(question: str, asked_on: str | None, first: date, last: date) -> None:
    period = asked_period(question, asked_on)
    assert period is not None
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    ("question", "asked_on"),
    [
        ("Who leads Huawei?", "2025-03-26"),
        ("Who spoke this week?", None),
        ("What may the council do?", "2025-03-26"),
        ("Which shop sold most on Black Friday?", "2025-03-26"),
        ("Who is mayor of New York?", "2025-03-26"),
        ("What happened on June 31?", "2025-03-26"),
        ("Who stepped down two years ago?", "2025-03-26"),
        ("Which dish won the USA TODAY prize?", "2025-03-26"),
        ("Who is said to have fathered 550 children?", "2025-03-26"),
        ("What has Beijing to say?", "2025-03-26"),
        ("What is Beijing known for?", "2025-03-26"),
        ("Who is the king, and where are the buildings?", "2025-03-26"),
        ("What is served during the break?", "2025-03-26"),
        ("How many people have a passport?", "2025-03-26"),
        ("Which ministry has ordered a recall?", None),
    ],
)
def test_no_period_without_a_word_of_time_or_a_day_to_count_from(question: str, asked_on: str | None) -> None:
    assert asked_period(question, asked_on) is None


@pytest.mark.parametrize(
    ("published", "covered"),
    [("2019-10-08", True), ("2019-10", True), ("2019", True), ("2019-12-01", False), ("2020", False), (None, False)],
)
def test_articles_of_any_precision_are_covered(published: str | None, covered: bool) -> None:
    period = asked_period("in October 2019")
    assert period is not None
    assert period.covers(published) is covered


@pytest.mark.parametrize(
    ("published", "words"),
    [("2019-10-08", "8 October 2019"), ("2019-10", "October 2019"), ("2019", "2019"), (None, "")],
)
def test_dates_in_words(published: str | None, words: str) -> None:
    assert date_words(published) == words


@pytest.mark.parametrize(
    ("published", "closeness"),
    [("2025-03-26", 1), ("2025-03", 1), ("2025-04-02", 0.5), ("2025-03-15", 0.5), ("2025-04-07", 0), (None, 0)],
)
def test_closeness_falls_over_ten_days(published: str | None, closeness: float) -> None:
    assert Period(date(2025, 3, 20), date(2025, 3, 28)).closeness(published) == pytest.approx(closeness)
