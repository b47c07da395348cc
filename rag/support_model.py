"""Lexical support model: overlap of a claim with its sources → estimated support in 0..1.

A logistic regression whose signs are fixed by meaning, so that no feature can be learnt backwards from a
small set. `benchmarks/verifier.py` fits it; `support_model.json` holds the result and how it was fitted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.claims.evidence import Evidence, closeness, pair_window
from rag.claims.names import missing_names
from rag.claims.numbers import missing_numbers, numbers_away

COEFFICIENTS = Path(__file__).with_name("support_model.json")


@dataclass(frozen=True, slots=True)
class Feature:
    """One measurement of a claim beside its sources.

    Attributes:
        sign: 1 when more of it means more support, -1 when less.
    """

    sign: int
    measure: Callable[[Evidence], float]


def _words_found(evidence: Evidence) -> float:
    """Share of all words, function words included, that stand in the sources."""
    claim = evidence.claim
    return sum(word in evidence.sources.words for word in claim.words) / len(claim.words)


def _content_missing(evidence: Evidence) -> float:
    """How many words of average weight stand nowhere in the sources."""
    return (1 - evidence.found) * len(evidence.claim.content())


FEATURES: Mapping[str, Feature] = {
    "content found": Feature(1, lambda e: e.found),
    "content missing": Feature(-1, _content_missing),
    "words found": Feature(1, _words_found),
    "word pairs found in two sentences": Feature(1, lambda e: pair_window(e.claim, e.sources, 2).share),
    "content pairs found close together": Feature(1, closeness),
    "names missing": Feature(-1, lambda e: float(len(missing_names(e)))),
    "numbers missing": Feature(-1, lambda e: float(len(missing_numbers(e)))),
    "numbers far from the content": Feature(-1, lambda e: float(numbers_away(e))),
}


def estimate_support(evidence: Evidence) -> float:
    """Estimated support in 0..1. It orders claims and is no calibrated probability."""
    intercept, weights = _model()
    logit = intercept + sum(weight * (FEATURES[name].measure(evidence) - mean) for name, weight, mean in weights)
    return 1 / (1 + math.exp(-logit))


@cache
def _model() -> tuple[float, tuple[tuple[str, float, float], ...]]:
    """Intercept, and of each feature its name, signed weight per unit and mean."""
    stored = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
    weights = (
        (name, FEATURES[name].sign * fitted["weight"] / fitted["sd"], fitted["mean"])
        for name, fitted in stored["features"].items()
    )
    return stored["intercept"], tuple(weights)
