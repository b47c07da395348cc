"""Gold-span hit: does a shown citation overlap a gold quote? Values 0 or 1, higher is better.

A citation hits when it shares at least one character with a gold quote of the same article, or when it
holds the same text in another article (a copy of the story): a run of at least `SAME_TEXT_TOKENS`
common tokens, or the whole of the shorter of the two.

Edge cases: an answerable case where nothing is cited scores 0; without gold quotes, or unanswerable, it
does not apply; when a gold quote is not in the library's text and no other is hit, it is unscored.
Source: defined here; the gold spans follow the evidence spans of Natural Questions (Kwiatkowski et al.,
TACL 2019).
"""

from __future__ import annotations

from eval.cases import Quote
from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored
from rag.answer_records import Citation
from rag.tokens import tokens

SAME_TEXT_TOKENS = 12
_MIN_TOKENS = 4


def gold_span_hit(evidence: Evidence) -> Outcome:
    """1 when a citation of a shown sentence hits a gold quote, else 0."""
    if not evidence.case.answerable or not evidence.case.quotes:
        return NotApplicable("no gold quote")
    for citation in evidence.shown_citations:
        for quote in evidence.support.quotes:
            if overlaps(citation, quote) or same_text(citation.quote, quote.text):
                return Scored(1.0, detail=f"citation {citation.marker} in {citation.article_id}")
    if evidence.support.lost:
        return Unscored(evidence.support.lost[0])
    return Scored(0.0, detail="no citation overlaps a gold quote")


def overlaps(citation: Citation, quote: Quote) -> bool:
    """Whether both hold a common character of one article."""
    return citation.article_id == quote.article and citation.start < quote.end and quote.start < citation.end


def same_text(one: str, other: str) -> bool:
    """Whether the texts share a run of tokens as long as `SAME_TEXT_TOKENS` or the shorter text."""
    a, b = tokens(one), tokens(other)
    wanted = min(SAME_TEXT_TOKENS, len(a), len(b))
    if wanted < _MIN_TOKENS:
        return False
    runs = {tuple(a[i : i + wanted]) for i in range(len(a) - wanted + 1)}
    return any(tuple(b[i : i + wanted]) in runs for i in range(len(b) - wanted + 1))
