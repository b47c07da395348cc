from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from rag.index.library import Library
from rag.settings import Settings
from tests.web import scenes
from tests.web.fakes import FakeLibrary, article, exchange_of
from web.articles_tab import ArticlesTab, ArticleTab, cited_spans
from web.catalog import Catalog, LibraryView
from web.health import health_html
from web.listing import NEWEST, PAGE_ROWS
from web.removal import question_html
from web.uploads import FOLDER, add_files

MANY = FakeLibrary(*(article(f"n{i:03}", title=f"Story {i:03}", published="2021") for i in range(PAGE_ROWS + 2)))
STORY = "The harbour of Lund reopened on Monday after a storm. Forty ships had waited outside for two days."


def tab(library: LibraryView, settings: Settings | None = None) -> ArticlesTab:
    with gr.Blocks():
        return ArticlesTab(Catalog(library), library, settings or Settings())


def test_one_page_is_sent_and_the_buttons_know_where_they_lead() -> None:
    rows, words, number, back, on, remove = tab(MANY).show("", [], "", "", NEWEST, 1)
    assert rows.count("<tr>") == PAGE_ROWS + 1
    assert f"1–{PAGE_ROWS} of {PAGE_ROWS + 2} articles" in words
    assert (number, back["interactive"], on["interactive"], remove["visible"]) == (1, False, True, True)


def test_next_previous_and_a_new_search_turn_the_pages() -> None:
    shown = tab(MANY)
    assert shown._page_after("", [], "", "", NEWEST, 1)[2] == 2
    assert shown._page_before("", [], "", "", NEWEST, 2)[2] == 1
    assert shown._first_page("", [], "", "", NEWEST, 2)[2] == 1


def test_a_date_that_is_none_is_explained_and_nothing_else_changes() -> None:
    problem, *others = tab(MANY).show("", [], "soon", "", NEWEST, 1)
    assert "write a date like" in problem
    assert all(other == gr.skip() for other in others)


def test_removing_asks_first_and_names_what_goes() -> None:
    shown = tab(MANY)
    ids, question, confirm, _ = shown._ask_removal(["n001", "n002", "gone"])
    assert ids == ["n001", "n002", "gone"]
    assert "Remove 2 articles" in question
    assert "Story 001" in question
    assert confirm["visible"]
    assert "Choose some articles first" in shown._ask_removal([])[3]
    assert "and 3 more" in question_html([f"n{i:03}" for i in range(8)], MANY)


@pytest.fixture
def filled(tmp_path: Path) -> Settings:
    """A library made of two uploaded files."""
    settings = Settings(library=tmp_path / "library")
    files = [tmp_path / "story.txt", tmp_path / "other.txt"]
    for number, file in enumerate(files):
        file.write_text(f"Harbour reopens {number}\n\n{STORY} It was storm number {number} of the year.")
    assert {r.outcome for r in add_files(files, settings, lambda done, what: None)} == {"added"}
    return settings


def test_a_removed_article_is_gone_with_the_file_it_was_uploaded_in(filled: Settings) -> None:
    library = Library(filled.library)
    (head,) = [h for h in library.heads() if h.title.endswith("1")]
    words, doomed, confirm = tab(library, filled)._remove([head.id])
    assert "Removed 1 article." in words
    assert (doomed, confirm["visible"]) == ([], False)
    assert library.article(head.id) is None
    assert [file.name for file in (filled.library / FOLDER).iterdir()] == ["story.txt"]
    assert library.counts().articles == 1


def test_health_tells_what_is_sound_and_what_is_not(filled: Settings) -> None:
    library = Library(filled.library)
    sound = health_html(filled.library, library.counts())
    assert "Everything is sound." in sound
    assert "kB" in sound or "MB" in sound
    for file in (filled.library / "index").glob("keywords*"):
        if file.is_file():
            file.unlink()
    broken = health_html(filled.library, library.counts())
    assert "Keywords" in broken
    assert "python -m rag doctor" in broken
    assert "no library" in health_html(filled.library / "nowhere", library.counts())


def test_an_opened_article_shows_all_that_the_conversation_cites_of_it() -> None:
    exchanges = [exchange_of(scenes.comparison())]
    assert len(cited_spans("herald", exchanges)) == 2
    with gr.Blocks():
        reader = ArticleTab(FakeLibrary(*scenes.ARTICLES))
    spans: Any = cited_spans("herald", exchanges)
    shown = reader.render("herald", spans[0], exchanges)
    assert '<mark class="active">The port authority says 40 passengers were hurt.</mark>' in shown
    assert '<mark class="gw-also">Nobody was killed.</mark>' in shown
    assert "Metro Today" in shown
    assert "no longer in the library" in reader.render("gone")
