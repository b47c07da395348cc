"""One whole article with the cited words marked. HTML, escaped."""

from __future__ import annotations

from collections.abc import Sequence

from rag.records import Article, ArticleHead
from web.rendering import day, escaped, inline, web_link

NOTHING_OPEN = '<p class="gw-empty">No article is open.</p>'


def article_html(article: Article, copies: Sequence[ArticleHead] = (), span: tuple[int, int] | None = None) -> str:
    """The article's metadata and text.

    Args:
        copies: Heads of the whole story group; the article itself is left out.
        span: Offsets into the text to mark; parts outside the text are ignored.
    """
    start, end = span or (0, 0)
    return (
        f'<article class="gw-article"><h2 tabindex="-1">{inline(article.title) or "Untitled"}</h2>'
        f"{_facts(article)}{_also(article, copies)}"
        f'<div class="gw-fulltext">{"".join(_paragraphs(article.text, start, end))}</div></article>'
    )


def missing_html(article_id: str) -> str:
    """What is shown when an article left the library after it was cited."""
    return f'<p class="gw-problem">This article is no longer in the library ({inline(article_id)}).</p>'


def _facts(article: Article) -> str:
    facts = [
        ("Outlet", inline(article.outlet or "not stated")),
        ("Published", inline(day(article.published) or "not stated")),
        ("Updated", inline(day(article.updated))),
        ("By", inline(article.author or "")),
        ("Original", web_link(article.url, "open the original page")),
    ]
    return '<dl class="gw-facts">' + "".join(f"<div><dt>{n}</dt><dd>{v}</dd></div>" for n, v in facts if v) + "</dl>"


def _also(article: Article, copies: Sequence[ArticleHead]) -> str:
    others = [c for c in copies if c.id != article.id]
    if not others:
        return ""
    buttons = ", ".join(
        f'<button type="button" class="gw-open" data-article="{inline(c.id)}" data-start="0" data-end="0">'
        f"{inline(c.outlet or c.title)}</button>"
        for c in others
    )
    return f'<p class="gw-copies">One story, one source: also carried by {buttons}</p>'


def _paragraphs(text: str, start: int, end: int) -> list[str]:
    """Lines as paragraphs; the part of each that lies in start..end is marked."""
    paragraphs: list[str] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            low, high = (min(max(edge - offset, 0), len(line)) for edge in (start, end))
            marked = f"<mark>{escaped(line[low:high])}</mark>" if low < high else ""
            paragraphs.append(f"<p>{escaped(line[:low])}{marked}{escaped(line[max(low, high) :])}</p>")
        offset += len(line) + 1
    return paragraphs
