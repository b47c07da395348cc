"""The sample corpus reads without loss, and its gold set points at what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from eval.cases import load_cases, read_case
from ingest.articles import read_articles
from rag.errors import GoldSetError
from rag.records import Article
from rag.settings import Settings
from samples.build_gold import ARTICLES, GOLD, QUESTIONS, article_texts, build, main, read_lines, to_lines

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
LEAST = {
    "number": 60, "who-said-what": 40, "date": 15, "why": 25, "fact": 30, "comparison": 10, "both-sides": 10,
    "follow-up": 70, "dev": 30, "held-out": 30, "topic-change": 4, "return": 1, "false-premise": 32,
    "unanswerable": 60, "disagreement": 16, "timeline": 5, "list": 5, "latest": 5,
}  # fmt: skip
"""Every tag and how many cases it has at least."""

SPREAD = {"comparison", "both-sides", "disagreement", "timeline", "list"}
"""Answers that no single quote holds."""

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
    assert {ending: endings.count(ending) for ending in set(endings)} == {".md": 18, ".txt": 6, ".html": 7, ".jsonl": 4}


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
    assert years == {str(year) for year in range(2018, 2026)}


def test_page_furniture_stays_out_of_the_text(articles: Mapping[str, Article]) -> None:
    for article in articles.values():
        for furniture in ("cookie", "newsletter", "Telegram", "Read more", "All rights reserved", "log in", "inbox"):
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


def test_cases_are_distinct_and_enough_of_every_kind(gold: list[dict[str, Any]]) -> None:
    asked = {(case["question"], str(case.get("history"))) for case in gold}
    assert len({case["id"] for case in gold}) == len(asked) == len(gold)
    tags = [tag for case in gold for tag in case["tags"]]
    assert set(tags) == set(LEAST)
    assert {tag: tags.count(tag) for tag, least in LEAST.items() if tags.count(tag) < least} == {}
    assert sum({"timeline", "list", "latest", "comparison"} & set(case["tags"]) != set() for case in gold) >= 15


def test_of_the_unanswerable_many_have_no_false_premise(gold: list[dict[str, Any]]) -> None:
    kinds = ["false-premise" in case["tags"] for case in gold if not case["answerable"]]
    assert kinds.count(True) >= 32
    assert kinds.count(False) >= 25
    assert not any("false-premise" in case["tags"] for case in gold if case["answerable"])


def test_only_answerable_cases_have_support(gold: list[dict[str, Any]]) -> None:
    for case in gold:
        supported = [bool(case[key]) for key in ("support", "support_quotes")]
        assert supported == [case["answerable"]] * 2, case["id"]
        assert case["answerable"] == (case["answer"] is not None) == ("unanswerable" not in case["tags"]), case["id"]
        assert {quote["article"] for quote in case["support_quotes"]} == set(case["support"]), case["id"]


def test_follow_ups_have_a_history_and_a_half_and_others_neither(gold: list[dict[str, Any]]) -> None:
    for case in gold:
        halves = [tag for tag in case["tags"] if tag in {"dev", "held-out"}]
        assert bool(case.get("history")) == ("follow-up" in case["tags"]) == (len(halves) == 1), case["id"]


def test_a_conversation_lies_in_one_half_and_its_turns_lead_on(gold: list[dict[str, Any]]) -> None:
    conversations: dict[str, list[dict[str, Any]]] = {}
    for case in gold:
        if case["id"].startswith("cv-"):
            conversations.setdefault(case["id"].rsplit("-", 1)[0], []).append(case)
    assert len(conversations) >= 18
    for name, turns in conversations.items():
        assert len({tag for turn in turns for tag in turn["tags"] if tag in {"dev", "held-out"}}) == 1, name
        assert 2 <= len(turns) <= 4, name
        for place, turn in enumerate(turns, start=1):
            assert len(turn["history"]) == place, turn["id"]
            assert all(earlier["question"] and earlier["answer"] for earlier in turn["history"]), turn["id"]
        for turn, after in pairwise(turns):
            assert after["history"][:-1] == turn["history"], after["id"]
            assert after["history"][-1]["question"] == turn["question"], after["id"]


def test_plain_answers_stand_in_their_quotes(gold: list[dict[str, Any]]) -> None:
    for case in gold:
        if case["answerable"] and not SPREAD & set(case["tags"]):
            quoted = " ".join(words(" ".join(quote["text"] for quote in case["support_quotes"])))
            answers = [" ".join(words(answer)) for answer in [case["answer"], *case["answer_aliases"]]]
            assert any(answer in quoted for answer in answers), case["id"]


def test_disagreements_have_their_sides(gold: list[dict[str, Any]]) -> None:
    for case in load_cases(GOLD):
        assert (len(case.sides) >= 2) == ("disagreement" in case.tags), case.id
        assert len({side.by for side in case.sides}) == len(case.sides), case.id
        values = [side.value for side in case.sides if side.value]
        assert len(set(values)) == len(values), case.id
        for side in case.sides:
            assert set(side.quotes) <= set(case.quotes), case.id
            said = " ".join(words(" ".join(quote.text for quote in side.quotes)))
            assert " ".join(words(side.value or "")) in said, case.id


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


def test_build_counts_the_quotes_of_the_sides_as_support() -> None:
    sides = [
        {"by": "A", "value": "rain", "quotes": [{"in": ["a"], "text": "Rain fell in Oslo"}]},
        {"by": "B", "value": None, "quotes": QUESTION["quotes"]},
    ]
    [case] = build([QUESTION | {"sides": sides}], TEXTS)
    assert [quote["article"] for quote in case["support_quotes"]] == case["support"] == ["b", "a"]
    [first, second] = read_case(case, "gold:1").sides
    assert (first.by, first.value, first.quotes[0].start) == ("A", "rain", 11)
    assert (second.by, second.value) == ("B", None)


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        pytest.param([{"by": "A", "value": "1", "quotes": []}] * 2, "'quotes' is empty", id="side without quote"),
        pytest.param([{"by": "A", "quotes": [{"in": ["b"], "text": "Snow"}]}], "holds one side", id="one side"),
        pytest.param([{"quotes": [{"in": ["b"], "text": "Snow"}]}] * 2, "'by' is missing", id="nobody says so"),
    ],
)
def test_sides_are_refused(sides: list[dict[str, Any]], message: str) -> None:
    [case] = build([QUESTION | {"sides": sides}], TEXTS)
    with pytest.raises(GoldSetError, match=message):
        read_case(case, "gold:1")


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
