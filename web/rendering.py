"""Exchanges → the bubbles of the conversation.

Messages are one HTML block without blank lines: Gradio's Markdown pass leaves such a block alone, so
no character of an article can become Markdown, and the escaping of `web.markup` is the whole of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.answer_records import Answer, Method
from rag.one_source import one_source
from web.disagreements import disagreements_html
from web.exchange import Exchange, Stage
from web.markup import filter_words, inline, plural
from web.statements import abstention, statements_html


def messages(exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
    """The conversation as the chat component takes it; a failed last answer offers another try."""
    bubbles: list[dict[str, Any]] = []
    for exchange in exchanges:
        bubbles.append({"role": "user", "content": question_html(exchange)})
        bubbles.append({"role": "assistant", "content": answer_html(exchange)})
    if exchanges and exchanges[-1].stage in (Stage.FAILED, Stage.STOPPED):
        bubbles[-1]["options"] = [{"label": "Try again", "value": "retry"}]
    return bubbles


def question_html(exchange: Exchange) -> str:
    """The reader's bubble."""
    return f'<div class="gw-question"><p>{inline(exchange.question)}</p>{_limits(exchange)}</div>'


def answer_html(exchange: Exchange) -> str:
    """The answer's bubble at any stage of the exchange."""
    parts = (_searched_for, _body, _disagreements, _withheld, _outcome)
    return f'<div class="gw-answer">{"".join(part(exchange) for part in parts)}</div>'


def method_words(answer: Answer) -> str:
    """How the answer was made, for a person to read; not escaped."""
    match answer.method:
        case Method.GENERATED:
            return f"Written by {answer.model}, each sentence checked"
        case Method.REPAIRED:
            return f"Written by {answer.model}, corrected once, each sentence checked"
        case Method.EXTRACTED:
            return "Quoted from the articles"
        case Method.ABSTAINED:
            return "Not answered; the closest passages are under Sources"


def _limits(exchange: Exchange) -> str:
    words = filter_words(exchange.filters, exchange.date)
    return f'<p class="gw-note">{inline(" · ".join(words))}</p>' if words else ""


def _searched_for(exchange: Exchange) -> str:
    if not exchange.rewritten:
        return ""
    return f'<p class="gw-note">Searched for: {inline(exchange.searched)}</p>'


def _body(exchange: Exchange) -> str:
    answer = exchange.answer
    lead = ""
    if answer is not None and answer.abstained:
        lead = f'<p class="gw-lead">{inline(abstention(answer, exchange.shown))}</p>'
    return lead + statements_html(exchange)


def _disagreements(exchange: Exchange) -> str:
    if exchange.answer is None:
        return ""
    return disagreements_html(exchange.number, exchange.answer.disagreements, exchange.citations)


def _withheld(exchange: Exchange) -> str:
    rejected = exchange.answer.rejected_citations if exchange.answer else ()
    items = [
        f"<li>“{inline(s.text)}” <span>{inline(s.why or 'Not found in the passages it cites.')}</span></li>"
        for s in exchange.withheld
    ]
    items += [f"<li>Citation {inline(r.marker)} <span>{inline(r.reason)}</span></li>" for r in rejected]
    if not items:
        return ""
    counts = [plural(len(exchange.withheld), "sentence")] * bool(exchange.withheld)
    counts += [plural(len(rejected), "citation")] * bool(rejected)
    return (
        f'<details class="gw-withheld"><summary>{" and ".join(counts)} withheld</summary>'
        f"<ul>{''.join(items)}</ul></details>"
    )


def _outcome(exchange: Exchange) -> str:
    """The last line of an answer: what is happening, or how it was made and what went wrong."""
    found = f"Passages found: {len(exchange.retrieved)}."
    match exchange.stage:
        case Stage.WAITING:
            return _status("Waiting for its turn…")
        case Stage.SEARCHING:
            return _status("Searching the articles…")
        case Stage.CHECKING:
            return _status(f"{found} Checking each sentence against them…")
        case Stage.STOPPED:
            return '<p class="gw-problem">Stopped. Every sentence above was checked before it was shown.</p>'
        case Stage.FAILED:
            kept = " The passages found are under Sources." if exchange.retrieved else ""
            return f'<p class="gw-problem"><strong>No answer.</strong> {inline(exchange.problem)}{kept}</p>'
        case Stage.DONE:
            return _made(exchange.answer, exchange.number) if exchange.answer else ""


def _status(words: str) -> str:
    return f'<p class="gw-busy">{inline(words)}</p>'


def _made(answer: Answer, number: int) -> str:
    cut = ""
    if not answer.complete:
        cut = f'<p class="gw-problem"><strong>Cut short.</strong> {inline(answer.reason or "")}</p>'
    reason = f" ({inline(answer.reason)})" if answer.reason and answer.complete and not answer.abstained else ""
    sole = one_source(answer)
    source = f'<span class="gw-sole">{inline(sole)}</span>' if sole else ""
    return (
        f'{cut}<p class="gw-method"><span>{inline(method_words(answer))}{reason}</span>{source}'
        f"<span>{answer.seconds.total:.1f} s</span>{_copy(answer, number)}</p>"
    )


def _copy(answer: Answer, number: int) -> str:
    """Buttons whose ids name the texts that `web.sources` keeps for the clipboard."""
    if not answer.citations:
        return ""
    return "".join(
        f'<button type="button" class="gw-copy" id="gw-copy-{number}-{style}">{label}</button>'
        for style, label in (("numbers", "Copy with sources"), ("footnotes", "Copy with footnotes"))
    )
