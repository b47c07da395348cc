"""Slots: does a number or date of the claim belong to what the claim gives it to?

"60 per cent of the gallium" does not pass beside "80 per cent of the gallium and 60 per cent of the germanium".
Speaks up only when no word that the claim sets beside the number stands beside it in the sources, and those words
stand beside another number of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.claims.evidence import Evidence
from rag.claims.quantities import Quantity, quantities
from rag.claims.segments import segments
from rag.claims.texts import MONTHS, Sentence, Sources

_LEAST_ELSEWHERE = 0.5
_LEAST_WORDS = 2
_TOPIC = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A number where it stands.

    Attributes:
        kind: Numbers of one kind can stand for each other: "%", a currency, a unit, "year" or "count".
        beside: Stems of the content words it is said of.
    """

    quantity: Quantity
    kind: str
    beside: frozenset[str]

    @property
    def values(self) -> frozenset[Decimal]:
        """The values it can have."""
        return frozenset(self.quantity.readings)


def check_slots(evidence: Evidence) -> str | None:
    """Why a number of the claim belongs to something else in the sources, or None."""
    said = _slots(evidence.claim)
    there = _all_slots(evidence.sources)
    stated = {value for slot in said for value in slot.values}
    for slot in said:
        other = _given_instead(slot, there, stated, evidence)
        if other is not None:
            return (
                f'says "{slot.quantity.shown}" where the cited passage says "{other.quantity.shown}" '
                f"of {_shown(slot.beside & other.beside, evidence.claim)}"
            )
    return None


def _given_instead(slot: Slot, there: Sequence[Slot], stated: set[Decimal], evidence: Evidence) -> Slot | None:
    """Another number that the sources give to what the claim gives this one to."""
    if slot.kind == "year":
        return None
    same = [s for s in there if s.values & slot.values]
    own = frozenset(stem for s in same for stem in s.beside)
    weight = _weights(slot.beside, evidence)
    if not same or not weight or any(stem in own for stem in weight if weight[stem]):
        return _swapped(slot, same, there, stated)
    around = [s for sentence in evidence.around for s in _slots(sentence)]
    others = [s for s in around if s.kind == slot.kind and not s.values & slot.values]
    best = max(others, key=lambda s: sum(w for stem, w in weight.items() if stem in s.beside), default=None)
    if best is None or sum(w for stem, w in weight.items() if stem in best.beside) < _LEAST_ELSEWHERE * sum(
        weight.values()
    ):
        return None
    few = len(weight.keys() & best.beside) < _LEAST_WORDS
    return None if few and not best.values & stated else best


def _swapped(slot: Slot, same: Sequence[Slot], there: Sequence[Slot], stated: set[Decimal]) -> Slot | None:
    """The other of two numbers that the claim has exchanged: all its words stand beside that one, not beside this."""
    others = [s for s in there if s.kind == slot.kind and s.values & stated and not s.values & slot.values]
    for other in others:
        telling = slot.beside & other.beside - frozenset(stem for s in same for stem in s.beside)
        kept = slot.beside & frozenset(stem for s in same for stem in s.beside) - other.beside
        if telling and not kept:
            return other
    return None


def _weights(beside: frozenset[str], evidence: Evidence) -> dict[str, float]:
    return {
        stem: weight
        for stem, weight in zip(evidence.claim.stems, evidence.weights, strict=True)
        if stem in beside and weight
    }


def _shown(stems: frozenset[str], claim: Sentence) -> str:
    words = [w for w, stem in zip(claim.surfaces, claim.stems, strict=True) if stem in stems]
    return f'"{" ".join(words[:_TOPIC])}"'


@lru_cache(maxsize=64)
def _all_slots(sources: Sources) -> tuple[Slot, ...]:
    return tuple(slot for sentence in sources.sentences for slot in _slots(sentence))


@lru_cache(maxsize=4096)
def _slots(sentence: Sentence) -> tuple[Slot, ...]:
    return tuple(_found(sentence))


def _found(sentence: Sentence) -> Iterator[Slot]:
    """Words after a number belong to it up to the next, words before the first of a segment to all of it."""
    stated = [(_place(sentence, q), q) for q in quantities(sentence.text)]
    taken = {at for place, q in stated for at in _words_of(sentence, q)}
    for span in segments(sentence):
        inside = [(place, q) for place, q in stated if place in span and not _is_day(sentence, place)]
        for number, (place, quantity) in enumerate(inside):
            end = inside[number + 1][0] if number + 1 < len(inside) else span.stop
            places = [*range(span.start, inside[0][0]), *range(place, end)]
            beside = {sentence.stems[at] for at in places if sentence.stems[at] and at not in taken}
            yield Slot(quantity, _kind(quantity), frozenset(stem for stem in beside if not stem.isdigit()))


def _place(sentence: Sentence, quantity: Quantity) -> int:
    return max((at for at, start in enumerate(sentence.starts) if start <= quantity.start), default=0)


def _words_of(sentence: Sentence, quantity: Quantity) -> Iterator[int]:
    return (at for at, start in enumerate(sentence.starts) if quantity.start <= start < quantity.end)


def _is_day(sentence: Sentence, place: int) -> bool:
    """True for the 7 of "October 7" and of "7 October"."""
    return sentence.words[place].isdigit() and any(
        word.capitalize() in MONTHS for word in sentence.words[max(0, place - 1) : place + 2]
    )


def _kind(quantity: Quantity) -> str:
    ordinal = quantity.shown.endswith(("st", "nd", "rd", "th"))
    return quantity.unit or ("year" if quantity.is_year else "ordinal" if ordinal else "count")
