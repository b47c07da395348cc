"""The page as a whole: tabs, what links them, and the endpoint for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import GroundwireError
from rag.records import Turn
from web.address import read_address
from web.articles_tab import ArticlesTab, ArticleTab
from web.ask_tab import ANSWER_QUEUE, MORE_THAN_WAIT, AskTab
from web.catalog import Catalog
from web.chatbots import Chatbots
from web.evaluation_tab import EvaluationTab
from web.exchange import Exchange
from web.sidebar import Sidebar
from web.theme import html

OPEN_PAGES = 500
"""Opened pages whose conversation is kept, the last used ones; each takes 0.2 MB and more. Gradio would keep 10,000."""

ASK, ARTICLES, ARTICLE, EVALUATION = "ask", "articles", "article", "evaluation"

_HEADER = (
    '<header class="gw-header"><h1>Groundwire</h1>'
    "<p>Answers from your news articles. Every sentence is checked against the passage it cites.</p></header>"
)
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build_page(chatbots: Chatbots, runs: Path) -> gr.Blocks:
    """The Blocks of the page; nothing but `/ask` is public.

    Args:
        runs: Where reports of evaluations are kept.
    """
    catalog, library = Catalog(chatbots.first.library), chatbots.first.library
    with gr.Blocks(title="Groundwire", analytics_enabled=False, delete_cache=(3600, 86400), fill_width=True) as page:
        sidebar = Sidebar(chatbots, catalog)
        html(_HEADER)
        came_from = gr.State(ASK)
        with gr.Tabs(elem_id="gw-tabs") as tabs:
            with gr.Tab("Ask", id=ASK):
                ask = AskTab(chatbots, catalog, sidebar)
            with gr.Tab("Articles", id=ARTICLES) as articles_tab:
                articles = ArticlesTab(catalog, library, chatbots.first.settings)
            with gr.Tab("Article", id=ARTICLE, visible=False) as article_tab:
                article = ArticleTab(library)
            with gr.Tab("Evaluation", id=EVALUATION) as evaluation_tab:
                evaluation = EvaluationTab(chatbots, sidebar.settings, runs)
        _wire_reading(ask, articles, article, tabs, article_tab, came_from)
        _wire_library([page.load, articles_tab.select], catalog, sidebar, ask, articles)
        _wire_address(page.load, chatbots, sidebar, ask)
        evaluation.wire_looked_at(evaluation_tab.select)
        gr.api(_endpoint(chatbots), api_name="ask", concurrency_limit=MORE_THAN_WAIT, concurrency_id=ANSWER_QUEUE)
    page.state_session_capacity = OPEN_PAGES
    page.queue(max_size=2 * MORE_THAN_WAIT, default_concurrency_limit=4, api_open=False)
    return page


def _wire_reading(
    ask: AskTab,
    articles: ArticlesTab,
    article: ArticleTab,
    tabs: gr.Tabs,
    article_tab: gr.Tab,
    came_from: gr.State,
) -> None:
    """Open an article from a source card, from a copy or from the list, and come back."""

    def shown(article_as_html: str, origin: Any) -> tuple[Any, ...]:
        return article_as_html, gr.update(visible=True), gr.update(selected=ARTICLE), origin

    def open_cited(exchanges: list[Exchange], event: gr.EventData) -> tuple[Any, ...]:
        span = (int(event.start), int(event.end))
        return shown(article.render(str(event.article), span if any(span) else None, exchanges), ASK)

    def open_copy(event: gr.EventData) -> tuple[Any, ...]:
        return shown(article.render(str(event.article)), gr.skip())

    def open_listed(event: gr.EventData) -> tuple[Any, ...]:
        return shown(article.render(str(event.article)), ARTICLES)

    outputs = [article.article, article_tab, tabs, came_from]
    for opened in (
        ask.sources.click(open_cited, inputs=ask.exchanges, outputs=outputs, **_PRIVATE),
        article.article.click(open_copy, outputs=outputs, **_PRIVATE),
        articles.listed.click(open_listed, outputs=outputs, **_PRIVATE),
    ):
        opened.then(None, js="() => window.groundwire.showArticle()", api_visibility="private")
    article.back.click(
        lambda origin: gr.update(selected=origin), inputs=came_from, outputs=tabs, queue=False, **_PRIVATE
    ).then(None, js="() => window.groundwire.returnFromArticle()", api_visibility="private")


def _wire_library(
    looked_at: Sequence[Callable[..., Any]], catalog: Catalog, sidebar: Sidebar, ask: AskTab, articles: ArticlesTab
) -> None:
    """Everything that depends on what the library holds: read when it is looked at and after every change."""

    def refresh(*wanted: Any) -> tuple[Any, ...]:
        outlets = gr.update(choices=catalog.outlets())
        return (
            catalog.summary_html(), *articles.show(*wanted), outlets, *sidebar.choices(),
            *ask.library_updates(),
        )  # fmt: skip

    outputs = [
        articles.summary, *articles.list_outputs, articles.outlets, *sidebar.filter_inputs[:3], *ask.library_outputs,
    ]  # fmt: skip
    refreshed: dict[str, Any] = {"inputs": articles.list_inputs, "outputs": outputs, **_PRIVATE}
    for event in looked_at:
        event(refresh, **refreshed)
    articles.add.click(
        articles.upload,
        inputs=articles.files,
        outputs=[articles.status, articles.files],
        show_progress_on=articles.status,
        concurrency_limit=1,
        api_visibility="private",
    ).then(refresh, **refreshed)
    articles.wire_removal().then(refresh, **refreshed)


def _wire_address(load: Callable[..., Any], chatbots: Chatbots, sidebar: Sidebar, ask: AskTab) -> None:
    """The question and the filters of the address fill their boxes; nothing is asked until the reader does."""
    limit = chatbots.first.settings.max_question_chars

    def restore(query: str | None) -> tuple[Any, ...]:
        address = read_address(query, limit)
        filters = (list(v) if isinstance(v, tuple) else v for v in address.filters)
        # What the address does not hold is left alone: the reader may be typing already.
        return tuple(value or gr.skip() for value in (address.question, *filters))

    box = gr.Textbox(visible=False)
    outputs = [ask.question, *sidebar.filter_inputs]
    load(restore, inputs=box, outputs=outputs, js="() => [window.location.search]", **_PRIVATE)


def _endpoint(chatbots: Chatbots) -> Any:
    def ask(question: str, history: list[dict[str, str]] | None = None, date: str | None = None) -> dict[str, Any]:
        """Answers one question from the articles.

        Args:
            question: The question, in words.
            history: Earlier exchanges, oldest first: [{"question": ..., "answer": ...}].
            date: ISO date that "now" means in the question.

        Returns:
            The answer with its sentences, their verdicts and their citations (schema 1).
        """
        try:
            with chatbots.turns.turn():
                return chatbots.first.ask(question, history=_turns(history or ()), date=date).to_json()
        except GroundwireError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask


def _turns(history: Sequence[Mapping[str, str]]) -> list[Turn]:
    try:
        return [Turn(str(turn["question"]), str(turn.get("answer", ""))) for turn in history]
    except (KeyError, TypeError, AttributeError):
        raise gr.Error('history: give a list of {"question": ..., "answer": ...}.', print_exception=False) from None
