from __future__ import annotations

import json

import pytest

from rag.claims.texts import read_claim, read_sources
from rag.grounding import compare
from rag.support_model import COEFFICIENTS, FEATURES, estimate_support

SOURCE = "The mill in Cork cut 60 jobs in May. Its owner blamed the storm. The council will vote on a loan."


def support(claim: str) -> float:
    return estimate_support(compare(read_claim(claim), read_sources((SOURCE,)), lambda _: 1.0))


def features(claim: str) -> dict[str, float]:
    evidence = compare(read_claim(claim), read_sources((SOURCE,)), lambda _: 1.0)
    return {name: feature.measure(evidence) for name, feature in FEATURES.items()}


def test_the_stored_model_has_these_features_and_no_negative_weight() -> None:
    stored = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
    assert stored["features"].keys() == FEATURES.keys()
    assert all(f["weight"] >= 0 and f["sd"] > 0 for f in stored["features"].values())
    assert stored["fitted_on"]
    assert stored["claims"]
    assert stored["date"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("The mill in Cork cut 60 jobs.", "The mill in Cork cut 70 jobs."),
        ("The mill in Cork cut 60 jobs.", "The mill in Oslo cut 60 jobs."),
        ("The mill in Cork cut 60 jobs.", "The mill in Cork cut 60 lovely jobs."),
        ("The mill in Cork cut 60 jobs.", "The council in Cork cut 60 storms."),
    ],
)
def test_support_falls_with_what_the_source_lacks(better: str, worse: str) -> None:
    assert support(better) > support(worse)


def test_features_of_a_copy() -> None:
    measured = features("The mill in Cork cut 60 jobs in May.")
    assert measured == {
        "content found": 1,
        "content missing": 0,
        "words found": 1,
        "word pairs found in two sentences": 1,
        "content pairs found close together": 1,
        "names missing": 0,
        "numbers missing": 0,
        "numbers far from the content": 0,
    }


def test_features_of_a_changed_claim() -> None:
    measured = features("The mill in Oslo cut 70 jobs.")
    assert measured["content found"] == pytest.approx(3 / 5)
    assert measured["content missing"] == pytest.approx(2)
    assert measured["words found"] == pytest.approx(5 / 7)
    assert measured["word pairs found in two sentences"] == pytest.approx(2 / 6)
    assert measured["content pairs found close together"] == 0
    assert (measured["names missing"], measured["numbers missing"]) == (1, 1)
