"""Where articles disagree → HTML: what each says, side by side, oldest first, nobody declared right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.answer_records import Citation, Disagreement, Side
from web.markup import byline, inline, plural
from web.statements import MACHINE_NOTE, citation_link

HEADINGS = {"figure": "The articles give different figures", "claim": "The articles disagree"}


def disagreements_html(number: int, disagreements: Iterable[Disagreement], known: Iterable[Citation]) -> str:
    """Every disagreement of one answer; nothing where there is none.

    Args:
        number: Of the exchange, part of every anchor.
        known: The citations that have a card to open.
    """
    by_marker = {citation.marker: citation for citation in known}
    return "".join(_disagreement(number, d, by_marker) for d in disagreements if d.sides)


def heading(disagreement: Disagreement) -> str:
    """The kind and the subject in words, not escaped."""
    words = HEADINGS.get(disagreement.kind, HEADINGS["claim"])
    return f"{words}: {disagreement.subject}" if disagreement.subject.strip() else words


def support_words(side: Side) -> str:
    """How many independent stories say so, where it is more than one; not escaped."""
    return f"and {plural(side.outlets - 1, 'more story')}" if side.outlets > 1 else ""


def _disagreement(number: int, disagreement: Disagreement, known: Mapping[int, Citation]) -> str:
    sides = "".join(_side(number, side, known) for side in disagreement.sides)
    return (
        f'<section class="gw-disagreement"><h3>{inline(heading(disagreement))}</h3>'
        f'<ul class="gw-sides">{sides}</ul></section>'
    )


def _side(number: int, side: Side, known: Mapping[int, Citation]) -> str:
    value = f"<strong>{inline(side.value)}</strong> " if side.value else ""
    speaker = f'<span class="gw-speaker">{inline(side.speaker)}</span>' if side.speaker else ""
    said = f'<p class="gw-value">{value}{speaker}</p>' if value or speaker else ""
    link = citation_link(number, side.marker) if side.marker in known else ""
    more = f" {inline(support_words(side))}" if side.outlets > 1 else ""
    warned = side.marker in known and known[side.marker].speaks_to_machine
    note = f' <span class="gw-state">{inline(MACHINE_NOTE)}</span>' if warned else ""
    return (
        f'<li>{said}<span class="gw-by">{byline(side.outlet, side.published)}{more}</span>'
        f"<p>“{inline(side.statement)}”{link}{note}</p></li>"
    )
