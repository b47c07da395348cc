"""The Ask tab: a conversation, and beside it the passages every sentence rests on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from rag.errors import GroundwireError, QuestionError
from rag.events import Event
from rag.settings import Settings
from web.catalog import Catalog
from web.chatbots import Chatbots
from web.choices import parse_date, parse_filters, parse_question
from web.exchange import Exchange, Stage, advance, failed, history, stopped
from web.markup import inline
from web.rendering import messages
from web.runs import Ending, Runs
from web.saving import SaveButtons
from web.sidebar import Sidebar
from web.sources import panel_html
from web.theme import OPEN_ARTICLE_JS, html

EXAMPLES = 4
MORE_THAN_WAIT = 64
"""Answers begun at the same time, as far as Gradio is concerned; `Chatbots.turns` says whose turn it is."""
ANSWER_QUEUE = "answer"

WELCOME = (
    "<div class='gw-welcome'><p>What do the articles say?</p>"
    "<p>Each sentence of an answer is checked before you see it, and its mark opens the words it rests on.</p></div>"
)

EMPTY_LIBRARY = (
    "<div class='gw-welcome'><p>The library is empty</p>"
    "<p>Add some articles on the Articles tab, then ask what they say.</p></div>"
)

_LOG = logging.getLogger(__name__)
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Updates = dict[Any, Any]


class AskTab:
    """Components of the tab and what happens on each of them."""

    def __init__(self, chatbots: Chatbots, catalog: Catalog, sidebar: Sidebar) -> None:
        self._chatbots = chatbots
        self._catalog = catalog
        self._sidebar = sidebar
        self._runs = Runs()
        self.exchanges = gr.State([])
        self.editing = gr.State(False)
        with gr.Row(elem_id="gw-ask"):
            with gr.Column(scale=3, min_width=320):
                self._conversation()
            with gr.Column(scale=2, min_width=300):
                html("<h2>Sources</h2>")
                self.sources = html(panel_html([]), elem_id="gw-sources", js=OPEN_ARTICLE_JS)
        self._wire()

    @property
    def library_outputs(self) -> list[Any]:
        """What depends on the library: the welcome and the example questions."""
        return [self.chat, *self.examples]

    def library_updates(self) -> list[Any]:
        """Updates of `library_outputs` to the library as it is now."""
        questions = self._catalog.examples()[:EXAMPLES]
        buttons = [gr.update(value=q, visible=True) for q in questions]
        welcome = gr.update(placeholder=WELCOME if self._catalog.heads else EMPTY_LIBRARY)
        return [welcome, *buttons, *(gr.update(visible=False) for _ in range(EXAMPLES - len(questions)))]

    # ------------------------------------------------------------------ layout
    def _conversation(self) -> None:
        with gr.Row(elem_id="gw-head"):
            html("<h2>Conversation</h2>")
            self.save = SaveButtons()
        self.chat = gr.Chatbot(
            label="Conversation",
            show_label=False,
            elem_id="gw-conversation",
            height=None,
            buttons=[],
            latex_delimiters=[],
            allow_tags=False,
            line_breaks=False,
            placeholder=WELCOME,
        )
        with gr.Column(elem_id="gw-examples") as self.examples_group:
            self.examples = [gr.Button("", visible=False, size="sm") for _ in range(EXAMPLES)]
        with gr.Row(elem_id="gw-active-row"):
            self.active = html()
            self.clear_filters = gr.Button("Clear filters", size="sm", visible=False, scale=0, min_width=110)
        self.notice = html()
        with gr.Row(elem_id="gw-question-row", equal_height=True):
            self.question = gr.Textbox(
                label="Your question",
                lines=1,
                max_lines=6,
                elem_id="gw-question",
                scale=5,
                autofocus=True,
                container=True,
            )
            self.ask = gr.Button("Ask", variant="primary", scale=0, min_width=96, elem_id="gw-ask-button")
            self.stop = gr.Button("Stop", variant="stop", visible=False, scale=0, min_width=96, elem_id="gw-stop")
        with gr.Row(elem_id="gw-tools"):
            self.new = gr.Button("New conversation", size="sm", scale=0, min_width=150)
            self.again = gr.Button("Ask again", size="sm", visible=False, scale=0, min_width=100, elem_id="gw-again")
            self.edit = gr.Button("Edit question", size="sm", visible=False, scale=0, min_width=130, elem_id="gw-edit")
            self.more = gr.Button("Filters and settings", size="sm", scale=0, min_width=150)

    def _wire(self) -> None:
        shown = [self.exchanges, self.chat, self.sources, self.question, self.notice, self.examples_group]
        shown += [self.ask, self.stop, self.editing, self.edit, self.again, self.save.row]
        filters = self._sidebar.filter_inputs
        quick: dict[str, Any] = {"outputs": shown, "queue": False, **_PRIVATE}
        begun = [
            trigger(self._begin, inputs=[box, self.exchanges, self.editing, *filters], **quick)
            for trigger, box in [
                (self.question.submit, self.question),
                (self.ask.click, self.question),
                *((button.click, button) for button in self.examples),
            ]
        ]
        begun += [
            trigger(self._again, inputs=self.exchanges, **quick)
            for trigger in (self.again.click, self.chat.option_select)
        ]
        for event in begun:
            event.then(None, js="() => window.groundwire.rememberQuestion()", api_visibility="private")
            event.then(
                self._answer,
                inputs=[self.exchanges, self._sidebar.settings],
                outputs=shown,
                concurrency_limit=MORE_THAN_WAIT,
                concurrency_id=ANSWER_QUEUE,
                **_PRIVATE,
            )
        self.stop.click(self._stop, inputs=self.exchanges, **quick)
        self.edit.click(self._edit, inputs=[self.exchanges, self.editing], **quick)
        self.new.click(self._forget, inputs=self.exchanges, **quick)
        self.save.wire(self.exchanges)
        self.more.click(lambda: gr.update(open=True), outputs=self._sidebar.panel, queue=False, **_PRIVATE)
        self._sidebar.show_active_in(self.active, self.clear_filters)

    # ------------------------------------------------------------------ events
    def _begin(self, text: str | None, exchanges: list[Exchange], editing: bool, *filters: Any) -> Updates:
        """The question appears at once, in place of the last one if that is being edited; it waits for its turn."""
        *chosen, asked_on = filters
        try:
            if not self._catalog.heads:
                raise QuestionError("The library is empty. Add articles on the Articles tab first.")
            question = parse_question(text, self._chatbots.first.settings.max_question_chars)
            limits, date = parse_filters(*chosen), parse_date(asked_on, "Ask as of")
            if exchanges and exchanges[-1].running:
                raise QuestionError("Wait for the answer, or stop it first.")
        except QuestionError as error:
            return {self.notice: f'<p class="gw-problem" role="alert">{inline(error)}</p>'}
        kept = exchanges[:-1] if editing else exchanges
        asked = Exchange(kept[-1].number + 1 if kept else 1, question, filters=limits, date=date)
        return self._show([*kept, asked]) | {self.question: ""}

    def _edit(self, exchanges: list[Exchange], editing: bool) -> Updates:
        """The last question goes back into the box, until it is asked again or the reader thinks better of it."""
        if editing or not exchanges:
            return self._show(exchanges) | {self.question: ""}
        notice = f"Editing question {exchanges[-1].number}. What you ask now replaces it."
        return {
            self.editing: True,
            self.question: exchanges[-1].question,
            self.edit: gr.update(value="Do not edit"),
            self.notice: f'<p class="gw-note" role="status">{inline(notice)}</p>',
        }

    def _again(self, exchanges: list[Exchange]) -> Updates:
        """The last question once more, under the filters it was asked with."""
        if not exchanges:
            return {self.notice: ""}
        last = exchanges[-1]
        fresh = Exchange(last.number, last.question, filters=last.filters, date=last.date)
        return self._show([*exchanges[:-1], fresh])

    def _answer(self, exchanges: list[Exchange], settings: Settings) -> Iterator[Updates]:
        """Passages first, then each sentence as it passes its check, then how the answer was made."""
        if not exchanges or exchanges[-1].stage is not Stage.WAITING:
            yield {self.stop: gr.update(visible=False), self.ask: gr.update(visible=True)}
            return
        *earlier, asked = exchanges
        for exchange in self._progress(asked, earlier, settings):
            yield self._show([*earlier, exchange] if exchange else [])

    def _progress(self, asked: Exchange, earlier: Sequence[Exchange], settings: Settings) -> Iterator[Exchange | None]:
        """The exchange at every step; None when the reader began a new conversation meanwhile."""
        exchange = replace(asked, stage=Stage.SEARCHING)
        yield exchange
        try:
            for event in self._runs.follow(asked.run, lambda: self._stream(asked, earlier, settings)):
                if event is Ending.FORGOTTEN:
                    yield None
                    return
                exchange = stopped(exchange) if isinstance(event, Ending) else advance(exchange, event)
                yield exchange
        except GroundwireError as error:
            yield failed(exchange, str(error))
        except Exception:
            _LOG.exception("answering failed")
            yield failed(exchange, "Something went wrong inside Groundwire. The terminal shows what.")

    def _stream(self, asked: Exchange, earlier: Sequence[Exchange], settings: Settings) -> Iterator[Event]:
        chatbot = self._chatbots.get(settings)
        with self._chatbots.turns.turn():
            yield from chatbot.stream(asked.question, history=history(earlier), date=asked.date, filters=asked.filters)

    def _stop(self, exchanges: list[Exchange]) -> Updates:
        """The answer being written ends with what was checked; one that still waits does not begin."""
        if exchanges and self._runs.end(exchanges[-1].run, Ending.STOPPED):
            return {self.notice: ""}
        return self._show([*exchanges[:-1], *(stopped(e) for e in exchanges[-1:])])

    def _forget(self, exchanges: list[Exchange]) -> Updates:
        """A new conversation; an answer being written clears the page itself when it ends."""
        if exchanges and self._runs.end(exchanges[-1].run, Ending.FORGOTTEN):
            return {self.question: ""}
        return self._show([]) | {self.question: ""}

    def _show(self, exchanges: list[Exchange]) -> Updates:
        busy = bool(exchanges) and exchanges[-1].running
        finished = bool(exchanges) and not busy
        return {
            self.exchanges: exchanges,
            self.chat: messages(exchanges),
            self.sources: panel_html(exchanges),
            self.notice: "",
            self.examples_group: gr.update(visible=not exchanges),
            self.ask: gr.update(visible=not busy),
            self.stop: gr.update(visible=busy),
            self.editing: False,
            self.edit: gr.update(visible=finished, value="Edit question"),
            self.again: gr.update(visible=finished),
            self.save.row: gr.update(visible=finished),
        }
