"""The Articles tab: what the library holds, and adding to it; and the tab that shows one article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from rag.settings import Settings
from web.catalog import HEADERS, Catalog, LibraryView
from web.reader import NOTHING_OPEN, article_html, missing_html
from web.rendering import inline
from web.theme import OPEN_ARTICLE_JS, html
from web.uploads import EXTENSIONS, MAX_FILES, add_files, results_html

_PRIVATE: dict[str, Any] = {"api_visibility": "private"}


class ArticlesTab:
    """The list of articles with a search, and the upload."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings
        html("<h2>Articles in this library</h2>")
        self.summary = html()
        self.search = gr.Textbox(label="Find by title, outlet, date or id", elem_id="gw-find", max_length=200)
        self.listed = html()
        self.table = gr.Dataframe(
            headers=HEADERS,
            datatype="str",
            type="array",
            interactive=False,
            label="Articles",
            show_label=False,
            column_widths=["46%", "18%", "14%", "22%"],
            wrap=True,
            max_height=420,
            elem_id="gw-table",
            buttons=[],
        )
        html("<h2>Add articles</h2>")
        self.files = gr.File(
            label=f"Article files, {MAX_FILES} at most",
            file_count="multiple",
            file_types=EXTENSIONS,
            elem_id="gw-files",
            height=132,
        )
        self.add = gr.Button("Add to the library", variant="primary", scale=0, elem_id="gw-add")
        self.status = html(elem_id="gw-upload-status", min_height=40)
        self.search.change(
            self.find,
            inputs=self.search,
            outputs=[self.table, self.listed],
            trigger_mode="always_last",
            show_progress="hidden",
            **_PRIVATE,
        )

    def find(self, search: str | None) -> tuple[list[list[str]], str]:
        """The rows that match, and how many of all they are."""
        rows = self._catalog.rows(search or "")
        words = self._catalog.listed_words(len(rows), search or "")
        return rows, f'<p class="gw-note" role="status">{inline(words)}</p>' if words else ""

    def upload(self, files: list[str] | None, progress: gr.Progress = gr.Progress()) -> tuple[str, None]:  # noqa: B008
        """Adds the files and reports on each; the file box is emptied."""
        paths = [Path(file) for file in files or []]
        results = list(add_files(paths, self._settings, lambda done, what: progress(done, desc=what)))
        return results_html(results), None


class ArticleTab:
    """One article with the cited words marked, and the way back."""

    def __init__(self, library: LibraryView) -> None:
        self._library = library
        self.back = gr.Button("← Back", size="sm", scale=0, min_width=110, elem_id="gw-article-back")
        self.article = html(NOTHING_OPEN, js=OPEN_ARTICLE_JS, elem_id="gw-article")

    def render(self, article_id: str, span: tuple[int, int] | None = None) -> str:
        """The article as HTML, or a line that says it is gone."""
        article = self._library.article(article_id)
        if article is None:
            return missing_html(article_id)
        return article_html(article, self._library.copies(article.story_id or article.id), span)
