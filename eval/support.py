"""Gold case x library → where its answer stands in the articles as they are stored.

Cleaning may have moved a quote since it was labelled, so a quote is looked for, not trusted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from eval.cases import GoldCase, Quote
from eval.metrics.normalising import canonical_tokens, contains
from rag.errors import GoldSetError
from rag.records import Article

MIN_LIKENESS = 90.0
"""Least `partial_ratio` (0..100) at which a stretch of text is taken for the quote with a caption cut out."""
MIN_REMAINING = 0.5
"""Least share (0..1) of a quote's characters in the lines of it that cleaning has left."""


class Articles(Protocol):
    """What the evaluation reads of a library."""

    def article(self, article_id: str, /) -> Article | None:
        """The stored article, or None."""


@dataclass(frozen=True, slots=True)
class Support:
    """A case's gold evidence with the offsets of the library at hand.

    Attributes:
        articles: Support articles that the library holds; all of them without a library.
        missing: Support articles that it does not hold.
        quotes: Gold quotes at their present offsets.
        lost: Why a quote could not be found, one reason each.
    """

    articles: tuple[str, ...]
    missing: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    lost: tuple[str, ...] = ()


def find_support(case: GoldCase, articles: Articles | None) -> Support:
    """The case's evidence in the library; taken as labelled when there is none."""
    if articles is None:
        return Support(case.support, quotes=case.quotes)
    stored = {key: articles.article(key) for key in {*case.support, *(q.article for q in case.quotes)}}
    quotes, lost = [], []
    for quote in case.quotes:
        article = stored[quote.article]
        found = relocate(quote, article.text, case.answers) if article else None
        if found:
            quotes.append(found)
        else:
            lost.append(
                f"article {quote.article} " + ("does not hold the quote" if article else "is not in the library")
            )
    return Support(
        articles=tuple(key for key in case.support if stored[key]),
        missing=tuple(key for key in case.support if not stored[key]),
        quotes=tuple(quotes),
        lost=tuple(lost),
    )


def refuse_foreign_library(supports: Sequence[Support]) -> None:
    """Stop before hours of scoring against the wrong library.

    Raises:
        GoldSetError: The cases name support and the library holds none of it.
    """
    missing = [key for support in supports for key in support.missing]
    if missing and not any(support.articles for support in supports):
        raise GoldSetError(
            f"none of the {len(set(missing))} support articles (such as {missing[0]!r}) is in the library. "
            "Ingest the articles the gold set was made for, with their ids."
        )


def relocate(quote: Quote, text: str, answers: Sequence[str] = ()) -> Quote | None:
    """The quote where it now stands in the text.

    In this order: where it was labelled; the same characters elsewhere, nearest first; the same words
    with other white space; the likest stretch, if its likeness is at least `MIN_LIKENESS`; the lines that
    cleaning has left of it, side by side, if they are at least `MIN_REMAINING` of it and still hold an answer
    where it did.
    """
    if text[quote.start : quote.end] == quote.text:
        return quote
    spans = [m.span() for m in re.finditer(re.escape(quote.text), text)] or _spans(quote.text, text)
    span = (
        _nearest(quote, spans)
        or _likest(quote, text)
        or _nearest(quote, _spans(_remaining(quote, text, answers), text))
    )
    return _moved(quote, text, *span) if span else None


def _spans(words: str, text: str) -> list[tuple[int, int]]:
    """Where some words stand, whatever white space is between them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    return [m.span() for m in re.finditer(pattern, text)] if pattern else []


def _nearest(quote: Quote, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    return min(spans, key=lambda span: abs(span[0] - quote.start), default=None)


def _likest(quote: Quote, text: str) -> tuple[int, int] | None:
    if len(text) < len(quote.text):
        return None
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(quote.text, text, score_cutoff=MIN_LIKENESS)
    return (found.dest_start, found.dest_end) if found else None


def _remaining(quote: Quote, text: str, answers: Sequence[str]) -> str:
    """The lines of the quote that the text has; "" when they are too little of it, or the answer is gone."""
    kept = "\n".join(line for line in quote.text.split("\n") if _spans(line, text))
    held = [answer for answer in answers if _holds(quote.text, answer)]
    is_enough = len(kept) >= MIN_REMAINING * len(quote.text)
    return kept if is_enough and (not held or any(_holds(kept, answer) for answer in held)) else ""


def _holds(words: str, answer: str) -> bool:
    return contains(canonical_tokens(words), canonical_tokens(answer))


def _moved(quote: Quote, text: str, start: int, end: int) -> Quote:
    return replace(quote, start=start, end=end, text=text[start:end])
