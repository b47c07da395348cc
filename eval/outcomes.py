"""What a metric says about one case: a value, no value, or that it does not apply. Never NaN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Scored:
    """The metric's value for a case.

    Attributes:
        value: In the range that the metric states.
        weight: Share in the aggregate, > 0; 1 for everything but F1 (see `metrics.abstention`).
        detail: What was found or missed, for a person to read.
    """

    value: float
    weight: float = 1.0
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Unscored:
    """The metric applies, but the instrument could not say: counted, never averaged."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The question of the metric does not arise for this case."""

    reason: str


Outcome = Scored | Unscored | NotApplicable


def share(part: int, whole: int, detail: str | None = None) -> Scored:
    """Part of a whole > 0 as a value in 0..1."""
    return Scored(part / whole, detail=detail)


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """{"value", "weight"?, "detail"?}, {"unscored": reason} or {"not_applicable": reason}."""
    match outcome:
        case Unscored(reason):
            return {"unscored": reason}
        case NotApplicable(reason):
            return {"not_applicable": reason}
        case Scored(value, weight, detail):
            document: dict[str, Any] = {"value": value}
            if weight != 1.0:
                document["weight"] = weight
            if detail is not None:
                document["detail"] = detail
            return document


def read_outcome(document: Mapping[str, Any]) -> Outcome:
    """The outcome that `outcome_json` wrote."""
    if "unscored" in document:
        return Unscored(document["unscored"])
    if "not_applicable" in document:
        return NotApplicable(document["not_applicable"])
    return Scored(document["value"], document.get("weight", 1.0), document.get("detail"))
