"""Copies of one story are found in whatever shape they come; other stories are left apart."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from benchmarks.stories import Pair, Text, by_groundwire, figures, make_copies
from benchmarks.stories import main as benchmark
from ingest.articles import read_articles
from ingest.duplicates import Stories, signature
from ingest.run_index import COMMON, RunIndex
from rag.records import Article
from rag.settings import Settings

PLACES = "harbour canal quay bridge market station museum school stadium airport library theatre".split()
VERBS = "approved rejected delayed praised debated financed closed opened repaired inspected renamed sold".split()
PEOPLE = "board council mayor union minister court company committee agency owner governor association".split()
REASONS = "cost noise safety traffic weather debt demand pollution tourism history jobs votes".split()


def story(seed: int, paragraphs: int = 12) -> list[str]:
    """An invented report; another seed gives a different report in the same words."""
    chance = random.Random(seed)

    def sentence() -> str:
        who, what, why = chance.choice(PEOPLE), chance.choice(PLACES), chance.choice(REASONS)
        number, day = chance.randint(2, 980), chance.choice(["Monday", "Tuesday", "Friday", "Sunday"])
        return (
            f"The {who} {chance.choice(VERBS)} the {what} plan on {day} after {number} people raised {why}, and "
            f"the {chance.choice(PEOPLE)} said {chance.choice(REASONS)} would decide the {chance.choice(PLACES)} vote."
        )

    return [" ".join(sentence() for _ in range(3)) for _ in range(paragraphs)]


class Shelf:
    """Articles by id, standing in for the store."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.signatures: dict[str, bytes] = {}
        self.stories = Stories([], self.texts.get)

    def add(self, article_id: str, text: str, published: str | None = None, url: str | None = None) -> str:
        self.signatures[article_id] = signature(text, published, url)
        story_id = self.stories.assign(article_id, text, self.signatures[article_id])
        self.texts[article_id] = text
        return story_id


def joined(paragraphs: list[str]) -> str:
    return "\n\n".join(paragraphs)


FULL = story(1)
COPIES = {
    "the same": joined(FULL),
    "other line breaks, quotes and case": joined(FULL).replace("\n\n", "\n").upper(),
    "retitled, with a summary line on top": "Mayor hits out at plan\n- A summary of it all\n" + joined(FULL),
    "cut to its first third": joined(FULL[:4]),
    "cut to its first tenth": joined(FULL[:1]) + " " + FULL[1][:80],
    "without the first and three other paragraphs": joined([p for n, p in enumerate(FULL) if n not in (0, 3, 6, 9)]),
    "with boilerplate added": joined(
        [*FULL[:6], "Join our channel for more news.", *FULL[6:], "Share this article"] + ["Menu"] * 20
    ),
    "with a paragraph rewritten": joined([*FULL[:5], *story(99, 1), *FULL[6:]]),
}


@pytest.mark.parametrize("shape", COPIES)
def test_a_copy_joins_its_story_whichever_comes_first(shape: str) -> None:
    for first, second in ((joined(FULL), COPIES[shape]), (COPIES[shape], joined(FULL))):
        shelf = Shelf()
        shelf.add("other", joined(story(2)))
        assert shelf.add("one", first) == "one"
        assert shelf.add("two", second) == "one"


def test_different_reports_in_the_same_words_stay_apart() -> None:
    shelf = Shelf()
    ids = [str(seed) for seed in range(30)]
    assert [shelf.add(i, joined(story(int(i)))) for i in ids] == ids


def test_a_report_that_quotes_a_paragraph_is_no_copy() -> None:
    shelf = Shelf()
    shelf.add("one", joined(story(1)))
    assert shelf.add("two", joined([*story(3, 6), story(1)[5], *story(4, 5)])) == "two"


def test_a_round_up_does_not_join_the_stories_it_holds() -> None:
    shelf = Shelf()
    briefs = [story(seed, 1) for seed in range(10, 18)]
    shelf.add("round-up", joined([story(20, 1)[0], *(b[0] for b in briefs)]))
    assert [shelf.add(f"brief {n}", joined(b)) for n, b in enumerate(briefs[1:])] == [f"brief {n}" for n in range(7)]


def test_a_rewrite_of_another_year_is_another_story() -> None:
    text = joined(FULL)
    rewritten = joined([*FULL[:9], *story(50, 3)])
    shelf = Shelf()
    shelf.add("2022", text, "2022-03-01")
    assert shelf.add("2023", rewritten, "2023-03-01") == "2023"
    assert shelf.add("reprint", text, "2024-01-01") == "2022"
    for published in ("2022-03-03", "2022", None):
        shelf = Shelf()
        shelf.add("2022", text, "2022-03-01")
        assert shelf.add("soon after", rewritten, published) == "2022"


def test_an_edition_of_the_same_month_is_the_same_story_and_a_new_report_is_not() -> None:
    edition = joined([*FULL[:10], *story(50, 1)])
    new_turn = joined([*FULL[:6], *story(51, 4)])
    for published, text, expected in (
        ("2022-03-20", edition, "first"),
        ("2022-03-20", new_turn, "later"),
        ("2022-05-20", edition, "later"),
    ):
        shelf = Shelf()
        shelf.add("first", joined(FULL), "2022-03-01")
        assert shelf.add("later", text, published) == expected


def test_reports_that_share_a_picture_gallery_stay_apart() -> None:
    gallery = " ".join(f"{p} Jon Vik/AP" for p in story(60, 12)) + " In pictures: The season in ships Prev Next"
    shelf = Shelf()
    for article, seed in (("one", 61), ("two", 62)):
        assert shelf.add(article, joined([*story(seed, 2), gallery, *story(seed + 10, 2)])) == article


