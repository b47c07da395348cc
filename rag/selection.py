"""Scored sentences → the few that are quoted, by the form of the answer.

A plain answer takes the best sentence and those that score almost as high and say something else, or that
cover a part of the question which the others leave out. A comparison takes the best of each part, a list the
best of several articles, a timeline the best of each date, oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.answer_records import Form
from rag.extraction import Idf, QuestionWords, ScoredSentence, with_whole_quotation
from rag.references import with_antecedent
from rag.tokens import content_stems

RELATIVE_SCORE = 0.88
"""A further sentence is quoted when it scores at least this share of the best."""
LISTED_SCORE = 0.8
"""As RELATIVE_SCORE, in lists and timelines."""
COMPLETING_SCORE = 0.75
"""As RELATIVE_SCORE, for a sentence that covers what the ones before it leave out …"""
COMPLETED_SHARE = 0.25
"""… by at least this share of the question's words, weighted by rarity."""
MOST_DATES = 6
_SAME_CONTENT = 0.8


def choose_sentences(
    question: str, scored: Sequence[ScoredSentence], idf: Idf, most: int, form: Form = Form.PLAIN
) -> list[ScoredSentence]:
    """The sentences to quote, best first or, in a timeline, oldest first; quotations whole, their subject named.

    Args:
        scored: Best first.
        most: How many are quoted at most; a timeline has up to MOST_DATES.
    """
    if form is Form.TIMELINE:
        return by_date(scored)
    if form is Form.LIST:
        return _grown(_distinct(_scoring(scored, LISTED_SCORE), most), most)
    return _grown(_complete(question, scored, idf, most), most)


def choose_of_parts(parts: Iterable[Sequence[ScoredSentence]], most: int) -> list[ScoredSentence]:
    """The best sentence of each part's ranking, no two the same, in the order of the parts."""
    chosen: list[ScoredSentence] = []
    for scored in parts:
        fresh = next((s for s in scored if not any(same_content(s.text, other.text) for other in chosen)), None)
        if fresh is not None and len(chosen) < max(most, 2):
            chosen.append(fresh)
    return [with_antecedent(with_whole_quotation(sentence)) for sentence in chosen]


def by_date(scored: Sequence[ScoredSentence], most: int = MOST_DATES) -> list[ScoredSentence]:
    """The best sentence of each date of publication, oldest first; articles without a date have no place in it."""
    best: dict[str, ScoredSentence] = {}
    for sentence in _distinct(_scoring(scored, LISTED_SCORE), len(scored)):
        published = sentence.retrieved.article.published
        if published is not None and len(best) < most:
            best.setdefault(published[:7], sentence)
    dated = sorted(best.values(), key=lambda s: s.retrieved.article.published or "")
    return [with_antecedent(with_whole_quotation(sentence)) for sentence in dated]


def newest_first(scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """The sentences that score almost as high as the best by date, newest first, then the others."""
    close = _scoring(scored, RELATIVE_SCORE)
    return sorted(close, key=lambda s: s.retrieved.article.published or "", reverse=True) + list(scored[len(close) :])


def _scoring(scored: Sequence[ScoredSentence], share: float) -> list[ScoredSentence]:
    return [s for s in scored if s.score >= share * scored[0].score]


def _complete(question: str, scored: Sequence[ScoredSentence], idf: Idf, most: int) -> list[ScoredSentence]:
    """The best sentences and, if they leave a part of the question open, one that covers it."""
    chosen = _distinct(_scoring(scored, RELATIVE_SCORE), most)
    if not chosen or len(chosen) == most:
        return chosen
    words = QuestionWords(question, idf)
    covered = set().union(*(s.context for s in chosen))
    had = words.coverage(covered)

    def gain(sentence: ScoredSentence) -> float:
        return words.coverage(covered.union(content_stems(sentence.text))) - had

    others = [s for s in _scoring(scored, COMPLETING_SCORE) if gain(s) >= COMPLETED_SHARE]
    return chosen + others[:1]


def _distinct(scored: Iterable[ScoredSentence], most: int) -> list[ScoredSentence]:
    """The first ones that say something else than those before them."""
    chosen: list[ScoredSentence] = []
    for candidate in scored:
        if len(chosen) < most and not any(same_content(candidate.text, other.text) for other in chosen):
            chosen.append(candidate)
    return chosen


def _grown(chosen: Sequence[ScoredSentence], most: int) -> list[ScoredSentence]:
    """Quotations made whole and begun where their subject is named, as long as the answer stays short."""
    left = most
    grown: list[ScoredSentence] = []
    for sentence in chosen:
        if any(_holds(other, sentence) for other in grown):
            continue
        if left <= 0:
            break
        whole = _longest_of((lambda s: with_antecedent(with_whole_quotation(s)), with_whole_quotation), sentence, left)
        grown.append(whole)
        left -= sentences_in(whole)
    return grown


def _longest_of(
    ways: Iterable[Callable[[ScoredSentence], ScoredSentence]], sentence: ScoredSentence, most: int
) -> ScoredSentence:
    return next((grown for way in ways if sentences_in(grown := way(sentence)) <= most), sentence)


def sentences_in(quoted: ScoredSentence) -> int:
    """How many of its passage's sentences a quotation takes."""
    return sum(quoted.start <= start < quoted.end for start, _ in quoted.retrieved.passage.sentences)


def _holds(longer: ScoredSentence, shorter: ScoredSentence) -> bool:
    same = longer.retrieved.article.id == shorter.retrieved.article.id
    return same and longer.start <= shorter.start and shorter.end <= longer.end


def same_content(a: str, b: str) -> bool:
    """True when the shorter one's words are nearly all in the other: one report of one fact is enough."""
    shorter, longer = sorted((set(content_stems(a)), set(content_stems(b))), key=len)
    return len(shorter & longer) >= _SAME_CONTENT * len(shorter)
