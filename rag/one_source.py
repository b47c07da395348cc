"""Does all that an answer says come of one report? Then it says so: nobody else was found to bear it out."""

from __future__ import annotations

from rag.answer_records import Answer
from rag.lead_ins import short_date


def one_source(answer: Answer) -> str | None:
    """ "One source: Harbour Wire, 8 Oct 2019", or the one outlet of several reports; None where there are more.

    Several sources are not counted out: whoever invents one outlet can invent five.
    """
    if answer.abstained or not (cited := answer.cited):
        return None
    first = cited[0]
    outlets = {c.outlet for c in cited}
    if answer.stories == 1:
        carried = len({first.outlet, *(copy.outlet for c in cited for copy in c.also_in)})
        carriers = f", carried by {carried} outlets" if carried > 1 else ""
        known = ", ".join(part for part in (first.outlet, short_date(first.published)) if part)
        return f"One source{carriers}: {known or first.title or 'outlet unknown'}"
    return f"One outlet: {first.outlet}" if len(outlets) == 1 and first.outlet else None
