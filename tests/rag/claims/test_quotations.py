from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.quotations import check_quotations, quotations
from rag.claims.texts import tidy

Beside = Callable[..., Evidence]
SOURCE = "“We will not decouple,” she said. “It was the mayor’s ‘open mind’ that won.” The plan is 5 inches."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ('She said "we will" and “open up in 2019”.', ["we will", "open up in 2019"]),
        ('We will not," she said, "and we', ["We will not,", "and we"]),
        ('A 5" pipe and "so be it".', ["so be it"]),
        ("The ‘first steps’ of the workers' and owners' plan.", ["first steps"]),
        ("It's the owners' plan.", []),
    ],
)
def test_what_stands_in_marks(sentence: str, expected: list[str]) -> None:
    assert list(quotations(tidy(sentence))) == expected


@pytest.mark.parametrize(
    "claim",
    [
        'She said "We will not decouple".',
        'She said they would "not decouple."',
        'She said "we ... not decouple".',
        'She said "[they] will not decouple".',
        "She praised his 'open mind'.",
        'She wrote "The Open Mind".',
        'She said "we won\'t decouple".',
    ],
)
def test_verbatim_quotation(beside: Beside, claim: str) -> None:
    assert check_quotations(beside(claim, SOURCE)) is None


@pytest.mark.parametrize(
    ("claim", "quoted"),
    [
        ('She said "we shall not decouple".', "we shall not decouple"),
        ('She said "we not decouple".', "we not decouple"),
        ("She praised his 'very open mind'.", "very open mind"),
        ('She called it "reckless".', "reckless"),
        ('"We will decouple," she said.', "We will decouple"),
    ],
)
def test_changed_quotation(beside: Beside, claim: str, quoted: str) -> None:
    why = check_quotations(beside(claim, SOURCE))
    assert why == f'the words in quotation marks "{quoted}" are not verbatim in the cited passage'
