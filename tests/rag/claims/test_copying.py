from __future__ import annotations

import pytest

from rag.claims.copying import Copied, find_copy, find_near_copy
from rag.claims.texts import read, read_claim, read_sources

SOURCE = (
    "Police deny that the man was hurt in the crash. Prices in Cork rose by $1.4 million in May, the mill said. "
    "The bridge and the road will close in May if the court agrees. The suspected thief ran to the old harbour."
)


def copy_of(claim: str, source: str = SOURCE) -> Copied | None:
    return find_copy(read(claim), read_sources((source,)))


def near_copy_of(claim: str, source: str) -> Copied | None:
    return find_near_copy(read_claim(claim), read_sources((source,)))


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("Police deny that the man was hurt in the crash", "matches the cited passage word for word"),
        (
            "prices in Cork rose by $1.4 million in May.",
            'matches the cited passage word for word, cut short after "million in May"',
        ),
        (
            "Thief ran to the old harbour.",
            'leaves out "suspected thief" before it',
        ),
    ],
)
def test_a_run_is_marked_where_it_is_cut(claim: str, why: str) -> None:
    copied = copy_of(claim)
    assert copied is not None
    assert copied.why == why or not copied.verbatim


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        pytest.param("The man was hurt in the crash.", 'leaves out "deny that the man" before it', id="denied"),
        pytest.param("The bridge and the.", 'cut short after "bridge and the"', id="hanging"),
        pytest.param("Prices in Cork rose by $1.4.", 'cut short after "by $ 1.4"', id="inside_a_number"),
        pytest.param(
            "The bridge and the road will close in May.",
            'leaves out "if the court agrees" after it',
            id="condition",
        ),
        pytest.param("Old harbour.", "too short a part of the cited passage to be checked", id="fragment"),
    ],
)
def test_a_run_that_needs_the_rest_is_no_quotation(claim: str, why: str) -> None:
    copied = copy_of(claim)
    assert copied is not None
    assert not copied.verbatim


def test_two_sentences_match_two_sentences() -> None:
    copied = copy_of(
        "The mill shut. Nobody came to see it.", "In May it was cold. The mill shut. Nobody came to see it."
    )
    assert copied == Copied(True, "matches the cited passage word for word")


def test_a_run_never_crosses_a_sentence_end() -> None:
    assert copy_of("In the crash prices in Cork rose.") is None


def test_the_currency_is_part_of_the_wording() -> None:
    assert copy_of("Prices in Cork rose by £1.4 million in May, the mill said.") is None


LONG = (
    "The old mill by the harbour in Cork cut sixty jobs on Monday and will, its quiet owner said, not reopen in spring."
)


def test_a_near_copy_may_lose_a_few_inert_words() -> None:
    copied = near_copy_of(LONG.replace("quiet ", ""), LONG)
    assert copied == Copied(True, 'matches the cited passage but for leaving out "quiet"')


@pytest.mark.parametrize("word", ["not ", "sixty ", "Cork "])
def test_a_near_copy_must_keep_negations_numbers_and_names(word: str) -> None:
    copied = near_copy_of(LONG.replace(word, ""), LONG)
    assert copied is not None
    assert not copied.verbatim


def test_a_near_copy_may_not_gain_content() -> None:
    assert near_copy_of(LONG.replace("jobs", "engineering jobs"), LONG) is None


def test_a_near_copy_may_not_skip_a_clause() -> None:
    copied = near_copy_of(LONG.replace("by the harbour in ", "in ").replace("its quiet owner said, ", ""), LONG)
    assert copied is None or not copied.verbatim
