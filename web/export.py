"""A conversation → one file that needs nothing else: Markdown, JSON or HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rag.answer_records import Citation
from rag.one_source import one_source
from web.disagreements import disagreements_html
from web.exchange import Exchange
from web.markdown import conversation_markdown
from web.markup import WARNING_HTML, byline, copies_words, filter_words, inline, web_link
from web.sources import quote_context
from web.statements import abstention, statements_html

Kind = Literal["markdown", "json", "html"]

SCHEMA = 1
STYLE = (Path(__file__).parent / "static" / "export.css").read_text(encoding="utf-8")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for the browser to save."""

    name: str
    mime: str
    text: str


def export_conversation(exchanges: Sequence[Exchange], kind: Kind, now: datetime | None = None) -> Exported:
    """The conversation as a file; running answers are exported as far as they have come."""
    stem = f"groundwire-{now or datetime.now(UTC):%Y%m%d-%H%M}"
    match kind:
        case "markdown":
            return Exported(f"{stem}.md", "text/markdown", conversation_markdown(exchanges))
        case "json":
            text = json.dumps(conversation_json(exchanges), ensure_ascii=False, indent=1)
            return Exported(f"{stem}.json", "application/json", text)
        case "html":
            return Exported(f"{stem}.html", "text/html", conversation_html(exchanges))


def conversation_json(exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Every question with its filters and, as far as there is one, the answer document (schema 1)."""
    return {"schema": SCHEMA, "conversation": [_turn_json(exchange) for exchange in exchanges]}


def conversation_html(exchanges: Sequence[Exchange]) -> str:
    """A page without script whose marks lead to the quotes below each answer."""
    turns = "".join(_turn_html(exchange) for exchange in exchanges)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Groundwire conversation</title>'
        f"<style>{STYLE}</style></head><body><main><h1>Groundwire conversation</h1>{turns}</main></body></html>\n"
    )


def _turn_json(exchange: Exchange) -> dict[str, Any]:
    return {
        "question": exchange.question,
        "stage": str(exchange.stage),
        "filters": asdict(exchange.filters),
        "date": exchange.date,
        "problem": exchange.problem,
        "answer": exchange.answer.to_json() if exchange.answer else None,
        "sentences": [asdict(s) for s in exchange.sentences] if exchange.answer is None else None,
        "citations": [asdict(c) for c in exchange.citations] if exchange.answer is None else None,
    }


def _turn_html(exchange: Exchange) -> str:
    answer = exchange.answer
    limits = filter_words(exchange.filters, exchange.date)
    notes = [" · ".join(limits)] * bool(limits)
    notes += [f"Searched for: {exchange.searched}"] * exchange.rewritten
    lead = f"<p>{inline(abstention(answer, exchange.shown))}</p>" if answer and answer.abstained else ""
    problem = f"<p>{inline(exchange.problem)}</p>" if exchange.problem else ""
    opposed = disagreements_html(exchange.number, answer.disagreements, exchange.citations) if answer else ""
    sole = one_source(answer) if answer else None
    return (
        f"<article><h2>{inline(exchange.question)}</h2>"
        + "".join(f'<p class="gw-note">{inline(note)}</p>' for note in notes)
        + f"{lead}{statements_html(exchange)}{opposed}{problem}"
        + (f'<p class="gw-note">{inline(sole)}</p>' if sole else "")
        + f"{_sources_html(exchange)}</article>"
    )


def _sources_html(exchange: Exchange) -> str:
    if not exchange.citations:
        return ""
    items = "".join(_source_html(exchange, citation) for citation in exchange.citations)
    return f"<h3>Sources</h3><dl>{items}</dl>"


def _source_html(exchange: Exchange, citation: Citation) -> str:
    before, after = quote_context(citation, exchange.retrieved)
    link = web_link(citation.url, "original", citation.quote)
    copies = copies_words(citation.also_in)
    warning = WARNING_HTML if citation.speaks_to_machine else ""
    return (
        f'<dt id="s-{exchange.number}-{citation.marker}">[{citation.marker}]</dt><dd>'
        f"<strong>{inline(citation.title) or 'Untitled'}</strong> "
        f'<span class="gw-by">{byline(citation.outlet, citation.published)} {link}</span>'
        f"{warning}<p>{inline(before)}<mark>{inline(citation.quote)}</mark>{inline(after)}</p>"
        + (f'<p class="gw-by">Also carried by {copies}</p>' if copies else "")
        + "</dd>"
    )
