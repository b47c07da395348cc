from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.modality import check_modality
from rag.claims.nationality import check_nationality
from rag.claims.silence import check_silence

Beside = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("claim", "source", "cue"),
    [
        ("The tolls have harmed the island's shops.", "The tolls could harm the island's shops.", "could harm"),
        ("The town closed the old quay.", "The town plans to close the old quay.", "to close"),
        ("The port has ended up with two towers.", "Pilots fear the port will end up with two towers.", "will end"),
        ("Lie said the crews would strike.", "Asked whether the crews would strike, Lie smiled.", "whether"),
        ("All of the permits were granted.", "Some of the permits were granted.", "Some of the permits"),
    ],
)
def test_more_than_the_source_says(beside: Beside, claim: str, source: str, cue: str) -> None:
    assert cue in (check_modality(beside(claim, source)) or "")


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The tolls could harm the island's shops.", "The tolls could harm the island's shops."),
        ("The town closed the old quay.", "The town closed the old quay in May and will close another."),
        ("The town has plans to close the old quay.", "The town plans to close the old quay."),
        ("Lie accused the town of lying.", "Lie used a speech to accuse the town of lying."),
        ("Some of the permits were granted.", "Some of the permits were granted."),
    ],
)
def test_what_the_source_says_passes(beside: Beside, claim: str, source: str) -> None:
    assert check_modality(beside(claim, source)) is None


def test_another_nation(beside: Beside) -> None:
    source = "Visas were refused to Chinese government officials, the Dutch consul said on Tuesday evening."
    american = beside("Visas were refused to American officials on Tuesday evening.", source)
    assert "Chinese" in (check_nationality(american) or "")
    assert check_nationality(beside("Visas were refused to Chinese officials on Tuesday evening.", source)) is None


@pytest.mark.parametrize(
    "claim",
    [
        "The article does not mention the price of the ferry.",
        "The passages provide no information about the ferry.",
        "It is unclear who bought the ferry.",
        "There is no mention of the price in the article.",
    ],
)
def test_what_is_not_said_is_nothing_to_bear_out(beside: Beside, claim: str) -> None:
    assert "no passage can bear out" in (check_silence(beside(claim, "The ferry was sold.")) or "")


@pytest.mark.parametrize(
    "claim", ["Lie did not say who bought the ferry.", "The report does not name the buyer.", "The article cites Lie."]
)
def test_what_somebody_did_not_say_is_a_claim(beside: Beside, claim: str) -> None:
    assert check_silence(beside(claim, "Lie did not say who bought the ferry.")) is None
