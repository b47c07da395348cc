"""Question → the kind of thing it asks for, and whether a sentence holds such a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from rag.tokens import STOP_WORDS, normalise

_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty forty "
    "fifty hundred hundreds thousand million millions billion billions trillion dozen dozens half third quarter"
)
_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(_WORDS.split())})\b")
_UNITS = {
    "percent": re.compile(r"%|\b(?:per ?cent|percent|percentage|half|third|quarter|share)\b"),
    "duration": re.compile(r"\b(?:year|month|week|day|hour|minute|decade|century|centuries)s?\b"),
    "money": re.compile(
        r"[$£€¥]|\b(?:dollar|euro|pound|yuan|yen|renminbi|million|billion|trillion|[tb]n)s?\b|\d(?:m|bn|tn)\b"
    ),
    "length": re.compile(
        r"\b(?:miles?|km|kilomet(?:re|er)s?|met(?:re|er)s?|foot|feet|inch(?:es)?|acres?|square|tall|high|long|deep)\b"
    ),
}
_DATE = re.compile(
    r"\b(?:1[5-9]\d\d|20\d\d|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:last|this|next) (?:year|month|week)|yesterday|today|tomorrow)\b"
)
_WHY = re.compile(
    r"\b(?:because|due to|owing to|as a result|in order to|so that|since|over|accus\w*|after|following|amid|in response"
    r"|in reaction|reaction to|aim\w*|effort|led to|caus\w*|reasons?|avoid"
    r"|to (?:protect|prevent|limit|reduce|stop|help))\b"
)
_SAID = re.compile(
    r"\"|\b(?:said|says|told|stated|added|noted|wrote|denied|called|described|urged|critici[sz]\w*|announced|according"
    r"|warned|argued|claimed|insisted|pledged|vowed|responded|condemned|opposed|rejected)\b"
)
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'-]*")


class QuestionType(StrEnum):
    """What an answer has to contain."""

    PERCENT = "percent"
    DURATION = "duration"
    MONEY = "money"
    LENGTH = "length"
    NUMBER = "number"
    DATE = "date"
    WHY = "why"
    WHO = "who"
    WHERE = "where"
    SAID = "said"
    OTHER = "other"


_QUANTITY = re.compile(
    r"\b(?:how (?:many|much|big|large|old|fast|far|tall|high|long|deep|heavy)"
    r"|(?:what|which) (?:percentage|percent|share|proportion|number|amount|sum|fraction)|population of)\b"
)
_SUBTYPES = (
    (QuestionType.PERCENT, re.compile(r"\b(?:per ?cent|percentage|share|proportion|fraction|how fast|grow)\b")),
    (QuestionType.DURATION, re.compile(r"\bhow (?:long|old)\b")),
    (
        QuestionType.MONEY,
        re.compile(r"\b(?:money|worth|cost|fund\w*|price|paid|pay|earn|budget|fined?|deal|how much did)\b"),
    ),
    (QuestionType.LENGTH, re.compile(r"\bhow (?:far|tall|high|deep)\b")),
)
_TYPES = (
    (QuestionType.DATE, re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time)\b")),
    (
        QuestionType.WHY,
        re.compile(r"\bwhy\b|\bwhat (?:is|was|were) the reasons?\b|\bfor what reason\b|\bhow come\b|\bwhat reason\b"),
    ),
    (
        QuestionType.WHO,
        re.compile(
            r"\b(?:who|whom|whose)\b|\b(?:which|what) (?:\w+ )?(?:official|expert|person|professor"
            r"|politician|actor|actress"
            r"|singer|president|minister|secretary|company|companies|firms?|team|player|musician|artist"
            r"|star|spokes\w+)\b"
        ),
    ),
    (
        QuestionType.WHERE,
        re.compile(r"\bwhere\b|\b(?:which|what) (?:country|countries|city|state|nation|place|county|continent)\b"),
    ),
    (
        QuestionType.SAID,
        re.compile(r"\b(?:sa(?:y|id|ys)|respon\w*|react\w*|describ\w*|call(?:ed)?|den(?:y|ied)|comment\w*|repl\w+)\b"),
    ),
)


def question_type(question: str) -> QuestionType:
    """The first type whose words occur in a question."""
    lowered = normalise(question).lower()
    if _QUANTITY.search(lowered):
        return next((kind for kind, words in _SUBTYPES if words.search(lowered)), QuestionType.NUMBER)
    return next((kind for kind, words in _TYPES if words.search(lowered)), QuestionType.OTHER)


def type_match(kind: QuestionType, question: str, sentence: str) -> float:
    """How well a sentence holds what is asked for, in 0..1; 0.5 when the type says nothing."""
    plain = normalise(sentence)
    lowered = plain.lower()
    if kind in (QuestionType.WHO, QuestionType.WHERE):
        return min(1.0, len(_new_names(question, plain)) / 2)
    return _TESTS[kind](lowered) if kind in _TESTS else 0.5


def _new_names(question: str, sentence: str) -> list[str]:
    known = {word.lower() for word in re.findall(r"[\w'-]+", normalise(question))}
    names = [w for w in _CAPITALISED.findall(sentence) if w.lower().removesuffix("'s") not in known]
    return [w for w in names if w.lower() not in STOP_WORDS]


def _quantity(unit: str, without_unit: float = 0.0) -> Callable[[str], float]:
    def score(sentence: str) -> float:
        if not _NUMBER.search(sentence):
            return 0.0
        return 1.0 if _UNITS[unit].search(sentence) else without_unit

    return score


_TESTS: dict[QuestionType, Callable[[str], float]] = {
    QuestionType.PERCENT: _quantity("percent"),
    QuestionType.DURATION: _quantity("duration"),
    QuestionType.MONEY: _quantity("money", without_unit=0.3),
    QuestionType.LENGTH: _quantity("length"),
    QuestionType.NUMBER: lambda s: float(bool(_NUMBER.search(s))),
    QuestionType.DATE: lambda s: float(bool(_DATE.search(s))),
    QuestionType.WHY: lambda s: float(bool(_WHY.search(s))),
    QuestionType.SAID: lambda s: float(bool(_SAID.search(s))),
}
