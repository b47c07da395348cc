"""The opening of a report, and what it adds to the fields."""

from __future__ import annotations

import pytest

from ingest.articles import to_article
from ingest.dateline import find_dateline
from ingest.dates import narrowed
from ingest.headline import split_top
from ingest.metadata import find_metadata
from ingest.records import Found, RawDocument
from rag.records import Article

TEXT = "The board voted on Tuesday. It was close."


def _raw(stem: str = "a", **fields: str) -> RawDocument:
    return RawDocument("/a", stem, "json", TEXT, {name: Found(value, "file field") for name, value in fields.items()})


@pytest.mark.parametrize(
    ("text", "agency", "when"),
    [
        ("BEIJING, Oct. 8, 2019 (Xinhua) -- The ministry said", "Xinhua", ("2019", 10, 8)),
        ("LONDON, 8 October 2019 (AC) – The ministry said", "AC", ("2019", 10, 8)),
        ("PORT ANDERS (May 16, 2023) - The board", None, ("2023", 5, 16)),
        ("BEIJING (REUTERS, BLOOMBERG) - The ministry said on Tuesday (Oct 8) that", "Reuters, Bloomberg", None),
        ("BEIJING, Oct 8 (Reuters) - The ministry", "Reuters", (None, 10, 8)),
        ("PORT ANDERS, Tuesday, Oct. 8 — The board", None, (None, 10, 8)),
        ("WASHINGTON — The board", None, None),
        ("PORT ANDERS, Fla. ― The board", None, None),
        ("LONDON (AP) — The board", "AP", None),
        ("Port Anders (CNN) The board", "CNN", None),
        ("Hong Kong/London CNN Business —\nThe board", "CNN Business", None),
        ("CNN —", "CNN", None),
    ],
)
def test_datelines(text: str, agency: str | None, when: tuple[str | None, int, int] | None) -> None:
    found = find_dateline(text)
    assert found is not None
    assert found.agency == agency
    assert (found.year, found.month, found.day) == (when or (None, None, None))
    assert text[found.end :].strip() in ("", "The board") or text[found.end :].lstrip().startswith("The")


@pytest.mark.parametrize(
    "text",
    [
        "The board met on May 16, 2023 - its first meeting",
        "The harbour board voted. It was close — seven to two.",
        "NATO said on Tuesday that it would stay - for now.",
        "“We stay” - Lena Holt",
        "",
        "PORT ANDERS",
    ],
)
def test_openings_that_are_no_dateline(text: str) -> None:
    assert find_dateline(text) is None


def test_a_dateline_names_the_day_of_a_known_year_and_no_other() -> None:
    text = "BEIJING, Oct 8 (Reuters) - The ministry said so.\nIt was close."
    raw = RawDocument("/a", "a", "text", text, {"published": Found("2019", "file field")})
    found = find_metadata(raw, text, {}, None)
    assert (found.values["published"], found.provenance["published"]) == ("2019-10-08", "file field, dateline")
    assert (found.values["outlet"], found.provenance["outlet"]) == ("Reuters", "dateline")
    assert found.values["title"] == "The ministry said so."
    assert "published" not in find_metadata(_raw(title="T"), text, {}, None).values
    assert narrowed("2019-03", 10, 8) is None
    assert narrowed("2019", 2, 30) is None


def test_a_full_dateline_is_a_date_and_an_address_makes_a_year_precise() -> None:
    text = "BEIJING, Oct. 8, 2019 (Xinhua) -- The ministry said so."
    assert find_metadata(_raw(), text, {}, None).provenance["published"] == "dateline"
    raw = _raw(published="October 2019", url="https://c.example/2019/10/08/x")
    found = find_metadata(raw, TEXT, {}, None)
    assert (found.values["published"], found.provenance["published"]) == ("2019-10-08", "file field, url")
    other = find_metadata(_raw(published="2018", url="https://c.example/2019/10/08/x"), TEXT, {}, None)
    assert (other.values["published"], other.provenance["published"]) == ("2018", "file field")


def test_a_caption_above_the_story_is_neither_its_title_nor_hides_its_dateline() -> None:
    text = "A crane at work. Photo: VCG\nBEIJING (REUTERS) - The ministry said so. It was close."
    article = to_article(RawDocument("/a", "a", "text", text))
    assert isinstance(article, Article)
    assert (article.title, article.outlet) == ("The ministry said so.", "Reuters")
    assert split_top(text).fields == {}
