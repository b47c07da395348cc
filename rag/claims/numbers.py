"""Do the sources state the numbers of a claim, and of the same thing?

A rounded number passes when the claim says that it rounds ("more than", "about") or names a magnitude, a
unit of measure when it converts. "45 jobs" does not pass beside "60 jobs" and "45 stores".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache

from rag.claims.dates import relative_times
from rag.claims.evidence import Evidence
from rag.claims.quantities import Quantity, quantities
from rag.claims.stems import comparable_stem
from rag.claims.texts import Sentence, Sources
from rag.claims.units import MEASURES

Offered = Mapping[Decimal, Sequence[Quantity]]
"""Value → the quantities of some sentences that can have it."""

_ROUND_WAY = {"over": ROUND_FLOOR, "under": ROUND_CEILING, "about": ROUND_HALF_UP, "": ROUND_HALF_UP}
_FARTHEST = Decimal("0.3")
_ABOUT = Decimal("0.05")
_SAME_MEASURE = Decimal("0.03")
_SAYS_MAGNITUDE = ("thousand", "million", "billion", "trillion", "bn", "tn", "m")


def check_numbers(evidence: Evidence) -> str | None:
    """Why a number of the claim contradicts the sources, or None."""
    missing = missing_numbers(evidence)
    if missing:
        return _not_there(missing)
    for quantity in _stated(evidence.claim):
        other = _of_something_else(quantity, offered_by(evidence.sources))
        if other is not None:
            return f"says {_described(quantity)} where the cited passage says {_described(other)}"
    return None


def missing_numbers(evidence: Evidence) -> list[Quantity]:
    """Numbers of the claim that stand nowhere in the sources, nor an amount they round."""
    return [q for q in _stated(evidence.claim) if not _is_offered(q, offered_by(evidence.sources))]


def numbers_away(evidence: Evidence) -> int:
    """How many numbers of the claim do not stand in the three sentences that hold most of it."""
    stated = _stated(evidence.claim)
    near = numbers_of(evidence.around) if stated else {}
    return sum(not _is_offered(q, near) for q in stated)


def agreed_numbers(claim: Sentence, offered: Offered) -> list[Quantity]:
    """Numbers of the claim that are offered, in whatever way they are written."""
    return [q for q in _stated(claim) if _is_offered(q, offered)]


@lru_cache(maxsize=64)
def offered_by(sources: Sources) -> Offered:
    """What the sources state, "last year" and "on Tuesday" counted from the dates they give."""
    offered = dict(numbers_of(sources.sentences))
    for shown, value in relative_times(sources):
        offered.setdefault(value, [Quantity(shown, 0, 0, (value,))])
    return offered


def numbers_of(sentences: Iterable[Sentence]) -> Offered:
    """Every number of the sentences by every value it can have."""
    offered: dict[Decimal, list[Quantity]] = {}
    for sentence in sentences:
        for quantity in quantities(sentence.text):
            for value in quantity.readings:
                offered.setdefault(value, []).append(quantity)
    return offered


def _stated(claim: Sentence) -> list[Quantity]:
    return [q for q in quantities(claim.text) if q.counts]


def _is_offered(quantity: Quantity, offered: Offered) -> bool:
    if any(value in offered for value in quantity.readings):
        return True
    if _may_round(quantity) and any(_rounds(quantity, value, q) for value, q in _all(offered)):
        return True
    return quantity.unit in MEASURES and any(_converts(quantity, value, q) for value, q in _all(offered))


def _all(offered: Offered) -> Iterator[tuple[Decimal, Quantity]]:
    return ((value, quantity) for value, same in offered.items() for quantity in same)


# ------------------------------------------------------------------ rounded and converted
def _may_round(quantity: Quantity) -> bool:
    """True when a number says that it is rounded, or names a magnitude: "1.4 million", not "1,000"."""
    digits = quantity.readings[0].normalize().as_tuple().digits
    names_magnitude = len(digits) > 1 and quantity.shown.lower().endswith(_SAYS_MAGNITUDE)
    return bool(quantity.rounding or names_magnitude) and not quantity.is_year


def _rounds(quantity: Quantity, value: Decimal, other: Quantity) -> bool:
    """True when the other amount, rounded the way the claim says, gives the claim's: 1,180 and "more than 1,000"."""
    stated = quantity.readings[0]
    same_unit = quantity.unit == other.unit or not quantity.unit or not other.unit
    if other.is_year or not same_unit or abs(value - stated) > _FARTHEST * stated:
        return False
    if quantity.rounding == "about" and abs(value - stated) <= _ABOUT * stated:
        return True
    step = Decimal(1).scaleb(int(stated.normalize().as_tuple().exponent))
    return (value / step).to_integral_value(_ROUND_WAY[quantity.rounding]) * step == stated


def _converts(quantity: Quantity, value: Decimal, other: Quantity) -> bool:
    """True for "16 km" beside "10 miles"."""
    if other.unit not in MEASURES or quantity.unit == other.unit:
        return False
    (kind, size), (other_kind, other_size) = MEASURES[quantity.unit], MEASURES[other.unit]
    stated, given = quantity.readings[0] * size, value * other_size
    return kind == other_kind and abs(stated - given) <= _SAME_MEASURE * given


# ------------------------------------------------------------------ the same number of another thing
def _of_something_else(quantity: Quantity, offered: Offered) -> Quantity | None:
    """What the sources say instead, when they give the number only to another unit or noun."""
    same = [q for value in quantity.readings for q in offered.get(value, ())]
    if not same:
        return None
    if quantity.unit and all(_other_unit(quantity, q) for q in same):
        return same[0]
    if all({quantity.rounding, q.rounding} == {"over", "under"} for q in same):
        return same[0]
    if quantity.noun and not quantity.unit and all(_other_noun(quantity, q) for q in same):
        return next((q for _, q in _all(offered) if _noun(q) == _noun(quantity)), None)
    return None


def _other_unit(quantity: Quantity, other: Quantity) -> bool:
    if other.unit:
        return other.unit != quantity.unit
    return quantity.unit == "%" and bool(other.noun)


def _other_noun(quantity: Quantity, other: Quantity) -> bool:
    return other.unit == "%" or bool(other.noun and _noun(other) != _noun(quantity))


def _noun(quantity: Quantity) -> str:
    return comparable_stem(quantity.noun)


# ------------------------------------------------------------------ for a reader
def _described(quantity: Quantity) -> str:
    return f'"{quantity.lead}{quantity.shown}{" " + quantity.noun if quantity.noun else ""}"'


def _not_there(missing: Sequence[Quantity]) -> str:
    listed = ", ".join(q.shown.lower() if q.shown.isalpha() else q.shown for q in missing)
    if len(missing) == 1:
        return f"the number {listed} is not in the cited passage"
    return f"the numbers {listed} are not in the cited passage"
