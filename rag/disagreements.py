"""Found sentences → where they disagree: one quantity with several values, or claims that oppose each other.

Precise rather than complete, by rules. Figures disagree when sentences of different stories from the same weeks
give the same thing other values. Claims disagree when a sentence denies, rejects or condemns, by its own words,
what another speaker says about the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from rag.claims.quantities import Quantity, quantities
from rag.claims.stems import comparable_stem
from rag.claims.texts import tidy
from rag.extraction import ScoredSentence
from rag.question_type import QuestionType, question_type
from rag.speakers import speaker_of
from rag.tokens import NUMBER_WORDS, STOP_WORDS, content_stems, stem, tokens

RELEVANT = 0.7
"""Sentences looked at score at least this share of the best."""
MOST = 2
"""Disagreements shown at most."""
_MOST_SENTENCES = 24
_WEEKS = 45
"""Days between two publications beyond which other figures are later ones, not contradicting ones."""
_SAME_TOPIC = 0.35
_SHARED_WORDS = 3
_SAME_CLAIM = 0.3
_NAMED_SHARE = 0.5
_NEAR = 5
"""Words on either side of a figure that say what it measures."""
_TOLERANCE = 0.1
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DISPUTES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut\w+|disput(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?"
    r"|oppos(?:e|es|ed|ing)|condemn(?:s|ed|ing)?|slander\w*|smear\w*|groundless|baseless|unfounded|untrue|so-called"
    r"|pretext|no such thing|disagree\w*|contradict\w*|rebut\w*|deplor\w+|suppress(?:ion|ing)|bullying"
    r"|hit back|pushed back|countered|calls? (?:it|them|this) (?:false|wrong)|not true)\b",
    re.I,
)


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
_ASKS_FOR_CLAIMS = re.compile(
    r"\b(?:say|said|says|respon\w*|react\w*|dispute\w*|disagree\w*|den(?:y|ied|ies)|claim\w*|view\w*|position\w*"
    r"|stance|accus\w*|critici\w*|controvers\w*|argu\w*|true|why|reasons?|justif\w*|describ\w*|call(?:ed)?|sides?"
    r"|object\w*|oppos\w*|reject\w*|allegations?|alleged|dismiss\w*|conten\w*)\b|^(?:does|do|did|is|are|was|were|has"
    r"|have|can|will)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One side of a disagreement that was found.

    Attributes:
        value: The figure as written; None where claims differ.
        stories: How many independent stories say so.
    """

    sentence: ScoredSentence
    value: str | None
    speaker: str | None
    stories: int = 1


@dataclass(frozen=True, slots=True)
class Opposition:
    """A disagreement before its sides are cited; sides oldest first."""

    kind: str
    subject: str
    sides: tuple[Statement, ...]


