"""A drafted sentence that is not shown → the quotations that stand in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.answer_records import VerdictState
from rag.claims.texts import read_sources
from rag.composition import Quote
from rag.extraction import with_whole_quotation
from rag.grounding import carries, untold
from rag.lead_ins import lead_in
from rag.references import with_antecedent

_WORTH_A_QUOTATION = 2
"""Of a sentence's words, how many more a further quotation has to hold; a name or a number is worth as much."""

Idf = Callable[[str], float]


def stand_ins(sentence: str, state: VerdictState, quotes: Sequence[Quote], idf: Idf) -> Sequence[Quote]:
    """What is quoted in place of a sentence: the one span that carries it, else all that it cites.

    Each span is begun where it says who "he" or "the firm" is, and the sentence of the cited passages that says most
    of what is still missing is quoted with them. Nothing for a sentence that was refuted and that its spans do not
    carry: they may be of something else.
    """
    grown = [self_contained(quote) for quote in quotes]
    alone = next((quote for quote in grown if carries([quote.text], sentence, idf)), None)
    carried = state is VerdictState.PARAPHRASE or carries([quote.text for quote in grown], sentence, idf)
    if alone is None and not carried:
        return []
    return completed(sentence, grown if alone is None else [alone], quotes, idf)


def self_contained(quote: Quote) -> Quote:
    """The span with what a reader needs to understand it: the whole quotation, and who "he" or "the firm" is."""
    return with_antecedent(with_whole_quotation(quote)) if quote.retrieved.passage.sentences else quote


def completed(sentence: str, chosen: Sequence[Quote], cited: Sequence[Quote], idf: Idf) -> Sequence[Quote]:
    """The quotations and, if one says enough of what they leave out, one more sentence of the cited passages.

    A sentence next to a quotation from the same passage joins it.
    """
    told = [f"{lead_in(quote.retrieved.article)}: {quote.text}" for quote in chosen]
    missing = untold(told, sentence, idf)
    best = max(_others(chosen, cited), key=lambda quote: _gain(quote, missing), default=None)
    if best is None or _gain(best, missing) < _WORTH_A_QUOTATION:
        return chosen
    return _joined(chosen, best)


def _others(chosen: Sequence[Quote], cited: Sequence[Quote]) -> list[Quote]:
    """The sentences of the cited passages that are not quoted."""
    of_passages = {quote.retrieved.passage.id: quote.retrieved for quote in cited}
    quoted = {(q.retrieved.passage.id, at) for q in chosen for at in range(q.start, q.end)}
    return [
        Quote(retrieved, start, end, text)
        for id, retrieved in of_passages.items()
        for (start, end), text in zip(retrieved.passage.sentences, retrieved.passage.sentence_texts(), strict=True)
        if (id, start) not in quoted
    ]


def _gain(quote: Quote, missing: Mapping[str, str]) -> int:
    """How many of the missing words a quotation holds; names and numbers count twice."""
    held = read_sources((quote.text,)).by_stem
    return sum(_WORTH_A_QUOTATION if _is_weighty(word) else 1 for stem, word in missing.items() if stem in held)


def _is_weighty(word: str) -> bool:
    return word[:1].isupper() or sum(map(str.isdigit, word)) > 1  # a single digit stands for too much


def _joined(chosen: Sequence[Quote], further: Quote) -> list[Quote]:
    """With a further sentence: in one span with a quotation that it touches, else in the order of the passage."""
    for at, quote in enumerate(chosen):
        if quote.retrieved.passage.id == further.retrieved.passage.id and _touch(quote, further):
            span = _over(quote, min(quote.start, further.start), max(quote.end, further.end))
            return [*chosen[:at], span, *chosen[at + 1 :]]
    passages = [quote.retrieved.passage.id for quote in (*chosen, further)]
    return sorted([*chosen, further], key=lambda quote: (passages.index(quote.retrieved.passage.id), quote.start))


def _touch(quote: Quote, further: Quote) -> bool:
    """Whether no sentence of their passage stands between them."""
    first, second = sorted((quote, further), key=lambda q: q.start)
    return all(end <= first.end or start >= second.start for start, end in quote.retrieved.passage.sentences)


def _over(quote: Quote, start: int, end: int) -> Quote:
    passage = quote.retrieved.passage
    return replace(quote, start=start, end=end, text=passage.text[start - passage.start : end - passage.start])
