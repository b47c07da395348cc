from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from rag.errors import ModelUnavailable
from rag.events import PassagesFound
from rag.records import Filters, Turn
from tests.web.fakes import FakeChatbot, FakeLibrary, Script, answered, article, cite, found, script, sentence
from web.ask_tab import AskTab
from web.catalog import Catalog
from web.chatbots import Chatbots
from web.exchange import Exchange, Stage
from web.sidebar import Sidebar

SOURCE = article("a1", "The port reopened on Monday. Cranes moved at noon.")
ANSWER = answered("When?", SOURCE, [sentence()], [cite(SOURCE, "The port reopened on Monday.")])
DOWN: Script = [PassagesFound("When?", (found(SOURCE),)), ModelUnavailable("the model does not answer. Start it.")]


class Page:
    """The tab with its handlers called as the browser would, one question at a time."""

    def __init__(self, *scripts: Script, library: FakeLibrary | None = None) -> None:
        self.bot = FakeChatbot(library or FakeLibrary(SOURCE), list(scripts) or [script(ANSWER)])
        with gr.Blocks():
            chatbots = Chatbots(self.bot, lambda settings: self.bot)
            catalog = Catalog(self.bot.library)
            self.tab = AskTab(chatbots, catalog, Sidebar(chatbots, catalog))
        self.exchanges: list[Exchange] = []
        self.editing = False
        self.shown: list[dict[Any, Any]] = []

    def ask(self, text: str | None, outlets: list[str] | None = None, since: str | None = None) -> dict[Any, Any]:
        first = self.begin(text, self.exchanges, outlets, since)
        return self._play(first)

    def begin(
        self, text: str | None, exchanges: list[Exchange], outlets: list[str] | None = None, since: str | None = None
    ) -> dict[Any, Any]:
        return self.tab._begin(text, exchanges, self.editing, outlets, None, None, since, None, None)

    def retry(self) -> dict[Any, Any]:
        return self._play(self.tab._again(self.exchanges))

    def _play(self, first: dict[Any, Any]) -> dict[Any, Any]:
        self.shown = [first]
        self.exchanges = first.get(self.tab.exchanges, self.exchanges)
        for update in self.tab._answer(self.exchanges, self.bot.settings):
            self.shown.append(update)
            self.exchanges = update.get(self.tab.exchanges, self.exchanges)
        return self.shown[-1]


def test_passages_are_shown_before_the_first_sentence_and_the_answer_last() -> None:
    page = Page()
    last = page.ask(" When? ")
    panels = [update[page.tab.sources] for update in page.shown]
    answers = [update[page.tab.chat][-1]["content"] for update in page.shown]
    found_at = next(i for i, panel in enumerate(panels) if "Passages found: 1" in panel)
    said_at = next(i for i, answer in enumerate(answers) if "The port reopened" in answer)
    assert found_at < said_at < len(answers) - 1
    assert "Quoted from the articles" in last[page.tab.chat][-1]["content"]
    assert page.bot.asked == [("When?", (), None, Filters())]


def test_while_it_answers_stop_replaces_ask() -> None:
    page = Page()
    last = page.ask("When?")
    assert page.shown[0][page.tab.stop]["visible"]
    assert not page.shown[0][page.tab.ask]["visible"]
    assert not last[page.tab.stop]["visible"]
    assert last[page.tab.ask]["visible"]


@pytest.mark.parametrize("text", ["", "   ", None, "x" * 2001])
def test_a_question_that_cannot_be_asked_is_explained_and_stays_in_the_box(text: str | None) -> None:
    page = Page()
    page.ask(text)
    assert 'role="alert"' in page.shown[0][page.tab.notice]
    assert page.tab.question not in page.shown[0]
    assert page.bot.asked == []


def test_filters_and_history_reach_the_chain() -> None:
    page = Page()
    page.ask("When?", outlets=["Bay Herald"], since="2021")
    page.ask("And then?")
    assert page.bot.asked[0][3] == Filters(outlets=("Bay Herald",), since="2021")
    assert "only Bay Herald · from 2021" in page.shown[-1][page.tab.chat][0]["content"]
    assert page.bot.asked[1][1] == (Turn("When?", ANSWER.text),)


def test_a_model_that_is_down_is_told_in_the_chat_and_the_passages_stay() -> None:
    page = Page(DOWN, script(ANSWER))
    last = page.ask("When?")
    assert "the model does not answer. Start it." in last[page.tab.chat][-1]["content"]
    assert "Passages found: 1" in last[page.tab.sources]
    assert last[page.tab.ask]["visible"]
    assert "Quoted from the articles" in page.retry()[page.tab.chat][-1]["content"]
    assert [exchange.number for exchange in page.exchanges] == [1]


