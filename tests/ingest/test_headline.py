"""The top of a plain text: headline, byline and dates."""

from __future__ import annotations

import pytest

from ingest.headline import split_top


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
    ("top", "expected"),
    [
        ("Mia Sund\nAssociated Press", {"author": "Mia Sund"}),
        ("Mia Sund, USA TODAY", {"author": "Mia Sund"}),
        ("Mia Sund\nmsund@courier.example", {"author": "Mia Sund"}),
        ("Mia Sund\nSpecial to The Sun", {"author": "Mia Sund"}),
        ("Reuters", {}),
        ("May 16, 2023, 1:00 p.m. ET", {"published": "May 16, 2023"}),
        ("Updated May 17, 2023, 1:00 p.m. ET", {"updated": "May 17, 2023"}),
        (
            "May 16, 2023 Updated May 17, 2023, 12:34 p.m. ET",
            {"published": "May 16, 2023", "updated": "May 17, 2023"},
        ),
    ],
)
def test_bylines_and_stamps_without_a_label(top: str, expected: dict[str, str]) -> None:
    found = split_top(f"{top}\nThe board voted on Tuesday.\nIt was close.", has_title=True)
    assert found.body == "The board voted on Tuesday.\nIt was close."
    assert {name: field.value for name, field in found.fields.items()} == expected


def test_a_name_above_a_paragraph_is_no_byline() -> None:
    text = "Lena Holt\nThe chair of the board since 2019.\nJon Vik\nHer deputy."
    assert split_top(text, has_title=True).body == text


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
