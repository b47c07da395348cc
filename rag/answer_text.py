"""An answer with its sources, as the terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answer_records import Answer, Citation, Side
from rag.instructions import WARNING
from rag.one_source import one_source
from rag.terminal import origin, shorten

_QUOTE = 300
_CLOSEST = 3


def answer_text(answer: Answer) -> str:
    """The answer, where articles disagree, its sources with their quotes, and what was withheld."""
    return "\n".join(_lines(answer)).rstrip()


def _lines(answer: Answer) -> Iterator[str]:
    yield from (answer.text, "")
    for disagreement in answer.disagreements:
        yield f"The articles disagree on: {disagreement.subject}"
        yield from (f"  {_side(side)}" for side in disagreement.sides)
        yield ""
    if sole := one_source(answer):
        yield sole
    for citation in answer.citations:
        yield from _source(citation)
    yield from (f"withheld: {s.text} ({s.why})" for s in answer.withheld)
    if answer.abstained and not answer.citations:
        heads = [r.article for r in answer.retrieved[:_CLOSEST]]
        yield from (f"closest: {origin(head.outlet, head.published)}{head.title}" for head in heads)
    if answer.reason and not answer.abstained:
        yield answer.reason


def _source(citation: Citation) -> Iterator[str]:
    yield f"[{citation.marker}] {origin(citation.outlet, citation.published)}{citation.title}"
    yield f"    “{shorten(citation.quote, _QUOTE)}”"
    if citation.speaks_to_machine:
        yield f"    note: {WARNING}"
    if citation.also_in:
        yield "    also in: " + ", ".join(copy.outlet or copy.article_id for copy in citation.also_in)


def _side(side: Side) -> str:
    stories = f" ({side.outlets} independent reports)" if side.outlets > 1 else ""
    return f"{origin(side.outlet, side.published)}“{shorten(side.statement)}” [{side.marker}]{stories}"
