from __future__ import annotations

from tests.web.fakes import FakeLibrary, article
from web.catalog import NAMES, SAMPLE_QUESTIONS, Catalog
from web.listing import Wanted

LIBRARY_ARTICLES = [
    article("a1", title="Port reopens", outlet="Bay Herald", published="2021-03-05"),
    article("b2", title="Café tax “too high”", outlet="Bay Herald", published="2022"),
    article("c3", title="Undated notice", outlet=None, published=None),
    article("d4", title="Port reopens at last", outlet="Coast Post", published="2021-03-06", story_id="a1"),
]


def catalog() -> Catalog:
    return Catalog(FakeLibrary(*LIBRARY_ARTICLES))


def test_articles_come_newest_first_and_undated_last() -> None:
    assert [head.id for head in catalog().heads] == ["b2", "d4", "a1", "c3"]


def test_outlets_come_by_number_of_articles() -> None:
    assert catalog().outlets() == ["Bay Herald", "Coast Post"]


def test_authors_and_languages_are_offered_and_long_lists_are_cut() -> None:
    view = Catalog(FakeLibrary(*(article(f"n{i}", author=f"Author {i:04}", language="en") for i in range(NAMES + 5))))
    assert view.authors()[:2] == ["Author 0000", "Author 0001"]
    assert len(view.authors()) == NAMES
    assert view.languages() == ["en"]


def test_the_library_is_read_again_only_when_it_changed() -> None:
    library = FakeLibrary(*LIBRARY_ARTICLES)
    view = Catalog(library)
    assert view.listing is view.listing
    view.outlets()
    assert library.heads_read == 1
    library.add(article("e5", outlet="New Voice"))
    assert "New Voice" in view.outlets()
    assert view.listing.page(Wanted("new voice")).found == 1
    assert library.heads_read == 2


def test_summary_counts_articles_passages_stories_and_years() -> None:
    summary = catalog().summary_html()
    assert "4 articles · 4 passages · 3 stories (1 near-copy folded) · 2021 to 2022" in summary


def test_an_empty_library_says_how_to_fill_it() -> None:
    assert "The library is empty." in Catalog(FakeLibrary()).summary_html()


def test_examples_are_offered_only_where_the_answering_article_is() -> None:
    assert catalog().examples() == []
    question, title = SAMPLE_QUESTIONS[0]
    assert Catalog(FakeLibrary(article("x", title=title))).examples()[0] == question
