from __future__ import annotations

import pytest

from rag.disagreements import Opposition, find_oppositions
from rag.extraction import ScoredSentence
from tests.rag.scored import best_first, passage, scored

HOW_MANY = "How many firms did the March list add?"


def said(text: str, id: str, published: str = "2025-03-26", score: float = 1.0) -> list[ScoredSentence]:
    return scored(passage(text, id, published=published), score)


def found(question: str, *groups: list[ScoredSentence]) -> list[Opposition]:
    ranked = best_first(*groups)
    return find_oppositions(question, ranked, ranked[:1])


def test_two_figures_for_one_thing_are_set_side_by_side_oldest_first() -> None:
    later = said("The March list added 82 Chinese firms, the ministry counted.", "b", "2025-03-28", 0.9)
    first = said("The March list added 54 Chinese firms.", "a")
    third = said("All in all the March list added 54 firms from China.", "c", "2025-03-27", 0.85)
    (opposition,) = found(HOW_MANY, later, first, third)
    assert opposition.kind == "figure"
    assert [(side.value, side.stories) for side in opposition.sides] == [("54", 2), ("82", 1)]


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("The March list added more than 50 Chinese firms.", "2025-03-27"),  # rounded
        ("The March list added 54 Chinese firms and 26 others.", "2025-03-27"),  # the same and more
        ("The March list added 12 Chinese cities.", "2025-03-27"),  # another thing
        ("The October 2019 list added 28 Chinese firms.", "2025-03-27"),  # another time, by its words
        ("The March list added 28 Chinese firms.", "2019-03-27"),  # another time, by its date
        ("Shares of 28 firms fell in Shenzhen on Friday.", "2025-03-27"),  # another fact
        ("The 28th March list added firms.", "2025-03-27"),  # no amount
    ],
)
def test_figures_that_can_both_be_so_do_not_disagree(text: str, published: str) -> None:
    first = said("The March 2025 list added 54 Chinese firms." if "2019 list" in text else FIRST, "a")
    assert found(HOW_MANY, first, said(text, "b", published, 0.9)) == []


FIRST = "The March list added 54 Chinese firms."


def test_copies_of_one_story_do_not_disagree_with_it() -> None:
    one = passage("The March list added 54 Chinese firms. The March list added 82 Chinese firms.", "a")
    assert found(HOW_MANY, scored(one, 1.0, 0.9)) == []


def test_figures_nobody_asked_for_are_left_alone() -> None:
    other = said("The March list added 82 Chinese firms.", "b", score=0.9)
    assert found("Who published the March list?", said(FIRST, "a"), other) == []


def test_a_claim_and_its_denial_are_set_side_by_side() -> None:
    claim = said("The Commerce Department said the firms had helped the surveillance of minorities in Xinjiang.", "a")
    denial = said(
        "Mao Ning rejected the claim that firms had helped the surveillance of minorities in Xinjiang.", "b", score=0.9
    )
    (opposition,) = found("Why were the firms listed?", claim, denial)
    assert opposition.kind == "claim"
    assert {side.speaker for side in opposition.sides} == {"The Commerce Department", "Mao Ning"}
    assert "surveillance" in opposition.subject


def test_two_statements_of_one_speaker_do_not_oppose_each_other() -> None:
    claim = said("Mao Ning said the firms had not helped any surveillance of minorities in Xinjiang.", "a")
    denial = said("Mao Ning rejected that the firms helped the surveillance of minorities in Xinjiang.", "b", score=0.9)
    assert found("Why were the firms listed?", claim, denial) == []


def test_what_disagrees_with_nothing_quoted_is_left_out() -> None:
    quoted = said("The list was published on a Tuesday by the Commerce Department.", "q", score=1.2)
    one, other = said(FIRST, "a"), said("The March list added 82 Chinese firms.", "b", score=0.95)
    assert found(HOW_MANY, quoted, one, other) == []
