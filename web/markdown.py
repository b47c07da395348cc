"""Answers and conversations → Markdown that keeps every citation, for a note, a mail or an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.answer_records import Citation, Disagreement, Form
from rag.instructions import WARNING
from rag.one_source import one_source
from web.disagreements import heading, support_words
from web.exchange import Exchange
from web.markup import byline_words, filter_words, one_line, web_address
from web.statements import Statement, abstention, form_of, grouped, statements

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!$])")
_LINE_START = re.compile(r"^(\d+)([.)])(?=\s)|^([-+=:>])")
_BARE_ADDRESS = re.compile(r"(?i)(://|\bwww\.)|@")


class Style(StrEnum):
    """How citations are written."""

    NUMBERS = "numbers"
    FOOTNOTES = "footnotes"


def answer_markdown(exchange: Exchange, style: Style) -> str:
    """The shown sentences of one answer with their sources below; nothing while there is none.

    Args:
        style: `NUMBERS` writes [1] and a list of sources, `FOOTNOTES` writes [^1] and footnotes.
    """
    parts = statements(exchange)
    lead = _lead(exchange)
    if not parts and not lead:
        return ""
    blocks = [lead, _body(exchange, parts, style)]
    blocks += [_disagreement(d, style, exchange.number) for d in _disagreements(exchange)]
    blocks += [_one_source(exchange), _sources(exchange, style)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def conversation_markdown(exchanges: Sequence[Exchange]) -> str:
    """The whole conversation with footnotes; their names hold the question's number, so none is taken twice."""
    return "\n".join(_turn(exchange) for exchange in exchanges)


def plain(text: object) -> str:
    """Text as Markdown that shows the same characters: on one line, nothing in it is markup or a link."""
    line = _SPECIAL.sub(r"\\\1", one_line(text))
    line = _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", line)
    return _BARE_ADDRESS.sub(
        lambda m: "&#64;" if m[0] == "@" else m[0].replace(":", "&#58;").replace(".", "&#46;"), line
    )


def _turn(exchange: Exchange) -> str:
    limits = filter_words(exchange.filters, exchange.date)
    lines = [f"## {plain(exchange.question)}"]
    lines += [f"*{plain(' · '.join(limits))}*"] if limits else []
    lines += [f"Searched for: {plain(exchange.searched)}"] if exchange.rewritten else []
    lines += [answer_markdown(exchange, Style.FOOTNOTES).strip() or plain(exchange.problem or "No answer.")]
    return "\n\n".join(lines) + "\n"


def _lead(exchange: Exchange) -> str:
    answer = exchange.answer
    return plain(abstention(answer, exchange.shown)) if answer is not None and answer.abstained else ""


def _body(exchange: Exchange, parts: Sequence[Statement], style: Style) -> str:
    number = exchange.number
    match form_of(exchange):
        case Form.LIST:
            return "\n".join(f"- {_sentence(number, p, style)}" for p in parts)
        case Form.TIMELINE:
            return "\n".join(f"- **{plain(p.origin)}:** {_sentence(number, p, style, lead_in=False)}" for p in parts)
        case Form.COMPARISON:
            return "\n\n".join(
                f"**{plain(origin)}**\n\n" + " ".join(_sentence(number, p, style, lead_in=False) for p in group)
                for origin, group in grouped(parts).items()
            )
    return " ".join(_sentence(number, p, style) for p in parts)


def _sentence(number: int, part: Statement, style: Style, *, lead_in: bool = True) -> str:
    before = f"{plain(part.sentence.lead_in)}: " if lead_in and part.sentence.lead_in else ""
    note = f" ({'; '.join(note.removeprefix('≈ ') for note in part.notes)})" if part.notes else ""
    marks = "".join(_mark(number, marker, style) for marker in part.markers)
    space = " " if marks and style is Style.NUMBERS else ""
    return f"{before}{plain(part.sentence.text)}{space}{marks}{note}"


def _mark(number: int, marker: int, style: Style) -> str:
    return f"\\[{marker}\\]" if style is Style.NUMBERS else f"[^{number}-{marker}]"


def _sources(exchange: Exchange, style: Style) -> str:
    if style is Style.NUMBERS:
        lines = [f"{_mark(exchange.number, c.marker, style)} {_source(c)}  " for c in exchange.citations]
        return "\n".join(lines).rstrip()
    return "\n\n".join(f"{_mark(exchange.number, c.marker, style)}: {_source(c)}" for c in exchange.citations)


def _source(citation: Citation) -> str:
    address = web_address(citation.url)
    title = plain(citation.title) or "Untitled"
    linked = f"[{title}](<{_bracketed(address)}>)" if address else title
    warning = f" ({plain(WARNING)})" if citation.speaks_to_machine else ""
    return f"{plain(byline_words(citation.outlet, citation.published))}: {linked}. “{plain(citation.quote)}”{warning}"


def _bracketed(address: str) -> str:
    """An address that cannot end the angle brackets around it."""
    return address.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")


def _one_source(exchange: Exchange) -> str:
    sole = one_source(exchange.answer) if exchange.answer is not None else None
    return f"*{plain(sole)}*" if sole else ""


def _disagreements(exchange: Exchange) -> Sequence[Disagreement]:
    return exchange.answer.disagreements if exchange.answer is not None else ()


def _disagreement(disagreement: Disagreement, style: Style, number: int) -> str:
    lines = [f"**{plain(heading(disagreement))}**", ""]
    for side in disagreement.sides:
        value = f"**{plain(side.value)}** " if side.value else ""
        more = f" {support_words(side)}" if side.outlets > 1 else ""
        origin = plain(byline_words(side.outlet, side.published))
        lines.append(f"- {value}{origin}{more}: “{plain(side.statement)}” {_mark(number, side.marker, style)}")
    return "\n".join(lines)
