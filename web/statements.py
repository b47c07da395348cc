"""The checked sentences of an answer → HTML, set by how they belong together: list, comparison, timeline, quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer_records import Answer, Citation, Form, Method, Sentence, VerdictState
from rag.instructions import NOTE
from web.exchange import Exchange
from web.markup import byline_words, inline

STATE_NOTES = {
    VerdictState.PARAPHRASE: "≈ paraphrase, not verified",
    VerdictState.UNCHECKED: "not checked",
    VerdictState.NOT_FOUND: "not found in its source",
}
"""What a reader must know about a shown sentence that is neither quoted nor supported."""

MACHINE_NOTE = f"its passage {NOTE}"
"""As `rag.instructions.WARNING`, behind a sentence."""

_JOINER = "&#8288;"
"""Keeps a marker on the line of the word before it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A shown sentence with what stands before it.

    Attributes:
        origin: Who published it and when: its lead-in, else outlet and date of what it cites; may be empty.
        markers: The citations it has that are known.
        warned: A passage it cites holds an order to a language model.
    """

    sentence: Sentence
    origin: str
    markers: tuple[int, ...]
    warned: bool = False

    @property
    def unproved(self) -> bool:
        """True for a state that a reader must know about."""
        return self.sentence.verdict in STATE_NOTES

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know about it, in words."""
        states = (STATE_NOTES[self.sentence.verdict],) if self.unproved else ()
        return (*states, MACHINE_NOTE) if self.warned else states


def statements(exchange: Exchange) -> list[Statement]:
    """The sentences that passed their check, in order."""
    known = {c.marker: c for c in exchange.citations}
    return [_statement(sentence, known) for sentence in exchange.shown]


def form_of(exchange: Exchange) -> Form:
    """How the sentences belong together; plain until the answer is complete."""
    return exchange.answer.form if exchange.answer is not None else Form.PLAIN


def grouped(parts: Sequence[Statement]) -> dict[str, list[Statement]]:
    """The sentences of each origin, origins in the order they come up."""
    groups: dict[str, list[Statement]] = {}
    for part in parts:
        groups.setdefault(part.origin, []).append(part)
    return groups


def statements_html(exchange: Exchange) -> str:
    """All shown sentences of an answer, at any stage."""
    parts = _apart_from_disagreements(exchange)
    if not parts:
        return ""
    match form_of(exchange):
        case Form.TIMELINE:
            return _timeline(exchange.number, parts)
        case Form.COMPARISON if len(grouped(parts)) > 1:
            return _comparison(exchange.number, parts)
        case Form.LIST:
            items = "".join(f"<li>{_lead_in(p)}{sentence_html(exchange.number, p)}</li>" for p in parts)
            return f'<ul class="gw-list">{items}</ul>'
    if is_quotation(exchange):
        return "".join(_quotation(exchange.number, p) for p in parts)
    return "<p>" + " ".join(f"{_lead_in(p)}{sentence_html(exchange.number, p)}" for p in parts) + "</p>"


def _apart_from_disagreements(exchange: Exchange) -> list[Statement]:
    """The sentences to set as text; quotes that stand side by side as a disagreement are not said twice."""
    parts = statements(exchange)
    if exchange.answer is None or not exchange.answer.disagreements or form_of(exchange) is not Form.PLAIN:
        return parts
    opposed = {" ".join(side.statement.split()) for d in exchange.answer.disagreements for side in d.sides}
    return [p for p in parts if not is_quotation(exchange) or " ".join(p.sentence.text.split()) not in opposed]


def sentence_html(number: int, part: Statement) -> str:
    """One checked sentence with its citation links and what a reader must know about it."""
    markers = "".join(citation_link(number, marker) for marker in part.markers)
    kind = "gw-sentence gw-unproved" if part.unproved else "gw-sentence"
    notes = "".join(f' <span class="gw-state">{inline(note)}</span>' for note in part.notes)
    return f'<span class="{kind}">{inline(part.sentence.text)}</span>{markers}{notes}'


def citation_link(number: int, marker: int) -> str:
    """The link of a marker to its card in the sources panel."""
    return f'{_JOINER}<a class="gw-cite" href="#s-{number}-{marker}">[{marker}]</a>'


def is_quotation(exchange: Exchange) -> bool:
    """True when the answer consists of quotes alone, which are then set apart, each with its source."""
    if exchange.answer is not None:
        return exchange.answer.method in (Method.EXTRACTED, Method.ABSTAINED)
    quotes = {" ".join(citation.quote.split()) for citation in exchange.citations}
    return all(sentence.text in quotes for sentence in exchange.shown)


def abstention(answer: Answer, closest: Sequence[Sentence]) -> str:
    """The abstention in the answer's own words, without the closest sentence, which is set below it; not escaped."""
    words = answer.answer.partition(closest[0].text)[0] if closest and closest[0].text else answer.answer
    return words.rstrip(' “"') or "The articles do not answer this question."


def _statement(sentence: Sentence, known: Mapping[int, Citation]) -> Statement:
    markers = tuple(m for m in sentence.citations if m in known)
    sources = dict.fromkeys(byline_words(known[m].outlet, known[m].published) for m in markers)
    warned = any(known[m].speaks_to_machine for m in markers)
    return Statement(sentence, sentence.lead_in or "; ".join(sources), markers, warned)


def _lead_in(part: Statement) -> str:
    lead_in = part.sentence.lead_in
    return f'<span class="gw-lead-in">{inline(lead_in)}</span> ' if lead_in else ""


def _quotation(number: int, part: Statement) -> str:
    origin = f'<span class="gw-by">{inline(part.origin)}</span>' if part.origin else ""
    before, after = (origin, "") if part.sentence.lead_in else ("", origin)
    return f'<blockquote class="gw-quoted">{before}<p>{sentence_html(number, part)}</p>{after}</blockquote>'


def _timeline(number: int, parts: Sequence[Statement]) -> str:
    items = "".join(
        f'<li><span class="gw-when">{inline(p.origin or "date unknown")}</span>'
        f"<span>{sentence_html(number, p)}</span></li>"
        for p in parts
    )
    return f'<ol class="gw-timeline">{items}</ol>'


def _comparison(number: int, parts: Sequence[Statement]) -> str:
    columns = "".join(
        f'<section><h3 class="gw-when">{inline(origin or "source unknown")}</h3>'
        + "".join(f"<p>{sentence_html(number, p)}</p>" for p in group)
        + "</section>"
        for origin, group in grouped(parts).items()
    )
    return f'<div class="gw-columns">{columns}</div>'
