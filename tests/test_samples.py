"""The sample corpus reads without loss, and its gold set points at what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ingest.articles import read_articles
from rag.errors import GoldSetError
from rag.records import Article
from rag.settings import Settings
from samples.build_gold import ARTICLES, GOLD, QUESTIONS, article_texts, build, main, read_lines, to_lines

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
TAGS = {"fact", "number", "who-said-what", "date", "why", "comparison", "both-sides", "follow-up"} | {
    "false-premise",
    "unanswerable",
}
COPIES = ("wire-2019-10-08-blacklist", "courier-2019-10-08-blacklist", "times-2019-10-08-blacklist")


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    found = list(read_articles([ARTICLES], Settings()))
    assert [item for item in found if not isinstance(item, Article)] == []
    return {item.id: item for item in found if isinstance(item, Article)}


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    return read_lines(GOLD)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


# ------------------------------------------------------------------ articles
def test_every_reader_has_something_to_read(articles: Mapping[str, Article]) -> None:
    endings = [Path(article.source.split("#")[0]).suffix for article in articles.values()]
    assert {ending: endings.count(ending) for ending in set(endings)} == {".md": 11, ".txt": 3, ".html": 4, ".jsonl": 3}


def test_ids_are_the_given_ones_but_for_the_scraped_page(articles: Mapping[str, Article]) -> None:
    unnamed = [a for a in articles.values() if not re.fullmatch(r"[a-z]+-20\d\d-\d\d-\d\d-[a-z0-9-]+", a.id)]
    assert [Path(article.source).name for article in unnamed] == ["scraped-page.txt"]


def test_described_articles_know_outlet_date_and_an_invented_address(articles: Mapping[str, Article]) -> None:
    for article in articles.values():
        if not article.source.endswith("scraped-page.txt"):
            assert article.outlet
            assert article.published
            assert article.published in article.id
            assert (urlsplit(article.url or "").hostname or "").endswith((".example.org", ".example.com"))


def test_articles_are_short_and_span_the_years(articles: Mapping[str, Article]) -> None:
    lengths = {article.id: len(words(article.text)) for article in articles.values()}
    assert all(120 <= length <= 450 for length in lengths.values()), lengths
    years = {(article.published or "")[:4] for article in articles.values()}
    assert {"2019", "2021", "2022", "2023", "2024", "2025"} <= years


def test_page_furniture_stays_out_of_the_text(articles: Mapping[str, Article]) -> None:
    for article in articles.values():
        for furniture in ("cookie", "newsletter", "Telegram", "Read more", "All rights reserved", "Photo:", "inbox"):
            assert furniture not in article.text, article.id


def test_copies_of_the_wire_story_repeat_it_under_other_titles(articles: Mapping[str, Article]) -> None:
    full, cut, page = (articles[name] for name in COPIES)
    assert len({full.title, cut.title, page.title}) == 3
    assert len({full.outlet, cut.outlet, page.outlet}) == 3
    assert len(cut.text) < 0.7 * len(full.text)
    for copy in (cut, page):
        shared = runs(copy.text, 4) & runs(full.text, 4)
        assert len(shared) > 0.9 * len(runs(copy.text, 4))


def test_no_wording_is_taken_from_the_model_case(articles: Mapping[str, Article]) -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"no {SEEDS}: the texts to compare with are not in the repository")
    theirs = set[tuple[str, ...]]().union(*(runs(p.read_text(encoding="utf-8"), 12) for p in SEEDS.glob("*.txt")))
    assert theirs
    for article in articles.values():
        assert not runs(f"{article.title}\n{article.text}", 12) & theirs, article.id


# ------------------------------------------------------------------ gold set
def test_gold_is_what_the_questions_give(articles: Mapping[str, Article]) -> None:
    texts = {article.id: article.text for article in articles.values()}
    assert to_lines(build(read_lines(QUESTIONS), texts)) == GOLD.read_text(encoding="utf-8")


def test_quotes_match_their_offsets(articles: Mapping[str, Article], gold: list[dict[str, Any]]) -> None:
    quotes = [quote for case in gold for quote in case["support_quotes"]]
    assert len(quotes) > 100
    for quote in quotes:
        assert articles[quote["article"]].text[quote["start"] : quote["end"]] == quote["text"]


def test_cases_are_many_distinct_and_of_every_kind(gold: list[dict[str, Any]]) -> None:
    assert len(gold) >= 60
    assert len({case["id"] for case in gold}) == len({case["question"] for case in gold}) == len(gold)
    tags = [tag for case in gold for tag in case["tags"]]
    assert set(tags) == TAGS
    least = {"who-said-what": 10, "number": 10, "unanswerable": 14, "follow-up": 6, "comparison": 6, "both-sides": 6}
    assert all(tags.count(tag) >= count for tag, count in least.items())


def test_only_answerable_cases_have_support(gold: list[dict[str, Any]]) -> None:
    for case in gold:
        supported = [bool(case[key]) for key in ("support", "support_quotes")]
        assert supported == [case["answerable"]] * 2, case["id"]
        assert case["answerable"] == (case["answer"] is not None) == ("unanswerable" not in case["tags"]), case["id"]
        assert {quote["article"] for quote in case["support_quotes"]} == set(case["support"]), case["id"]


def test_follow_ups_have_a_history_and_others_none(gold: list[dict[str, Any]]) -> None:
    for case in gold:
        assert bool(case.get("history")) == ("follow-up" in case["tags"]), case["id"]


def test_plain_answers_stand_in_their_quotes(gold: list[dict[str, Any]]) -> None:
    for case in gold:
        if case["answerable"] and not {"comparison", "both-sides"} & set(case["tags"]):
            quoted = " ".join(words(" ".join(quote["text"] for quote in case["support_quotes"])))
            answers = [" ".join(words(answer)) for answer in [case["answer"], *case["answer_aliases"]]]
            assert any(answer in quoted for answer in answers), case["id"]


def test_copies_support_together(gold: list[dict[str, Any]]) -> None:
    texts = article_texts(ARTICLES)
    for case in gold:
        for quote in case["support_quotes"]:
            holders = {name for name in COPIES if quote["text"] in texts[name]}
            assert holders <= set(case["support"]), case["id"]


# ------------------------------------------------------------------ the script
TEXTS = {"a": "Rain fell. Rain fell in Oslo.", "b": "Snow fell in Bergen."}
QUESTION: dict[str, Any] = {
    "id": "q",
    "question": "Where did snow fall?",
    "answer": "Bergen",
    "answer_aliases": [],
    "tags": ["fact"],
    "quotes": [{"in": ["b"], "text": "in Bergen"}],
}


def test_build_finds_the_offsets() -> None:
    [case] = build([QUESTION], TEXTS)
    assert case["support_quotes"] == [{"article": "b", "start": 10, "end": 19, "text": "in Bergen"}]
    assert (case["support"], case["answerable"]) == (["b"], True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"quotes": [{"in": ["a"], "text": "Rain fell"}]}, "found 2 times in a", id="quote stands twice"),
        pytest.param({"quotes": [{"in": ["b"], "text": "in Oslo"}]}, "found 0 times in b", id="quote stands nowhere"),
        pytest.param({"quotes": [{"in": ["c"], "text": "in Oslo"}]}, "no article c", id="article is unknown"),
        pytest.param({"quotes": []}, "an answer needs a quote", id="answer without quote"),
        pytest.param({"answer": None}, "without an answer has none", id="quote without answer"),
        pytest.param({"maybe_support": ["b"]}, "maybe_support b", id="support is doubtful as well"),
        pytest.param({"anwser": "Oslo"}, "unknown key anwser", id="misspelt key"),
    ],
)
def test_build_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(GoldSetError, match=message):
        build([QUESTION | change], TEXTS)


def test_build_refuses_an_id_used_twice() -> None:
    with pytest.raises(GoldSetError, match="id q is used more than once"):
        build([QUESTION, QUESTION], TEXTS)


def test_check_passes_on_the_committed_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == "gold.jsonl is up to date\n"
