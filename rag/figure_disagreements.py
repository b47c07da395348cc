"""Found sentences → where they give one quantity several values.

Figures disagree when sentences of different stories from the same weeks give the same thing other values, or two
speakers in one story do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from rag.claims.quantities import Quantity, quantities
from rag.claims.stems import comparable_stem
from rag.claims.texts import tidy
from rag.extraction import ScoredSentence
from rag.oppositions import Opposition, Statement, asked_stems, is_quoted, oldest_first, other_speakers, overlap
from rag.question_type import QuestionType, question_type
from rag.speakers import speaker_of
from rag.tokens import NUMBER_WORDS, STOP_WORDS, content_stems, stem, tokens

_WEEKS = 45
"""Days between two publications beyond which other figures are later ones, not contradicting ones."""
_SAME_TOPIC = 0.35
_NEAR = 5
"""Words on either side of a figure that say what it measures."""
_TOLERANCE = 0.1
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NO_AMOUNT = re.compile(r"\d(?:st|nd|rd|th)\b|-(?:year|month|week|day|hour|minute|point|member|page|seat)", re.I)
_AFTER_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w.]* $")
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w'’-]+")
_LARGEST_RATIO = 4.0
"""Figures that differ by more are of different things."""
_ASKS_FOR_FIGURES = re.compile(
    r"\b(?:number|figures?|share|part of|cost|counts?|sales|revenue|how (?:important|large|big)|total|\d+ or \d+)\b",
    re.I,
)
_FIGURES = {QuestionType.NUMBER, QuestionType.PERCENT, QuestionType.MONEY}


def figure_oppositions(
    question: str, relevant: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> Iterator[Opposition]:
    """The first figure that a quoted sentence gives and another one gives otherwise, if the question asks for one."""
    kind = question_type(question)
    if not asks_for_figures(question):
        return
    measured = [(s, q) for s in relevant for q in measures(s) if _is_asked(q, kind, question)]
    for (a, of_a), (b, of_b) in combinations(measured, 2):
        if not (is_quoted(quoted, a) or is_quoted(quoted, b)):
            continue
        if _one_quantity(question, a, of_a, b, of_b) and _other_value(a, of_a, b, of_b) and _one_time(a, b):
            yield Opposition("figure", subject_of(of_a), _sides_of(measured, (a, of_a), (b, of_b)))
            return


def asks_for_figures(question: str) -> bool:
    """True when a question asks how many, how much, or for a figure by name."""
    return question_type(question) in _FIGURES or bool(_ASKS_FOR_FIGURES.search(question))


def measures(sentence: ScoredSentence) -> list[Quantity]:
    """The amounts a sentence states: no years, no "96th", no "10-year" and no "Max 9"."""
    plain = tidy(sentence.text)
    found = [q for q in quantities(plain) if q.counts and not q.is_year]
    return [q for q in found if not _NO_AMOUNT.search(q.shown) and not _AFTER_NAME.search(plain[: q.start])]


def _is_asked(quantity: Quantity, kind: QuestionType, question: str) -> bool:
    """True when a figure is of the kind asked for: a share, an amount of money, or a count of what is named."""
    if kind is QuestionType.PERCENT:
        return quantity.unit == "%"
    if kind is QuestionType.MONEY:
        return quantity.unit in "$£€¥" and bool(quantity.unit)
    if kind is QuestionType.NUMBER:
        return not quantity.unit or stem(quantity.noun) in content_stems(question)
    return bool(quantity.unit or quantity.noun)


def subject_of(quantity: Quantity) -> str:
    """What a figure counts, in a word."""
    return quantity.noun or {"%": "percentage"}.get(quantity.unit, "amount" if quantity.unit else "number")


def _one_quantity(question: str, a: ScoredSentence, of_a: Quantity, b: ScoredSentence, of_b: Quantity) -> bool:
    """True when both figures measure the same: by unit, noun and size, and by what the sentences speak of."""
    if of_a.unit != of_b.unit or not of_one_size(of_a, of_b):
        return False
    if of_a.noun and of_b.noun and comparable_stem(of_a.noun) != comparable_stem(of_b.noun):
        return False
    if a.retrieved.article.story_id == b.retrieved.article.story_id and not _differ_in_source(a, b):
        return False
    if not all(_names(question) <= s.context for s in (a, b)):
        return False
    return overlap(a, b) >= _SAME_TOPIC and bool(
        _around(a.text, of_a) & (_around(b.text, of_b) | asked_stems(question))
    )


def of_one_size(one: Quantity, other: Quantity) -> bool:
    """True when neither is so much larger that it must be of another thing."""
    sizes = [max(abs(float(r)) for r in q.readings) or 1.0 for q in (one, other)]
    return max(sizes) <= _LARGEST_RATIO * min(sizes)


def _differ_in_source(a: ScoredSentence, b: ScoredSentence) -> bool:
    """True when two sentences of one story give their figures on the word of two different speakers."""
    return other_speakers(speaker_of(a.text), speaker_of(b.text))


def _names(question: str) -> set[str]:
    """Stems of the names in a question, which both sentences or what stands around them have to speak of."""
    return {s for name in _NAME.findall(question) for s in content_stems(name)}


def _around(text: str, quantity: Quantity) -> set[str]:
    """Stems of the words near a figure, without the noun it counts."""
    plain = tidy(text)
    before, after = tokens(plain[: quantity.start])[-_NEAR:], tokens(plain[quantity.end :])[: _NEAR + 1]
    words = {w for w in (*before, *after) if w not in STOP_WORDS and w not in NUMBER_WORDS and not w[0].isdigit()}
    return {stem(w) for w in words} - {stem(quantity.noun)} - _ROUNDING


_ROUNDING = frozenset(stem(w) for w in "about around nearly almost least roughly approximately estimated total".split())


def _other_value(a: ScoredSentence, of_a: Quantity, b: ScoredSentence, of_b: Quantity) -> bool:
    if agree(of_a, of_b):
        return False
    return not any(agree(of_a, q) for q in quantities(tidy(b.text))) and not any(
        agree(of_b, q) for q in quantities(tidy(a.text))
    )


def agree(one: Quantity, other: Quantity) -> bool:
    """True when one value can be the other, rounded as it says it is."""
    rounded = bool(one.rounding or other.rounding)
    for x in one.readings:
        for y in other.readings:
            if x == y or (rounded and abs(float(x) - float(y)) <= _TOLERANCE * max(abs(float(x)), abs(float(y)))):
                return True
            if (one.rounding == "over" and y > x and y < 2 * x) or (other.rounding == "over" and y < x < 2 * y):
                return True
    return False


def _one_time(a: ScoredSentence, b: ScoredSentence) -> bool:
    """True when nothing says that the sentences speak of different times."""
    years_a, years_b = set(_YEAR.findall(a.text)), set(_YEAR.findall(b.text))
    if years_a and years_b:
        return bool(years_a & years_b)
    days = (_day(a.retrieved.article.published), _day(b.retrieved.article.published))
    if days[0] is None or days[1] is None:
        return False
    return abs((days[0] - days[1]).days) <= _WEEKS


def _day(published: str | None) -> date | None:
    return None if not published or len(published) < 7 else date.fromisoformat(f"{published}-15"[:10])


def _sides_of(
    measured: Iterable[tuple[ScoredSentence, Quantity]], *pair: tuple[ScoredSentence, Quantity]
) -> tuple[Statement, ...]:
    """Each value with the best sentence that gives it, and how many stories do."""
    measured = list(measured)
    sides = []
    for sentence, quantity in pair:
        stories = {
            s.retrieved.article.story_id
            for s, q in measured
            if s is sentence or (q.unit == quantity.unit and q.noun == quantity.noun and agree(q, quantity))
        }
        sides.append(Statement(sentence, quantity.shown, speaker_of(sentence.text), len(stories)))
    return oldest_first(sides)
