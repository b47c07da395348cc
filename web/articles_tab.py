"""The Articles tab: what the library holds, adding to it and taking from it; and the tab that shows one article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import QuestionError
from rag.settings import Settings
from web.catalog import Catalog, LibraryView
from web.choices import parse_filters
from web.exchange import Exchange
from web.health import health_html
from web.listing import NEWEST, SORTS, Wanted, found_words, listing_html
from web.markup import inline
from web.reader import NOTHING_OPEN, Span, article_html, missing_html
from web.removal import question_html, remove_chosen
from web.theme import OPEN_ARTICLE_JS, html
from web.uploads import EXTENSIONS, add_files, results_html

_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_QUIET: dict[str, Any] = {**_PRIVATE, "show_progress": "hidden"}

_CHECKED_JS = "() => [window.groundwire.checked('gw-article')]"


class ArticlesTab:
    """The list of articles a page at a time, removal, upload and health."""

    def __init__(self, catalog: Catalog, library: LibraryView, settings: Settings) -> None:
        self._catalog = catalog
        self._library = library
        self._settings = settings
        html("<h2>Articles in this library</h2>")
        self.summary = html()
        self._list()
        self._removal()
        html("<h2>Add articles</h2>")
        self.files = gr.File(
            label=f"Article files, {settings.max_upload_files} at most",
            file_count="multiple",
            file_types=EXTENSIONS,
            elem_id="gw-files",
            height=132,
        )
        self.add = gr.Button("Add to the library", variant="primary", scale=0, elem_id="gw-add")
        self.status = html(elem_id="gw-upload-status", min_height=40)
        html("<h2>Health</h2>")
        self.health = html(elem_id="gw-health")
        self._check = gr.Button("Check the library", size="sm", scale=0, min_width=150, elem_id="gw-check")
        self._wire()

    @property
    def list_inputs(self) -> list[Any]:
        """What `show` takes."""
        return [self.search, self.outlets, self.since, self.until, self.sort, self.number]

    @property
    def list_outputs(self) -> list[Any]:
        """What `show` gives."""
        return [self.listed, self.found, self.number, self.back, self.on, self.remove]

    def show(self, *wanted: Any) -> tuple[Any, ...]:
        """One page of the list, the words below it, and which of its buttons lead anywhere; takes `list_inputs`."""
        search, outlets, since, until, sort, number = wanted
        try:
            period = parse_filters(outlets, None, None, since, until)
        except QuestionError as error:
            return f'<p class="gw-problem" role="alert">{inline(error)}</p>', *(gr.skip() for _ in range(5))
        listing = self._catalog.listing
        page = listing.page(Wanted(search or "", period.outlets, period.since, period.until, sort, number))
        words = inline(found_words(page, len(self._catalog.heads)))
        return (
            listing_html(page, listing),
            f'<p class="gw-note" role="status">{words}</p>',
            page.number,
            gr.update(interactive=page.number > 1),
            gr.update(interactive=page.number < page.pages),
            gr.update(visible=page.found > 0),
        )

    def upload(self, files: list[str] | None, progress: gr.Progress = gr.Progress()) -> tuple[str, None]:  # noqa: B008
        """Adds the files and reports on each; the file box is emptied."""
        paths = [Path(file) for file in files or []]
        results = list(add_files(paths, self._settings, lambda done, what: progress(done, desc=what)))
        return results_html(results), None

    # ------------------------------------------------------------------ layout
    def _list(self) -> None:
        with gr.Row(elem_id="gw-list-filters"):
            self.search = gr.Textbox(
                label="Find by title, outlet, author, date or id", elem_id="gw-find", max_length=200, scale=3
            )
            self.outlets = gr.Dropdown(
                label="Outlet", choices=[], multiselect=True, allow_custom_value=True, scale=2, min_width=150
            )
            self.since = gr.Textbox(label="From", placeholder="2019", max_length=10, scale=1, min_width=100)
            self.until = gr.Textbox(label="Up to", placeholder="2021-01", max_length=10, scale=1, min_width=100)
            self.sort = gr.Dropdown(label="Sort by", choices=list(SORTS), value=NEWEST, scale=1, min_width=165)
        self.number = gr.State(1)
        self.listed = html(elem_id="gw-list", js=OPEN_ARTICLE_JS)
        with gr.Row(elem_id="gw-pager"):
            self.back = gr.Button("Previous", size="sm", scale=0, min_width=96, interactive=False)
            self.found = html()
            self.on = gr.Button("Next", size="sm", scale=0, min_width=96, interactive=False)

    def _removal(self) -> None:
        self._chosen = gr.JSON(visible=False)
        self._doomed = gr.State([])
        self.remove = gr.Button("Remove chosen articles", size="sm", scale=0, min_width=180, elem_id="gw-remove")
        with gr.Column(visible=False, elem_id="gw-confirm") as self._confirm:
            self._question = html()
            with gr.Row():
                self.really = gr.Button("Remove", variant="stop", size="sm", scale=0, min_width=96)
                self._keep = gr.Button("Keep them", size="sm", scale=0, min_width=96)
        self.removed = html(elem_id="gw-removed")

    def _wire(self) -> None:
        shown: dict[str, Any] = {"outputs": self.list_outputs, **_QUIET}
        for box in (self.search, self.outlets, self.since, self.until, self.sort):
            box.change(self._first_page, inputs=self.list_inputs, trigger_mode="always_last", **shown)
        self.back.click(self._page_before, inputs=self.list_inputs, **shown)
        self.on.click(self._page_after, inputs=self.list_inputs, **shown)
        asked = [self._doomed, self._question, self._confirm, self.removed]
        self.remove.click(self._ask_removal, inputs=self._chosen, outputs=asked, js=_CHECKED_JS, **_QUIET)
        self._keep.click(lambda: ([], "", gr.update(visible=False), ""), outputs=asked, queue=False, **_QUIET)
        self._check.click(
            lambda: health_html(self._settings.place, self._library.counts()), outputs=self.health, **_PRIVATE
        )

    def wire_removal(self) -> Any:
        """The event after which the list must be read again."""
        outputs = [self.removed, self._doomed, self._confirm]
        return self.really.click(self._remove, inputs=self._doomed, outputs=outputs, concurrency_limit=1, **_PRIVATE)

    # ------------------------------------------------------------------ events
    def _first_page(self, *wanted: Any) -> tuple[Any, ...]:
        return self.show(*wanted[:-1], 1)

    def _page_before(self, *wanted: Any) -> tuple[Any, ...]:
        return self.show(*wanted[:-1], wanted[-1] - 1)

    def _page_after(self, *wanted: Any) -> tuple[Any, ...]:
        return self.show(*wanted[:-1], wanted[-1] + 1)

    def _ask_removal(self, article_ids: list[str] | None) -> tuple[Any, ...]:
        if not article_ids:
            return (
                [],
                "",
                gr.update(visible=False),
                '<p class="gw-problem" role="alert">Choose some articles first.</p>',
            )
        return article_ids, question_html(article_ids, self._library), gr.update(visible=True), ""

    def _remove(self, article_ids: list[str]) -> tuple[Any, ...]:
        return remove_chosen(article_ids, self._library, self._settings), [], gr.update(visible=False)


class ArticleTab:
    """One article with the cited words marked, and the way back."""

    def __init__(self, library: LibraryView) -> None:
        self._library = library
        self.back = gr.Button("← Back", size="sm", scale=0, min_width=110, elem_id="gw-article-back")
        self.article = html(NOTHING_OPEN, js=OPEN_ARTICLE_JS, elem_id="gw-article")

    def render(self, article_id: str, span: Span | None = None, exchanges: Sequence[Exchange] = ()) -> str:
        """The article as HTML with all that a conversation cites of it, or a line that says it is gone."""
        article = self._library.article(article_id)
        if article is None:
            return missing_html(article_id)
        copies = self._library.copies(article.story_id or article.id)
        return article_html(article, copies, span, cited_spans(article_id, exchanges))


def cited_spans(article_id: str, exchanges: Iterable[Exchange]) -> list[Span]:
    """What a conversation cites of one article."""
    return [(c.start, c.end) for e in exchanges for c in e.citations if c.article_id == article_id]
