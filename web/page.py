"""The page as a whole: tabs, what links them, and the endpoint for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from rag.errors import GroundwireError
from rag.records import Turn
from web.articles_tab import ArticlesTab, ArticleTab
from web.ask_tab import ANSWER_QUEUE, ANSWERS_AT_ONCE, AskTab
from web.catalog import Catalog
from web.chatbots import Chatbots
from web.sidebar import Sidebar
from web.theme import html

ASK, ARTICLES, ARTICLE = "ask", "articles", "article"

_HEADER = (
    '<header class="gw-header"><h1>Groundwire</h1>'
    "<p>Answers from your news articles. Every sentence is checked against the passage it cites.</p></header>"
)
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build_page(chatbots: Chatbots) -> gr.Blocks:
    """The Blocks of the page; nothing but `/ask` is public."""
    catalog = Catalog(chatbots.first.library)
    with gr.Blocks(title="Groundwire", analytics_enabled=False, delete_cache=(3600, 86400), fill_width=True) as page:
        sidebar = Sidebar(chatbots, catalog)
        html(_HEADER)
        came_from = gr.State(ASK)
        with gr.Tabs(elem_id="gw-tabs") as tabs:
            with gr.Tab("Ask", id=ASK):
                ask = AskTab(chatbots, catalog, sidebar)
            with gr.Tab("Articles", id=ARTICLES) as articles_tab:
                articles = ArticlesTab(catalog, chatbots.first.settings)
            with gr.Tab("Article", id=ARTICLE, visible=False) as article_tab:
                article = ArticleTab(chatbots.first.library)
        _wire_reading(ask, articles, article, tabs, article_tab, came_from)
        _wire_library([page.load, articles_tab.select], catalog, sidebar, ask, articles)
        gr.api(_endpoint(chatbots), api_name="ask", concurrency_limit=ANSWERS_AT_ONCE, concurrency_id=ANSWER_QUEUE)
    page.queue(max_size=16, default_concurrency_limit=4, api_open=False)
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

    def open_cited(event: gr.EventData) -> tuple[Any, ...]:
        return shown(article.render(str(event.article), (int(event.start), int(event.end))), ASK)

    def open_copy(event: gr.EventData) -> tuple[Any, ...]:
        return shown(article.render(str(event.article)), gr.skip())

    def open_row(event: gr.SelectData) -> tuple[Any, ...]:
        return shown(article.render(str(event.row_value[-1])), ARTICLES)

    outputs = [article.article, article_tab, tabs, came_from]
    for opened in (
        ask.sources.click(open_cited, outputs=outputs, **_PRIVATE),
        article.article.click(open_copy, outputs=outputs, **_PRIVATE),
        articles.table.select(open_row, outputs=outputs, **_PRIVATE),
    ):
        opened.then(None, js="() => window.groundwire.showArticle()", api_visibility="private")
    article.back.click(
        lambda origin: gr.update(selected=origin), inputs=came_from, outputs=tabs, queue=False, **_PRIVATE
    ).then(None, js="() => window.groundwire.returnFromArticle()", api_visibility="private")


def _wire_library(
    looked_at: Sequence[Callable[..., Any]], catalog: Catalog, sidebar: Sidebar, ask: AskTab, articles: ArticlesTab
) -> None:
    """Everything that depends on what the library holds: read when it is looked at and after an upload."""

    def refresh(search: str | None) -> tuple[Any, ...]:
        rows, listed = articles.find(search)
        return catalog.summary_html(), rows, listed, sidebar.outlet_choices(), *ask.example_updates()

    outputs = [articles.summary, articles.table, articles.listed, sidebar.outlets, *ask.examples]
    refreshed: dict[str, Any] = {"inputs": articles.search, "outputs": outputs, **_PRIVATE}
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
            return chatbots.first.ask(question, history=_turns(history or ()), date=date).to_json()
        except GroundwireError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask


def _turns(history: Sequence[Mapping[str, str]]) -> list[Turn]:
    try:
        return [Turn(str(turn["question"]), str(turn.get("answer", ""))) for turn in history]
    except (KeyError, TypeError, AttributeError):
        raise gr.Error('history: give a list of {"question": ..., "answer": ...}.', print_exception=False) from None
