"""Gold case x library → where its answer stands in the articles as they are stored.

Cleaning may have moved a quote since it was labelled, so a quote is looked for, not trusted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from eval.cases import GoldCase, Quote
from rag.errors import GoldSetError
from rag.records import Article

MIN_LIKENESS = 90.0
"""Least `partial_ratio` (0..100) at which a stretch of text is taken for the quote with a caption cut out."""


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
        found = relocate(quote, article.text) if article else None
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


def relocate(quote: Quote, text: str) -> Quote | None:
    """The quote where it now stands in the text.

    In this order: where it was labelled; the same characters elsewhere, nearest first; the same words
    with other white space; the likest stretch, if its likeness is at least `MIN_LIKENESS`.
    """
    if text[quote.start : quote.end] == quote.text:
        return quote
    pattern = r"\s+".join(map(re.escape, quote.text.split()))
    spans = [m.span() for m in re.finditer(re.escape(quote.text), text)] or [
        m.span() for m in re.finditer(pattern, text)
    ]
    if spans:
        return _moved(quote, text, *min(spans, key=lambda span: abs(span[0] - quote.start)))
    if len(text) < len(quote.text):
        return None
    from rapidfuzz import fuzz

    likest = fuzz.partial_ratio_alignment(quote.text, text, score_cutoff=MIN_LIKENESS)
    return _moved(quote, text, likest.dest_start, likest.dest_end) if likest else None


def _moved(quote: Quote, text: str, start: int, end: int) -> Quote:
    return replace(quote, start=start, end=end, text=text[start:end])
