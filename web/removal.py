"""Articles a reader chose → gone from the library, with the files the page kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.errors import GroundwireError
from rag.index.removal import remove_articles
from rag.settings import Settings
from web.catalog import LibraryView
from web.markup import inline, plural
from web.uploads import FOLDER

NAMED = 5
"""Titles named in the question whether to remove."""


def question_html(article_ids: Sequence[str], library: LibraryView) -> str:
    """What is about to be removed, for a reader to confirm."""
    titles = [article.title or "Untitled" for id in article_ids if (article := library.article(id))]
    named = "".join(f"<li>{inline(title)}</li>" for title in titles[:NAMED])
    more = f"<li>and {len(titles) - NAMED:,} more</li>" if len(titles) > NAMED else ""
    return (
        f'<div role="alert"><p><strong>Remove {plural(len(titles), "article")} from the library?</strong> '
        f"No answer will use them again.</p><ul>{named}{more}</ul></div>"
    )


def remove_chosen(article_ids: Sequence[str], library: LibraryView, settings: Settings) -> str:
    """Removes articles and says how many were there. HTML."""
    uploads = (settings.library / FOLDER).resolve()
    sources = [Path(article.source) for id in article_ids if (article := library.article(id))]
    try:
        gone = remove_articles(article_ids, settings.place)
    except GroundwireError as error:
        return f'<p class="gw-problem" role="alert">{inline(error)}</p>'
    for source in sources:
        if source.parent == uploads:  # a file of many articles has "#line" at its end and stays
            source.unlink(missing_ok=True)
    return f'<p class="gw-ok" role="status">Removed {plural(len(gone), "article")}.</p>'
