"""One whole article with every cited span marked. HTML, escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import PurePath

from rag.instructions import looks_like_instruction
from rag.records import Article, ArticleHead
from web.markup import WARNING_HTML, day, escaped, inline, open_button, table_head, web_link

Span = tuple[int, int]
"""Offsets into an article's text, end exclusive."""

NOTHING_OPEN = '<p class="gw-empty">No article is open. Open one from a source or from the list of articles.</p>'

_FIELDS = (
    ("title", "Title"), ("outlet", "Outlet"), ("author", "Author"), ("published", "Published"), ("updated", "Updated"),
    ("url", "Address"), ("language", "Language"), ("id", "Id"),
)  # fmt: skip


def article_html(
    article: Article, copies: Sequence[ArticleHead] = (), span: Span | None = None, others: Iterable[Span] = ()
) -> str:
    """The article's metadata and text.

    Args:
        copies: Heads of the whole story group; the article itself is left out.
        span: What was opened; marked and scrolled to.
        others: What else the conversation cites of it; marked more quietly. Parts outside the text are ignored.
    """
    quoted = article.text[slice(*span)] if span else ""
    return (
        f'<article class="gw-article"><h2 tabindex="-1">{inline(article.title) or "Untitled"}</h2>'
        f"{_warning(article.title)}{_facts(article, quoted)}{_provenance(article)}{_also(article, copies)}"
        f'<div class="gw-fulltext">{"".join(_paragraphs(article.text, _layers(article.text, span, others)))}</div>'
        "</article>"
    )


def missing_html(article_id: str) -> str:
    """What is shown when an article left the library after it was cited."""
    return f'<p class="gw-problem">This article is no longer in the library ({inline(article_id)}).</p>'


def _facts(article: Article, quoted: str) -> str:
    facts = [
        ("Outlet", inline(article.outlet or "not stated")),
        ("Published", inline(day(article.published) or "not stated")),
        ("Updated", inline(day(article.updated))),
        ("By", inline(article.author or "")),
        ("Original", web_link(article.url, "open at the quote" if quoted else "open the original page", quoted)),
    ]
    return '<dl class="gw-facts">' + "".join(f"<div><dt>{n}</dt><dd>{v}</dd></div>" for n, v in facts if v) + "</dl>"


def _provenance(article: Article) -> str:
    """Where each piece of metadata was found; the source without the server's folders."""
    rows = "".join(
        f"<tr><td>{label}</td><td>{inline(getattr(article, field) or 'not stated')}</td>"
        f"<td>{inline(article.provenance.get(field, ''))}</td></tr>"
        for field, label in _FIELDS
        if getattr(article, field) or field in article.provenance
    )
    rows += f"<tr><td>Read from</td><td>{inline(PurePath(article.source).name)}</td><td></td></tr>"
    return (
        '<details class="gw-provenance"><summary>Where these details come from</summary>'
        f"<table>{table_head('Field', 'Value', 'Found in')}<tbody>{rows}</tbody></table></details>"
    )


def _warning(text: str) -> str:
    return WARNING_HTML if looks_like_instruction(text) else ""


def _also(article: Article, copies: Sequence[ArticleHead]) -> str:
    others = [c for c in copies if c.id != article.id]
    if not others:
        return ""
    buttons = ", ".join(open_button(c.id, 0, 0, c.outlet or c.title) for c in others)
    return f'<p class="gw-copies">One story, one source: also carried by {buttons}</p>'


def _layers(text: str, span: Span | None, others: Iterable[Span]) -> list[tuple[int, int, str]]:
    """Runs of the text to mark, in order and without overlap: (start, end, class). The opened span wins."""
    kinds = bytearray(len(text))
    for kind, spans in ((1, others), (2, (span,) if span else ())):
        for start, end in spans:
            low, high = (min(max(edge, 0), len(text)) for edge in (start, end))
            kinds[low:high] = bytes([kind]) * (high - low)
    runs = []
    at = 0
    for kind, group in groupby(kinds):
        size = len(list(group))
        if kind:
            runs.append((at, at + size, "active" if kind == 2 else "gw-also"))
        at += size
    return runs


def _paragraphs(text: str, runs: Sequence[tuple[int, int, str]]) -> list[str]:
    """Lines as paragraphs, a warning before one that speaks to a machine; what lies in a run is marked."""
    paragraphs: list[str] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            inside = [(max(s - offset, 0), min(e - offset, len(line)), kind) for s, e, kind in runs]
            paragraphs.append(f"{_warning(line)}<p>{_marked(line, [run for run in inside if run[0] < run[1]])}</p>")
        offset += len(line) + 1
    return paragraphs


def _marked(line: str, runs: Sequence[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, kind in runs:
        parts += [escaped(line[at:start]), f'<mark class="{kind}">{escaped(line[start:end])}</mark>']
        at = end
    return "".join([*parts, escaped(line[at:])])
