"""Filters mean the same to the catalogue and to the keyword index."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.indexing import ingest
from rag.index.catalogue import NO_DAYS, Catalogue, day_range
from rag.index.library import Library, open_library
from rag.index.passage_rows import PassageRows
from rag.records import Filters
from rag.settings import load_settings

ARTICLES = {
    "a": {"outlet": "Österreich Blatt", "author": "Ann Bell", "date": "2019-10-08", "language": "de"},
    "b": {"outlet": "Harbour Courier", "author": "Carl Dunn", "date": "2019-10", "language": "en"},
    "c": {"outlet": "Harbour Courier", "author": "Ann Bell", "date": "2019", "language": "en"},
    "d": {"outlet": "Harbour Courier", "date": "2025-03-26", "language": "en"},
    "e": {"outlet": "Island Post"},
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("filters")
    for name, fields in ARTICLES.items():
        lines = [f"id: {name}", f"title: Ferry number {name}", *(f"{k}: {v}" for k, v in fields.items())]
        header = "\n".join(lines)
        body = f"The ferry {name * 3} left the harbour late. {name * 4} passengers waited on the {name * 5} pier.\n"
        (folder / f"{name}.txt").write_text(f"---\n{header}\n---\n{body}")
    settings = load_settings(library=folder / "library")
    ingest([folder], settings)
    return open_library(settings.library)


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(), "abcde"),
        (Filters(outlets=("harbour COURIER",)), "bcd"),
        (Filters(outlets=("ÖSTERREICH blatt", "island post")), "ae"),
        (Filters(authors=("ann bell",)), "ac"),
        (Filters(article_ids=("a", "E", "nobody")), "ae"),
        (Filters(story_ids=("d",)), "d"),
        (Filters(since="2020"), "d"),
        (Filters(until="2019"), "abc"),
        (Filters(since="2019-10-09"), "bcd"),  # b and c may be of that day or later
        (Filters(until="2019-10-07"), "bc"),
        (Filters(since="2019-11", until="2019-12"), "c"),
        (Filters(since="2025-03-26", until="2025-03-26"), "d"),
        (Filters(outlets=("Harbour Courier",), authors=("Ann Bell",)), "c"),
        (Filters(outlets=("unknown",)), ""),
        (Filters(outlets=("",)), ""),
    ],
)
def test_a_filter_passes_the_same_articles_in_both_indexes(library: Library, filters: Filters, wanted: str) -> None:
    facts = library._catalogue.facts(library._exact.rows.numbers.tolist())
    allowed = library._exact.rows.numbers[library._catalogue.allowed(filters)]
    assert "".join(sorted({facts[n].article_id for n in allowed.tolist()})) == wanted
    found = library._keywords.search("ferry harbour", 20, filters)
    assert "".join(sorted({facts[n].article_id for n, _ in found})) == wanted


@pytest.mark.parametrize(
    "filters", [Filters(outlets=("Harbour Courier",)), Filters(since="2025"), Filters(until="2030")]
)
@pytest.mark.parametrize("k", [1, 2, 20])
def test_filtering_hits_afterwards_finds_what_filtering_first_finds(library: Library, filters: Filters, k: int) -> None:
    question = "Which ferry left the harbour late with ddd passengers?"
    allowed = library._catalogue.allowed(filters)
    assert library._by_keyword(question, k, filters, allowed) == library._keywords.search(question, k, filters)


def test_keyword_scores_are_the_same_with_a_filter_and_for_named_passages(library: Library) -> None:
    question = "Which ferry left the bbb harbour late?"
    plain = dict(library._keywords.search(question, 20))
    assert dict(library._keywords.search(question, 20, Filters(outlets=("Harbour Courier",)))).items() <= plain.items()
    assert library._keywords.scores(question, list(plain)) == pytest.approx(plain)
    assert library._keywords.scores(question, []) == {}
    assert library._keywords.scores("who is it", list(plain)) == {}


def test_rows_are_in_order_of_date(library: Library) -> None:
    facts = library._catalogue.facts(library._exact.rows.numbers.tolist())
    dates = [facts[n].published or "~" for n in library._exact.rows.numbers.tolist()]
    assert dates == sorted(dates)


def test_a_period_without_articles_is_rarer_than_one_with_some(library: Library) -> None:
    assert library.rarity("2030-01-01", "2030-01-31") > library.rarity("2019-01-01", "2019-12-31") > 0


def test_facts_of_unknown_passages_are_left_out(library: Library) -> None:
    assert library._catalogue.facts([10**9, -1]) == {}


@pytest.mark.parametrize(
    ("published", "days"),
    [
        ("2019-10-08", (20191008, 20191008)),
        ("2019-10", (20191001, 20191031)),
        ("2019", (20190101, 20191231)),
        (None, NO_DAYS),
        ("", NO_DAYS),
        ("last week", NO_DAYS),
    ],
)
def test_days_of_dates_of_any_precision(published: str | None, days: tuple[int, int]) -> None:
    assert day_range(published) == days


def test_no_row_passes_when_the_store_lost_the_passage(library: Library) -> None:
    catalogue = Catalogue(library.store, PassageRows(np.array([10**9], dtype=np.int64)))
    assert not catalogue.allowed(Filters(until="2030")).any()
