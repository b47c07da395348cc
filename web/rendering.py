"""Records → HTML for the conversation. Everything from an article, a model or a reader is escaped here.

Messages are one HTML block without blank lines: Gradio's Markdown pass leaves such a block alone, so
no character of an article can become Markdown, and `html.escape` is the whole of the escaping.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from rag.answer_records import Answer, Citation, Method, Sentence, VerdictState
from rag.records import Copy, Filters
from web.exchange import Exchange, Stage

STATE_NOTES = {
    VerdictState.PARAPHRASE: "≈ paraphrase, not verified",
    VerdictState.UNCHECKED: "not checked",
    VerdictState.NOT_FOUND: "not found in its source",
}
"""What a reader must know about a shown sentence that is neither quoted nor supported."""

_JOINER = "&#8288;"
"""Keeps a marker on the line of the word before it."""

_BLANK = re.compile(r"[^\S ]+")
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


# ------------------------------------------------------------------ primitives
def escaped(text: object) -> str:
    """Text as HTML: markup characters, quotes, and `$`, `{`, `}`, `\\``, which templates read.

    Control characters and direction overrides, by which a title can masquerade, are left out.
    """
    plain = html.escape(_HIDDEN.sub("", str(text)), quote=True)
    return plain.replace("$", "&#36;").replace("{", "&#123;").replace("}", "&#125;").replace("`", "&#96;")


def inline(text: object) -> str:
    """Escaped text on one line."""
    return escaped(_BLANK.sub(" ", str(text)))


def web_link(url: str | None, label: str) -> str:
    """A link to another site, only for http and https addresses; nothing otherwise."""
    if not url or url != url.strip() or any(c.isspace() or ord(c) < 32 for c in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return f'<a class="gw-out" href="{escaped(url)}" target="_blank" rel="noopener noreferrer">{inline(label)}</a>'


def plural(count: int, noun: str) -> str:
    """ "1 passage", "2 passages", "3 stories"."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"


def day(iso: str | None) -> str:
    """An ISO date in words at its own precision: "2019", "Oct 2019", "8 Oct 2019"."""
    if not iso:
        return ""
    try:
        padded = date.fromisoformat((iso + "-01-01")[:10] if len(iso) < 10 else iso[:10])
    except ValueError:
        return iso
    return {4: f"{padded:%Y}", 7: f"{padded:%b %Y}"}.get(len(iso), f"{padded.day} {padded:%b %Y}")


def byline(outlet: str | None, published: str | None) -> str:
    """Outlet and date, escaped; says so when the article has neither."""
    return " · ".join(inline(part) for part in (outlet, day(published)) if part) or "outlet and date unknown"


def carriers(copies: Iterable[Copy]) -> str:
    """The outlets that carried copies of a story, each once, escaped."""
    return ", ".join(dict.fromkeys(inline(copy.outlet or "unnamed outlet") for copy in copies))


def filter_words(filters: Filters, asked_on: str | None = None) -> list[str]:
    """Active filters in words, not escaped: ["only Reuters or AP", "from 2019", "asked as of 8 Oct 2019"]."""
    words = ["only " + " or ".join(filters.outlets)] if filters.outlets else []
    words += [f"from {day(filters.since)}"] if filters.since else []
    words += [f"up to {day(filters.until)}"] if filters.until else []
    return words + ([f"asked as of {day(asked_on)}"] if asked_on else [])


# ------------------------------------------------------------------ the conversation
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
    parts = [_searched_for(exchange), _body(exchange), _withheld(exchange), _outcome(exchange)]
    return f'<div class="gw-answer">{"".join(parts)}</div>'


def sentence_html(number: int, sentence: Sentence, known: Iterable[int]) -> str:
    """One checked sentence with its citation links and, where it needs one, its state in words."""
    markers = "".join(citation_link(number, marker) for marker in sentence.citations if marker in set(known))
    note = STATE_NOTES.get(sentence.verdict)
    if note is None:
        return f'<span class="gw-sentence">{inline(sentence.text)}</span>{markers}'
    return (
        f'<span class="gw-sentence gw-unproved">{inline(sentence.text)}</span>{markers}'
        f' <span class="gw-state">{inline(note)}</span>'
    )


def citation_link(number: int, marker: int) -> str:
    """The link of a marker to its card in the sources panel."""
    return f'{_JOINER}<a class="gw-cite" href="#s-{number}-{marker}">[{marker}]</a>'


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


def is_quotation(exchange: Exchange) -> bool:
    """True when the answer consists of quotes alone, which are then set apart, each with its source."""
    if exchange.answer is not None:
        return exchange.answer.method in (Method.EXTRACTED, Method.ABSTAINED)
    quotes = {" ".join(citation.quote.split()) for citation in exchange.citations}
    return all(sentence.text in quotes for sentence in exchange.shown)


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
        lead = f'<p class="gw-lead">{inline(_abstention(answer, exchange.shown))}</p>'
    if not exchange.shown:
        return lead
    known = {c.marker: c for c in exchange.citations}
    if is_quotation(exchange):
        return lead + "".join(_quotation(exchange.number, s, known) for s in exchange.shown)
    return lead + "<p>" + " ".join(sentence_html(exchange.number, s, known) for s in exchange.shown) + "</p>"


def _abstention(answer: Answer, closest: Sequence[Sentence]) -> str:
    """The abstention in the answer's own words, without the closest sentence, which is set below it."""
    words = answer.answer.partition(closest[0].text)[0] if closest else answer.answer
    return words.rstrip(' “"') or "The articles do not answer this question."


def _quotation(number: int, sentence: Sentence, known: dict[int, Citation]) -> str:
    sources = dict.fromkeys(byline(known[m].outlet, known[m].published) for m in sentence.citations if m in known)
    cite = f'<span class="gw-by">{"; ".join(sources)}</span>' if sources else ""
    return f'<blockquote class="gw-quoted"><p>{sentence_html(number, sentence, known)}</p>{cite}</blockquote>'


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
            return _made(exchange.answer) if exchange.answer else ""


def _status(words: str) -> str:
    return f'<p class="gw-busy">{inline(words)}</p>'


def _made(answer: Answer) -> str:
    cut = ""
    if not answer.complete:
        cut = f'<p class="gw-problem"><strong>Cut short.</strong> {inline(answer.reason or "")}</p>'
    reason = f" ({inline(answer.reason)})" if answer.reason and answer.complete and not answer.abstained else ""
    copy = '<button type="button" class="gw-copy">Copy with sources</button>' if answer.citations else ""
    return (
        f'{cut}<p class="gw-method"><span>{inline(method_words(answer))}{reason}</span>'
        f"<span>{answer.seconds.total:.1f} s</span>{copy}</p>"
    )
