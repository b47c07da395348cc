"""The sources panel: every passage found and every quote cited, newest question first. HTML, escaped."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer_records import Citation
from rag.instructions import speaks_to_machine
from rag.records import Retrieved
from web.exchange import Exchange
from web.markdown import Style, answer_markdown
from web.markup import WARNING_HTML, byline, copies_html, escaped, inline, open_button, plural, web_link

CONTEXT = 260
"""Characters of the passage shown on either side of a quote."""
PREVIEW = 300
"""Characters shown of a passage that is not cited."""

_EMPTY = (
    '<p class="gw-empty">Passages appear here as soon as they are found. '
    "A numbered mark in an answer opens the exact words it rests on.</p>"
)


def panel_html(exchanges: Sequence[Exchange]) -> str:
    """The panel for a conversation; the newest question is open, older ones are folded."""
    newest_first = [e for e in reversed(exchanges) if e.retrieved or e.citations or e is exchanges[-1]]
    if not newest_first:
        return _EMPTY
    return "".join(_turn(exchange, is_open=exchange is exchanges[-1]) for exchange in newest_first)


def card_html(number: int, citation: Citation, context: tuple[str, str]) -> str:
    """The card of one citation: its quote marked between the words around it in the passage."""
    before, after = context
    text = f"{inline(before)}<mark>{inline(citation.quote)}</mark>{inline(after)}"
    warning = WARNING_HTML if citation.speaks_to_machine else ""
    return (
        f'<article class="gw-card gw-cited" id="s-{number}-{citation.marker}" tabindex="-1" '
        f'aria-label="Source {citation.marker}">'
        f'{_heading(citation.title, citation.marker)}<p class="gw-by">{byline(citation.outlet, citation.published)}</p>'
        f'{warning}<p class="gw-text">{text}</p>{copies_html(citation.also_in)}'
        f'<p class="gw-actions">{open_button(citation.article_id, citation.start, citation.end)}'
        f"{web_link(citation.url, 'Original', citation.quote)}"
        '<a class="gw-back" href="#gw-conversation">Back to answer</a></p></article>'
    )


def quote_context(citation: Citation, retrieved: Sequence[Retrieved]) -> tuple[str, str]:
    """The words before and after a quote in the passage it was found in; empty if it is in none."""
    for found in retrieved:
        passage = found.passage
        inside = passage.start <= citation.start and citation.end <= passage.end
        if passage.article_id == citation.article_id and inside:
            before = passage.text[: citation.start - passage.start]
            after = passage.text[citation.end - passage.start :]
            return _tail(before), _head(after, CONTEXT)
    return "", ""


def _turn(exchange: Exchange, *, is_open: bool) -> str:
    cited = [card_html(exchange.number, c, quote_context(c, exchange.retrieved)) for c in exchange.citations]
    return (
        f'<details class="gw-turn"{" open" * is_open}><summary>{inline(exchange.question)}</summary>'
        f'<p class="gw-count" role="status">{_count(exchange)}</p>{"".join(cited)}{_uncited(exchange)}'
        f"</details>{_for_the_clipboard(exchange)}"
    )


def _for_the_clipboard(exchange: Exchange) -> str:
    """The answer as text, for the copy buttons: Gradio strips everything but links from the conversation."""
    if exchange.answer is None or not exchange.citations:
        return ""
    return "".join(
        f'<textarea hidden readonly id="gw-text-{exchange.number}-{style}" aria-label="Answer as text">'
        f"\n{escaped(answer_markdown(exchange, style))}</textarea>"
        for style in Style
    )


def _count(exchange: Exchange) -> str:
    if not exchange.searched:
        return "Searching…"
    cited = f" · cited: {len(exchange.citations)}" if exchange.citations else ""
    return f"Passages found: {len(exchange.retrieved)}{cited}"


def _uncited(exchange: Exchange) -> str:
    """The passages no sentence cites: in the open before and without an answer, else folded."""
    rest = [r for r in exchange.retrieved if not any(_holds(r, c) for c in exchange.citations)]
    cards = "".join(_passage(exchange.number, found) for found in rest)
    if not exchange.citations or not rest:
        return cards
    return (
        f'<details class="gw-more"><summary>{plural(len(rest), "more passage")}, not cited</summary>{cards}</details>'
    )


def _passage(number: int, found: Retrieved) -> str:
    passage, article = found.passage, found.article
    warning = WARNING_HTML if speaks_to_machine(found) else ""
    return (
        f'<article class="gw-card" id="p-{number}-{found.rank}" tabindex="-1">{_heading(article.title)}'
        f'<p class="gw-by">{byline(article.outlet, article.published)}</p>'
        f'{warning}<p class="gw-text">{inline(_head(passage.text, PREVIEW))}</p>{copies_html(found.also_in)}'
        f'<p class="gw-actions">{open_button(passage.article_id, passage.start, passage.end)}</p></article>'
    )


def _heading(title: str, marker: int | None = None) -> str:
    number = "" if marker is None else f'<span class="gw-num">{marker}</span>'
    return f"<h3>{number}<span>{inline(title) or 'Untitled'}</span></h3>"


def _holds(found: Retrieved, citation: Citation) -> bool:
    passage = found.passage
    return passage.article_id == citation.article_id and passage.start < citation.end and citation.start < passage.end


def _head(text: str, limit: int) -> str:
    """The start of a text, cut at a word."""
    if len(text) <= limit:
        return text
    return "".join(text[:limit].rsplit(None, 1)[:1]) + " …"


def _tail(text: str) -> str:
    """The end of a text, cut at a word."""
    if len(text) <= CONTEXT:
        return text
    return "… " + "".join(text[-CONTEXT:].split(None, 1)[-1:])
