"""The sidebar: which articles may answer, and who writes the answer. Both hold for one browser session."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.errors import GroundwireError, QuestionError
from rag.settings import Settings
from web.catalog import Catalog
from web.chatbots import Chatbots
from web.choices import (
    ENDPOINT,
    MODEL_CHOICES,
    POLICIES,
    choose_settings,
    chosen_model,
    parse_date,
    parse_filters,
)
from web.markup import filter_words, inline
from web.theme import html

REMEMBER_FILTERS_JS = "(...values) => window.groundwire.rememberFilters(values)"


class Sidebar:
    """Filters and answer settings, and the line above the question that says which filters are active."""

    def __init__(self, chatbots: Chatbots, catalog: Catalog) -> None:
        self._chatbots = chatbots
        self._catalog = catalog
        base = chatbots.first.settings
        self.settings = gr.State(base)
        with gr.Sidebar(open=False, width=320, elem_id="gw-sidebar") as self.panel:
            self._filters()
            self._answers(base)
        self._wire()

    @property
    def filter_inputs(self) -> list[gr.components.Component]:
        """Outlets, authors, languages, from, to, and the question's date, as `Address.filters` has them."""
        return [self.outlets, self.authors, self.languages, self.since, self.until, self.date]

    def show_active_in(self, line: gr.HTML, clear: gr.Button) -> None:
        """Keeps a line of words, its Clear button and the page's address in step with the filters."""
        shown: dict[str, Any] = {"outputs": [line, clear], "api_visibility": "private", "show_progress": "hidden"}
        for box in self.filter_inputs:
            box.change(_active, inputs=self.filter_inputs, queue=False, **shown).then(
                None, inputs=self.filter_inputs, js=REMEMBER_FILTERS_JS, api_visibility="private"
            )
        clear.click(lambda: ([], [], [], "", "", ""), outputs=self.filter_inputs, queue=False, api_visibility="private")

    def choices(self) -> tuple[Any, ...]:
        """Updates of outlets, authors and languages to what the library holds now."""
        names = (self._catalog.outlets(), self._catalog.authors(), self._catalog.languages())
        return tuple(gr.update(choices=choices) for choices in names)

    def _filters(self) -> None:
        html("<h2>Filters</h2>")
        named: dict[str, Any] = {"choices": [], "multiselect": True, "allow_custom_value": True}
        self.outlets = gr.Dropdown(label="Outlets", info="None chosen: all outlets", **named)
        self.authors = gr.Dropdown(label="Authors", info="As the article names them", **named)
        self.languages = gr.Dropdown(label="Languages", **named)
        self.since = gr.Textbox(label="Published from", placeholder="2019 or 2019-10-08", max_length=10)
        self.until = gr.Textbox(label="Published up to", placeholder="2021-01", max_length=10)
        self.date = gr.Textbox(
            label="Ask as of",
            placeholder="2021-03-05",
            max_length=10,
            info="What “now” and “last week” in a question mean",
        )

    def _answers(self, base: Settings) -> None:
        chosen = chosen_model(base)
        html("<h2>Answers</h2>")
        self.model = gr.Radio(label="Written by", choices=list(MODEL_CHOICES), value=chosen)
        with gr.Group(visible=chosen == ENDPOINT) as self.endpoint:
            name = base.llm if chosen == ENDPOINT and base.llm != "auto" else ""
            self.name = gr.Textbox(label="Model name", value=name)
            configured = "the configured one" if base.base_url else "http://127.0.0.1:8000/v1"
            self.base_url = gr.Textbox(label="Base URL", placeholder=configured)
            self.api_key = gr.Textbox(label="API key", type="password", info="Kept in memory for this session only")
        policy = next(choice for choice, value in POLICIES.items() if value == base.policy)
        self.policy = gr.Radio(label="Sentences that are no quotes", choices=list(POLICIES), value=policy)
        self.status = html()
        self.apply = gr.Button("Apply", size="sm")

    def _wire(self) -> None:
        self.model.change(
            lambda model: gr.update(visible=model == ENDPOINT),
            inputs=self.model,
            outputs=self.endpoint,
            queue=False,
            api_visibility="private",
        )
        self.apply.click(
            self._apply,
            inputs=[self.model, self.name, self.base_url, self.api_key, self.policy, self.settings],
            outputs=[self.settings, self.api_key, self.status],
            api_visibility="private",
            show_progress_on=self.status,
        )

    def _apply(
        self,
        model: str,
        name: str | None,
        base_url: str | None,
        api_key: str | None,
        policy: str,
        current: Settings,
    ) -> tuple[Settings, str, str]:
        """New settings for this session; the key box is emptied whatever happens."""
        try:
            settings = choose_settings(self._chatbots.first.settings, model, name, base_url, api_key, policy)
            self._chatbots.get(settings)
        except GroundwireError as error:
            return current, "", f'<p class="gw-problem" role="alert">{inline(error)}</p>'
        words = settings.llm if model == ENDPOINT else model
        return settings, "", f'<p class="gw-ok" role="status">Applies from the next question: {inline(words)}.</p>'


def _active(
    outlets: list[str] | None,
    authors: list[str] | None,
    languages: list[str] | None,
    since: str | None,
    until: str | None,
    asked_on: str | None,
) -> tuple[str, Any]:
    try:
        words = filter_words(
            parse_filters(outlets, authors, languages, since, until), parse_date(asked_on, "Ask as of")
        )
    except QuestionError as error:
        return f'<p class="gw-problem" role="alert">{inline(error)}</p>', gr.update(visible=True)
    line = f'<p class="gw-active" role="status">Filters: {inline(" · ".join(words))}</p>' if words else ""
    return line, gr.update(visible=bool(words))
