"""What is taken out of a scraped page, and above all what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles import read_articles
from ingest.boilerplate import is_boilerplate
from ingest.captions import without_captions
from ingest.cleaning import clean, normalise_characters, unwrap
from ingest.passages import split_passages
from rag.records import Article
from rag.settings import Settings

STORY = (
    "The harbour board of Port Anders voted on Tuesday to raise berth fees by 12 per cent from January, the first rise "
    "in nine years.\n\nBoard chair Lena Holt said the money would pay for dredging."
)


@pytest.mark.parametrize(
    "line",
    [
        "Join our Telegram channel and never miss a story.",
        "Love the coast? Sign up for the Harbour Post newsletter.",
        "Follow Mia Sund on X: @miasund",
        "To participate in the discussion",
        "log in or register",
        "Please log in to comment",
        "12 comments",
        "Read more: Ten harbours to see before you sail",
        "RELATED: Fishing villages protest",
        "Related:Fishing villages protest",
        "This website uses cookies to improve your experience. Accept all cookies",
        "Advertisement",
        "Article continues below",
        "Share this article on Facebook",
        "Facebook Twitter WhatsApp Email",
        "© 2023 Anders Courier. All rights reserved.",
    ],
)
def test_lines_that_are_not_the_story(line: str) -> None:
    assert is_boilerplate(line)
    assert clean(f"{line}\n{STORY}\n{line}").text == STORY


@pytest.mark.parametrize(
    "line",
    [
        "Police said the group used a Telegram channel to sell the goods.",
        "Readers were asked to sign up for the newsletter, the ministry said.",
        "The regulator fined the company because its website uses cookies without consent, and ordered it to stop. "
        "The company said it would appeal, and that a cookie banner was shown on every page that users could reach, "
        "a claim which the regulator called false in a statement on the day after the decision was announced in court.",
        "The photo: a grainy image of the minister leaving the hotel. It changed the election.",
        "Read more books, the minister told pupils.",
        "Copies of the letter were shared on Facebook, Twitter and WhatsApp.",
        "“Advertisement is a tax,” he said.",
        "Comments by the minister angered farmers.",
        "Follow the money, the prosecutor told the jury.",
        "Share prices fell.",
        "“Low Water” - Ida Holt",
        "- The board had asked for 15 per cent",
        "Reuters",
        "He said no.",
    ],
)
def test_lines_of_the_story_stay(line: str) -> None:
    assert not is_boilerplate(line)
    assert clean(f"{STORY}\n{line}").text == f"{STORY}\n{line}"


def test_captions_stay_and_a_link_beside_the_picture_of_another_story_goes() -> None:
    page = (
        "- Anders International\nFind top stories about harbours.\n"
        f"Port Raises Fees\n{STORY}\nA ship enters the harbour, May 2023 - Anders International\n"
        "Fishing Villages Urge Board to Reconsider Higher Fees\nThe vote was 7 to 2."
    )
    cleaned = clean(page)
    caption = "A ship enters the harbour, May 2023 - Anders International"
    assert cleaned.text == f"Port Raises Fees\n{STORY}\n{caption}\nThe vote was 7 to 2."
    assert (cleaned.site, cleaned.boilerplate) == ("Anders International", 3)
    credited = f"A crane at work. Photo: VCG\n{STORY}"
    assert clean(credited).text == credited


def test_a_stray_line_in_another_script_goes_and_a_quoted_one_stays() -> None:
    assert clean(f"{STORY}\nЗаголовок материала").text == STORY
    quoted = f"{STORY}\n「港口費用太高了。」"
    assert clean(quoted).text == quoted
    japanese = "港の料金が上がる。" * 10 + "\nコンテナ船"
    assert clean(japanese).text == japanese


def test_a_repeated_paragraph_goes_and_a_repeated_list_item_stays() -> None:
    paragraph = STORY.split("\n\n")[0]
    assert clean(f"{STORY}\n\n{paragraph}").text == STORY
    names = "Best director\nJon Vik and Ida Holt, “The Harbour”\nBest script\nJon Vik and Ida Holt, “The Harbour”"
    assert clean(names).text == names


def test_the_title_is_not_kept_as_the_first_line() -> None:
    assert clean(f"Port raises fees\n\n{STORY}", title="Port raises fees").text == STORY
    assert clean("Port raises fees", title="Port raises fees").text == "Port raises fees"


def test_characters_that_cannot_be_seen_are_removed() -> None:
    hidden = "pay\u200b ments\u202e and\u00ad \U000e0041\U000e0042tags\ufeff\x00\x07\ud800"
    assert normalise_characters(hidden) == "pay ments and tags"
    assert (
        normalise_characters("می\u200cخواهم क्\u200dष \U0001f468\u200d\U0001f469")
        == "می\u200cخواهم क्\u200dष \U0001f468\u200d\U0001f469"
    )
    assert normalise_characters("a\r\nb\rc\u2028d \u00a0 e\n\n\n\nf ") == "a\nb\nc\nd e\n\nf"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise_characters(text)
    assert normalise_characters(once) == once
    assert once.encode("utf-8").decode("utf-8") == once


@given(st.text(alphabet="ab. \n", max_size=200))
def test_cleaning_and_unwrapping_only_take_whole_lines_or_line_breaks(text: str) -> None:
    text = normalise_characters(text)
    assert set(clean(text).text.split("\n")) <= set(text.split("\n")) | {""}
    assert unwrap(text).split() == text.split()


def test_a_word_broken_at_a_line_end_keeps_its_hyphen() -> None:
    wrapped = "\n".join(
        (
            "The paper on science and technology called for more self-",
            "reliance in chips and in the tools that make them, it said",
            "on Monday.",
        )
    )
    assert "self-reliance in chips" in unwrap(wrapped)


def test_real_scraped_articles_read_like_articles(shared: Path) -> None:
    articles = [a for a in read_articles([shared / "seeds"], Settings()) if isinstance(a, Article)]
    assert len(articles) == 5
    noise = ("Telegram", "log in", "Find top stories", "Заголовок")
    for article in articles:
        story = without_captions(article.text)
        assert not [mark for mark in noise if mark in article.text], article.source
        assert not [mark for mark in ("PHOTO", "Photo: ", "(Picture", "©") if mark in story], article.source
        quotable = [s for p in split_passages(article, len, 2000) for s in p.sentence_texts()]
        assert not [s for s in quotable if "REUTERS /" in s or s.endswith("Sputnik International")]