def find_oppositions(
    question: str, scored: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> list[Opposition]:
    """Where the found sentences disagree with those that are quoted.

    Args:
        question: Figures are compared when it asks for one, claims when it asks what somebody says or why.
        scored: Best first.
        quoted: Those the answer shows; what disagrees with none of them is left out.
    """
    relevant = [s for s in scored[:_MOST_SENTENCES] if s.score >= RELEVANT * scored[0].score]
    found = [*_figures(question, relevant, quoted), *_claims(question, relevant, quoted)]
    return found[:MOST]


# ------------------------------------------------------------------ figures
def _figures(
    question: str, relevant: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> Iterator[Opposition]:
    kind = question_type(question)
    if kind not in _FIGURES and not _ASKS_FOR_FIGURES.search(question):
        return
    measured = [(s, q) for s in relevant for q in _measures(s) if _is_asked(q, kind, question)]
    for (a, of_a), (b, of_b) in combinations(measured, 2):
        if not (_quotes(quoted, a) or _quotes(quoted, b)):
            continue
        if _one_quantity(question, a, of_a, b, of_b) and _other_value(a, of_a, b, of_b) and _one_time(a, b):
            yield Opposition("figure", _subject(of_a), _sides_of(measured, (a, of_a), (b, of_b)))
            return


def _measures(sentence: ScoredSentence) -> list[Quantity]:
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


def _subject(quantity: Quantity) -> str:
    return quantity.noun or {"%": "percentage"}.get(quantity.unit, "amount" if quantity.unit else "number")


def _one_quantity(question: str, a: ScoredSentence, of_a: Quantity, b: ScoredSentence, of_b: Quantity) -> bool:
    """True when both figures measure the same: by unit, noun and size, and by what the sentences speak of."""
    if of_a.unit != of_b.unit or not _of_one_size(of_a, of_b):
        return False
    if of_a.noun and of_b.noun and comparable_stem(of_a.noun) != comparable_stem(of_b.noun):
        return False
    if a.retrieved.article.story_id == b.retrieved.article.story_id and not _differ_in_source(a, b):
        return False
    if not all(_names(question) <= s.context for s in (a, b)):
        return False
    return _overlap(a, b) >= _SAME_TOPIC and bool(_around(a.text, of_a) & (_around(b.text, of_b) | _asked(question)))


def _of_one_size(one: Quantity, other: Quantity) -> bool:
    sizes = [max(abs(float(r)) for r in q.readings) or 1.0 for q in (one, other)]
    return max(sizes) <= _LARGEST_RATIO * min(sizes)


def _differ_in_source(a: ScoredSentence, b: ScoredSentence) -> bool:
    """True when two sentences of one story give their figures on the word of two different speakers."""
    return _other_speakers(speaker_of(a.text), speaker_of(b.text))


def _names(question: str) -> set[str]:
    """Stems of the names in a question, which both sentences or what stands around them have to speak of."""
    return {s for name in _NAME.findall(question) for s in content_stems(name)}


def _asked(question: str) -> set[str]:
    return {s for s in content_stems(question) if not s[0].isdigit()}


def _around(text: str, quantity: Quantity) -> set[str]:
    """Stems of the words near a figure, without the noun it counts."""
    plain = tidy(text)
    before, after = tokens(plain[: quantity.start])[-_NEAR:], tokens(plain[quantity.end :])[: _NEAR + 1]
    words = {w for w in (*before, *after) if w not in STOP_WORDS and w not in NUMBER_WORDS and not w[0].isdigit()}
    return {stem(w) for w in words} - {stem(quantity.noun)} - _ROUNDING


_ROUNDING = frozenset(stem(w) for w in "about around nearly almost least roughly approximately estimated total".split())


def _other_value(a: ScoredSentence, of_a: Quantity, b: ScoredSentence, of_b: Quantity) -> bool:
    if _agree(of_a, of_b):
        return False
    return not any(_agree(of_a, q) for q in quantities(tidy(b.text))) and not any(
        _agree(of_b, q) for q in quantities(tidy(a.text))
    )


def _agree(one: Quantity, other: Quantity) -> bool:
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
            if s is sentence or (q.unit == quantity.unit and q.noun == quantity.noun and _agree(q, quantity))
        }
        sides.append(Statement(sentence, quantity.shown, speaker_of(sentence.text), len(stories)))
    return _oldest_first(sides)


# ------------------------------------------------------------------ claims
def _claims(
    question: str, relevant: Sequence[ScoredSentence], quoted: Sequence[ScoredSentence]
) -> Iterator[Opposition]:
    """A quoted claim with the best sentence that disputes it, or the other way round."""
    if not _ASKS_FOR_CLAIMS.search(question):
        return
    for one, other in combinations(relevant, 2):
        disputing = [bool(_DISPUTES.search(s.text)) for s in (one, other)]
        if disputing[0] == disputing[1] or not (_quotes(quoted, one) or _quotes(quoted, other)):
            continue
        speakers = (speaker_of(one.text), speaker_of(other.text))
        if _other_speakers(*speakers) and (_overlap(one, other) >= _SAME_CLAIM or _both_answer(question, one, other)):
            sides = [Statement(s, None, who) for s, who in zip((one, other), speakers, strict=True)]
            yield Opposition("claim", _shared_words(one, other), _oldest_first(sides))
            return


def _both_answer(question: str, one: ScoredSentence, other: ScoredSentence) -> bool:
    """True when both sentences share with the question most of what it names, so that they speak of one thing."""
    asked = _asked(question)
    return all(len(asked & _topic(s)) >= max(2, _NAMED_SHARE * len(asked)) for s in (one, other))


def _other_speakers(one: str | None, other: str | None) -> bool:
    """True when both are named and are not the same."""
    words = [set(content_stems(who or "")) for who in (one, other)]
    return all(words) and not words[0] & words[1]


def _shared_words(one: ScoredSentence, other: ScoredSentence) -> str:
    """The words of the first that the other has as well, in order."""
    shared = _topic(one) & _topic(other)
    words = [w for w in re.findall(r"[\w'’-]+", one.text) if set(content_stems(w)) & shared]
    return " ".join(dict.fromkeys(words))


# ------------------------------------------------------------------ both
def _overlap(a: ScoredSentence, b: ScoredSentence) -> float:
    """Share of the shorter sentence's words that the other has; 0 below _SHARED_WORDS."""
    shared = _topic(a) & _topic(b)
    return len(shared) / min(len(_topic(a)), len(_topic(b))) if len(shared) >= _SHARED_WORDS else 0.0


def _topic(sentence: ScoredSentence) -> set[str]:
    return {s for s in content_stems(sentence.text) if not s[0].isdigit() and s not in NUMBER_WORDS}


def _quotes(quoted: Iterable[ScoredSentence], sentence: ScoredSentence) -> bool:
    return any(
        q.retrieved.article.id == sentence.retrieved.article.id and q.start <= sentence.start and sentence.end <= q.end
        for q in quoted
    )


def _oldest_first(sides: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(sides, key=lambda side: side.sentence.retrieved.article.published or ""))