def test_a_programming_error_is_told_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    page = Page()
    page.bot.scripts = []
    last = page.ask("When?")
    assert "Something went wrong inside Groundwire" in last[page.tab.chat][-1]["content"]
    assert "IndexError" not in last[page.tab.chat][-1]["content"]
    assert "IndexError" in caplog.text


def test_stop_ends_the_answer_with_what_was_checked() -> None:
    page = Page()
    page.bot.pause = 0.2
    page.exchanges = page.begin("When?", [])[page.tab.exchanges]
    last: dict[Any, Any] = {}
    for last in page.tab._answer(page.exchanges, page.bot.settings):
        if "The port reopened" in last[page.tab.chat][-1]["content"]:
            page.tab._stop(last[page.tab.exchanges])
    assert last[page.tab.exchanges][-1].stage is Stage.STOPPED
    assert "The port reopened" in last[page.tab.chat][-1]["content"]
    assert "Stopped." in last[page.tab.chat][-1]["content"]
    assert last[page.tab.ask]["visible"]


def test_an_answer_stopped_while_it_waits_never_begins_and_can_be_tried_again() -> None:
    page = Page()
    waiting = page.begin("When?", [])[page.tab.exchanges]
    halted = page.tab._stop(waiting)
    assert "Stopped." in halted[page.tab.chat][-1]["content"]
    assert halted[page.tab.chat][-1]["options"]
    page.exchanges = halted[page.tab.exchanges]
    assert len(list(page.tab._answer(page.exchanges, page.bot.settings))) == 1
    assert page.bot.asked == []
    assert "Quoted from the articles" in page.retry()[page.tab.chat][-1]["content"]


def test_a_new_conversation_begun_while_it_answers_clears_the_page_last() -> None:
    page = Page()
    page.bot.pause = 0.05
    page.exchanges = page.begin("When?", [])[page.tab.exchanges]
    updates = []
    for update in page.tab._answer(page.exchanges, page.bot.settings):
        updates.append(update)
        if len(updates) == 2:
            assert page.tab.exchanges not in page.tab._forget(update[page.tab.exchanges])
    assert updates[-1][page.tab.exchanges] == []
    assert updates[-1][page.tab.ask]["visible"]


def test_a_second_question_waits_for_the_first() -> None:
    page = Page()
    waiting = page.begin("When?", [])[page.tab.exchanges]
    refused = page.begin("Who?", waiting)
    assert "Wait for the answer" in refused[page.tab.notice]
    assert page.tab.exchanges not in refused


def test_new_conversation_forgets_everything() -> None:
    page = Page()
    page.ask("When?")
    cleared = page.tab._forget(page.exchanges)
    assert cleared[page.tab.exchanges] == []
    assert cleared[page.tab.chat] == []
    assert cleared[page.tab.examples_group]["visible"]


def test_an_edited_question_replaces_the_last_one() -> None:
    page = Page()
    page.ask("When?")
    page.ask("And then?")
    editing = page.tab._edit(page.exchanges, False)
    assert editing[page.tab.question] == "And then?"
    assert "Editing question 2" in editing[page.tab.notice]
    page.editing = editing[page.tab.editing]
    last = page.ask("And on Tuesday?")
    assert [(e.number, e.question) for e in page.exchanges] == [(1, "When?"), (2, "And on Tuesday?")]
    assert last[page.tab.editing] is False


def test_a_reader_who_thinks_better_of_editing_keeps_the_conversation() -> None:
    page = Page()
    page.ask("When?")
    kept = page.tab._edit(page.exchanges, True)
    assert kept[page.tab.exchanges] == page.exchanges
    assert kept[page.tab.question] == ""
    assert kept[page.tab.editing] is False


def test_edit_and_save_are_offered_when_there_is_something_to_edit() -> None:
    page = Page()
    last = page.ask("When?")
    for part in (page.tab.edit, page.tab.save.row):
        assert not page.shown[0][part]["visible"]
        assert last[part]["visible"]


def test_an_empty_library_says_what_to_do_and_is_not_asked() -> None:
    page = Page(library=FakeLibrary())
    page.ask("When?")
    assert "The library is empty. Add articles" in page.shown[0][page.tab.notice]
    assert page.bot.asked == []
    assert "The library is empty" in page.tab.library_updates()[0]["placeholder"]