REWRITTEN = joined([FULL[0], *story(70, 8)])
"""Shares one paragraph in nine with the first version."""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://courier.example/2022/03/01/plan", "first"),
        ("http://www.courier.example/2022/03/01/plan/?utm_source=mail#top", "first"),
        ("https://courier.example/2022/03/01/plan?page=2", "later"),
        ("https://courier.example/", "later"),
        (None, "later"),
    ],
)
def test_the_revisions_of_a_page_are_one_story_under_whatever_ids(url: str | None, expected: str) -> None:
    shelf = Shelf()
    shelf.add("first", joined(FULL), "2022-03-01", "https://courier.example/2022/03/01/plan")
    shelf.add("front page", joined(story(71)), "2022-03-01", "https://courier.example/")
    assert shelf.add("later", REWRITTEN, "2022-06-01", url) == expected
    again = Stories([("first", "first", shelf.signatures["first"])], shelf.texts.get)
    assert again.assign("later", REWRITTEN, shelf.signatures["later"]) == expected


def test_a_revision_joins_its_page_rather_than_a_copy() -> None:
    page = "https://courier.example/plan"
    shelf = Shelf()
    shelf.add("first", joined(FULL), url=page)
    shelf.add("copy of the later", REWRITTEN)
    assert shelf.add("later", REWRITTEN, url=page) == "first"
    shelf.stories.forget("first")
    shelf.stories.forget("later")
    assert shelf.add("last", REWRITTEN, url=page) == "copy of the later"


def test_different_reports_at_one_address_stay_apart() -> None:
    shelf = Shelf()
    ids = [str(seed) for seed in range(12)]
    texts = [" ".join(f"{word}{i}" for word in joined(story(int(i))).split()) for i in ids]
    assert [shelf.add(i, text, url="https://courier.example/feed") for i, text in zip(ids, texts, strict=True)] == ids


def test_groups_survive_a_restart() -> None:
    shelf = Shelf()
    shelf.add("one", joined(FULL))
    known = [("one", "one", shelf.signatures["one"]), ("cut", "one", signature(COPIES["cut to its first third"]))]
    again = Stories(known, shelf.texts.get)
    assert again.assign("two", joined(FULL), signature(joined(FULL))) == "one"


def test_a_changed_article_leaves_its_group_and_frees_no_name_in_use() -> None:
    shelf = Shelf()
    shelf.add("one", joined(FULL))
    assert shelf.add("copy", joined(FULL)) == "one"
    changed = shelf.add("one", joined(story(7)))
    assert changed not in ("one", "copy")
    assert shelf.add("later copy", joined(FULL)) == "one"
    assert shelf.add("copy of the changed", joined(story(7))) == changed


def test_a_forgotten_article_is_no_longer_found() -> None:
    shelf = Shelf()
    shelf.add("one", joined(FULL))
    shelf.stories.forget("one")
    shelf.stories.forget("never known")
    assert shelf.add("two", joined(FULL)) == "two"


def test_an_article_whose_text_is_gone_is_not_joined() -> None:
    stories = Stories([("one", "one", signature(joined(FULL)))], lambda article_id: None)
    assert stories.assign("two", joined(FULL), signature(joined(FULL))) == "two"


@pytest.mark.parametrize("text", ["", "Short.", "One two three four five six.", "港口费用周二上涨了。"])
def test_short_texts_meet_their_exact_copies_only(text: str) -> None:
    shelf = Shelf()
    shelf.add("one", text)
    shelf.add("long", joined(FULL))
    assert shelf.add("two", text) == ("one" if text else "two")


def test_signatures_are_small_and_always_the_same() -> None:
    text = joined(FULL)
    assert signature(text) == signature(text)
    assert len(signature(text)) < len(text) / 8
    # A stored signature must be found again by every later version.
    assert signature("One two three four five six.", "2022-03-01").hex() == (
        "a7430b0000000000ba0d25be186dfd3be7537d3e13a61d3e"
    )


def test_the_index_counts_shared_hashes_and_passes_over_common_ones() -> None:
    from array import array

    index = RunIndex()
    index.add(0, array("Q", [1, 2, 3]))
    index._sort_in()
    index.add(1, array("Q", [2, 3, 4]))
    assert dict(index.shared(array("Q", [2, 3, 9]))) == {0: 2, 1: 2}
    for number in range(2, COMMON + 2):
        index.add(number, array("Q", [3]))
    assert dict(index.shared(array("Q", [2, 3, 9]))) == {0: 1, 1: 1}


def test_real_copies_of_different_length_are_one_story(shared: Path) -> None:
    articles = [a for a in read_articles([shared / "seeds"], Settings()) if isinstance(a, Article)]
    shelf = Shelf()
    stories = [shelf.add(a.id, a.text) for a in articles]
    assert stories[0] == stories[1]
    assert len(set(stories)) == 4


def test_grouping_is_quick() -> None:
    shelf = Shelf()
    texts = [joined(story(seed, 8)) for seed in range(60)]
    started = time.process_time()
    for number, text in enumerate(texts):
        shelf.add(str(number), text)
    assert (time.process_time() - started) / len(texts) < 0.02


def test_the_figures_of_the_benchmark() -> None:
    judged = [(True, True), (True, True), (True, False), (False, True)]
    pairs = [Pair("made", str(n), same, taken) for n, (same, taken) in enumerate(judged)]
    assert figures(pairs) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    articles = [Text(str(seed), joined(story(seed)), "2022-03-01") for seed in range(4)]
    copies = list(make_copies(articles, 2))
    found = by_groundwire(articles, [copy for _, _, copy in copies])
    assert len(copies) == 12
    assert all(found[copy.id] == original for kind, original, copy in copies if kind == "retitled")
    assert benchmark(["--data", "nowhere.jsonl.gz"]) == 1
