"""Sentence → the quantities it states: value, unit, what is counted, and whether it is rounded.

"$1.4tn" is 1,400,000,000,000 in dollars, "two dozen" is 24, "21:45" also reads "9.45". A number that is
part of a name ("5G", "COVID-19") is no quantity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rag.claims.stems import ORDINALS
from rag.claims.texts import FUNCTION_WORDS
from rag.claims.units import CURRENCIES, MAGNITUDES, MEASURE_WORDS
from rag.tokens import NUMBER_WORDS

Rounding = Literal["", "over", "under", "about"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a sentence.

    Attributes:
        shown: The number and its unit as written.
        start, end: Where that stands in the sentence.
        readings: The values it can stand for: "5m" is five million or five metres.
        unit: "%", a currency sign, a unit of measure, or "" when none is written.
        noun: The plural noun it counts, lower-cased; "" when none follows.
        rounding: Which way it says that it is rounded.
        lead: The words that say so, as written.
        counts: False for words that seldom state an amount ("one", "first", "half").
    """

    shown: str
    start: int
    end: int
    readings: tuple[Decimal, ...]
    unit: str = ""
    noun: str = ""
    rounding: Rounding = ""
    lead: str = ""
    counts: bool = True

    @property
    def is_year(self) -> bool:
        """True for a bare "2019"."""
        return len(self.shown) == 4 and self.shown.isdigit() and Decimal(1500) <= self.readings[0] <= Decimal(2100)


_SPELLED = NUMBER_WORDS | {w: int(n) for w, n in ORDINALS.items()} | {"first": 1, "second": 2, "third": 3}
_MULTIPLES = {
    "once": 1, "twice": 2, "both": 2, "couple": 2, "pair": 2, "double": 2, "doubled": 2, "trio": 3, "tripled": 3,
}  # fmt: skip
_FRACTIONS = {"third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5, "tenth": 10, "tenths": 10}
_BEFORE_FRACTION = frozenset("a one two three four - nearly almost about".split())
_SPELLED_MAGNITUDES = frozenset("dozen hundred thousand million billion trillion lakh crore".split())
_SELDOM_AMOUNTS = frozenset("zero one first second third".split())
_ROUNDED = re.compile(
    r"\b(?:(?P<over>more than|over|above|at least|upwards of|exceed(?:ing|ed|s)?|topped|past|beyond|surpass\w*)"
    r"|(?P<under>nearly|almost|less than|fewer than|under|below|up to|as (?:many|much) as|close to|approaching|at most)"
    r"|(?P<about>about|around|roughly|approximately|some|circa|estimated))\s+$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+|[$£€¥%:-]")
_PEOPLE = frozenset("people men women children police".split())
_TAILS = ("st", "nd", "rd", "th", "am", "pm")
_LONGEST_LEAD = 20
_EXACT = Context(prec=60)


@lru_cache(maxsize=20_000)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a tidied sentence in order; spans never overlap."""
    return tuple(_Reader(text).read())


class _Reader:
    """One left-to-right pass over the words and figures of a sentence."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_TOKEN.finditer(text))
        self._words = [t[0].lower() for t in self._tokens]
        self._free = 0

    def read(self) -> Sequence[Quantity]:
        found: list[Quantity] = []
        at = 0
        while at < len(self._tokens):
            quantity, at = self._at(at)
            if quantity is not None:
                found.append(quantity)
                self._free = at
        ranged = [self._ranged(one, other) for one, other in pairwise([*found, None]) if one is not None]
        return ranged[:1] + [self._season(one, other) for one, other in pairwise(ranged)]

    def _at(self, at: int) -> tuple[Quantity | None, int]:
        word = self._words[at]
        if word[0].isdecimal():
            return self._figure(at)
        if word in _FRACTIONS and self._word(at + 1) == "of" and self._word(at - 1) in _BEFORE_FRACTION:
            return self._fraction(at), at + 1
        if word in _SPELLED or (word in ("a", "an") and self._word(at + 1) in _SPELLED_MAGNITUDES):
            return self._spelled(at)
        if word in _MULTIPLES:
            return self._quantity(at, at + 1, (Decimal(_MULTIPLES[word]),), counts=False), at + 1
        if word == "half":
            return self._quantity(at, at + 1, (Decimal(50),), unit="%", counts=False), at + 1
        return None, at + 1

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""

    def _touches(self, at: int) -> bool:
        """True when no space stands between a token and the one before."""
        return 0 < at < len(self._tokens) and self._tokens[at - 1].end() == self._tokens[at].start()

    # ------------------------------------------------------------------ figures
    def _figure(self, at: int) -> tuple[Quantity | None, int]:
        if self._continues_name(at):
            return None, at + 1
        value = Decimal(self._words[at].replace(",", ""))
        if self._word(at + 1) == ":" and self._touches(at + 1) and self._touches(at + 2):
            return self._time(at, value)
        readings: tuple[Decimal, ...] = (value,)
        end, unit = at + 1, ""
        if self._touches(end) and self._word(end).isalpha():
            tail = self._tail(end, value, sign=bool(self._sign(at)))
            if tail is None:
                return None, end + 1
            readings, unit = tail
            end += 1
        return self._measured(at, end, readings, unit)

    def _continues_name(self, at: int) -> bool:
        """True for the figures of "R1" and "COVID-19", not of "mid-2019" or "Monday - 5"."""
        if not self._touches(at):
            return False
        before = self._word(at - 1)
        if before == "-" and self._touches(at - 1):
            prefix = self._tokens[at - 2][0]
            return prefix.lower() == "covid" or (prefix[0].isupper() and prefix.lower() not in ("mid", "pre", "post"))
        return before.isalpha()

    def _tail(self, at: int, value: Decimal, *, sign: bool) -> tuple[tuple[Decimal, ...], str] | None:
        """Readings and unit of a figure with letters attached; None when the whole is a name."""
        tail = self._words[at]
        if tail == "s":
            return ((value,) if value >= 100 else (value, value + 1900)), ""
        if tail in MAGNITUDES and (tail != "t" or sign):
            scaled = _EXACT.multiply(value, MAGNITUDES[tail])
            return ((scaled,) if sign or len(tail) > 1 else (scaled, value)), ""
        if tail in MEASURE_WORDS:
            return (value,), MEASURE_WORDS[tail][0]
        short = len(tail) <= 3 and self._tokens[at][0].islower()
        return ((value,), "") if short or tail in _TAILS else None

    def _time(self, at: int, hour: Decimal) -> tuple[Quantity, int]:
        minutes = Decimal(self._words[at + 2]) / 100 if self._word(at + 2).isdecimal() else Decimal(0)
        readings = (hour + minutes, hour % 12 + minutes) if hour < 25 else (hour,)
        return self._quantity(at, at + 3, readings), at + 3

    # ------------------------------------------------------------------ words
    def _spelled(self, at: int) -> tuple[Quantity, int]:
        """Read "one hundred and twenty-five", "two dozen", "a million"; ordinals end the run."""
        start, total, current = at, Decimal(0), Decimal(0)
        if self._words[at] in ("a", "an"):
            current, at = Decimal(1), at + 1
        while at < len(self._words):
            word = self._words[at]
            if word in _SPELLED and _fits(current, _SPELLED[word]):
                current += _SPELLED[word]
            elif word == "dozen" and current:
                current *= 12
            elif word == "hundred" and current:
                current *= 100
            elif word in _SPELLED_MAGNITUDES and current:
                total, current = total + current * MAGNITUDES[word], Decimal(0)
            elif not (word in ("and", "-") and (total or current >= 20) and self._word(at + 1) in _SPELLED):
                break
            at += 1
        part = self._word(at + (self._word(at) == "-")) in _FRACTIONS
        alone = at == start + 1 and (part or self._words[start] in _SELDOM_AMOUNTS)
        return self._measured(start, at, (total + current,), "", counts=not alone)

    def _fraction(self, at: int) -> Quantity:
        """ "A third of" as 33 % and 33.3 %."""
        back = 2 if self._word(at - 1) == "-" else 1
        parts = Decimal(_SPELLED.get(self._word(at - back), 1))
        share = _EXACT.divide(100 * parts, Decimal(_FRACTIONS[self._words[at]]))
        readings = (share.quantize(Decimal(1)), share.quantize(Decimal("0.1")))
        return self._quantity(at, at + 1, readings, unit="%")

    # ------------------------------------------------------------------ units
    def _measured(
        self, start: int, end: int, readings: tuple[Decimal, ...], unit: str, *, counts: bool = True
    ) -> tuple[Quantity, int]:
        """Add what follows: magnitude words, per cent, currency or unit of measure."""
        while (step := end + (self._word(end) == "-")) < len(self._words) and (
            self._words[step] in MAGNITUDES and len(self._words[step]) > 1
        ):
            readings, end = tuple(_EXACT.multiply(r, MAGNITUDES[self._words[step]]) for r in readings), step + 1
        if self._word(end) == "%":
            return self._quantity(start, end + 1, readings, unit="%", counts=counts), end + 1
        if self._word(end) == "percentage":
            return self._quantity(start, end + 1, readings, unit="%", counts=counts), end + 1
        sign = self._sign(start)
        named = end + (self._word(end) in ("us", "-"))
        following = self._word(named)
        if sign or following in CURRENCIES:
            start, end = (start - 1, end) if sign else (start, named + 1)
            return self._quantity(start, end, readings, unit=sign or CURRENCIES[following], counts=counts), end
        measure = MEASURE_WORDS.get(following.removesuffix("s"), MEASURE_WORDS.get(following))
        if measure and len(following) > 1:
            return self._quantity(start, named + 1, readings, unit=unit or measure[0], counts=counts), named + 1
        return self._quantity(start, end, readings, unit=unit, counts=counts), end

    def _sign(self, at: int) -> str:
        """The currency written before a figure, "" when that word belongs to the quantity before."""
        return CURRENCIES.get(self._word(at - 1), "") if at - 1 >= self._free else ""

    def _quantity(
        self, start: int, end: int, readings: tuple[Decimal, ...], *, unit: str = "", counts: bool = True
    ) -> Quantity:
        first, last = self._tokens[start].start(), self._tokens[min(end, len(self._tokens)) - 1].end()
        rounded = _ROUNDED.search(self._text, max(0, first - _LONGEST_LEAD), first)
        rounding: Rounding = ""
        if rounded:
            rounding = "over" if rounded["over"] else "under" if rounded["under"] else "about"
        lead = rounded[0] if rounded else ""
        return Quantity(self._text[first:last], first, last, readings, unit, self._noun(end), rounding, lead, counts)

    def _noun(self, at: int) -> str:
        """A plural noun that follows directly or after one adjective."""
        for place in (at, at + 1):
            word = self._word(place)
            if not word.isalpha() or word in FUNCTION_WORDS:
                return ""
            if word in _PEOPLE or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))):
                return word
        return ""

    def _ranged(self, quantity: Quantity, following: Quantity | None) -> Quantity:
        """Give the first number of "45-50%" and "1 to 2 billion" the unit and magnitude of the second."""
        if following is None or quantity.unit or quantity.noun:
            return quantity
        if self._text[quantity.end : following.start].strip() not in ("-", "to", "and", "or"):
            return quantity
        scale = [m for word, m in MAGNITUDES.items() if len(word) > 1 and word in following.shown.lower()]
        scaled = tuple(_EXACT.multiply(r, m) for r in quantity.readings for m in scale[:1])
        return replace(quantity, unit=following.unit, noun=following.noun, readings=(*quantity.readings, *scaled))

    def _season(self, before: Quantity, quantity: Quantity) -> Quantity:
        """Let the "19" of "2018-19" also read 2019."""
        if not (before.is_year and len(quantity.shown) == 2 and self._text[before.end : quantity.start] == "-"):
            return quantity
        return replace(quantity, readings=(*quantity.readings, before.readings[0] // 100 * 100 + quantity.readings[0]))


def _fits(current: Decimal, number: int) -> bool:
    """True when a number word can extend the run: "twenty" + "one", "hundred" + "five"."""
    if not current:
        return True
    return bool((number < 10 and current % 10 == 0 and current % 100 != 10) or (number < 100 and current % 100 == 0))
