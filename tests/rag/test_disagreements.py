from __future__ import annotations

import pytest

from rag.disagreements import find_oppositions
from rag.extraction import ScoredSentence
from rag.oppositions import Opposition
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


def test_a_reply_that_names_the_claim_by_a_word_is_set_beside_the_sentence_before_it() -> None:
    text = (
        "Four trade groups warned that imported chips were not safe. The Chip Council rejected the claim as inaccurate."
    )
    (opposition,) = found("How many groups warned of imported chips?", said(text, "a"))
    assert [side.speaker for side in opposition.sides] == ["Four trade groups", "The Chip Council"]
    assert opposition.subject == "claim"


@pytest.mark.parametrize(
    "text",
    [
        "Mao Ning said chips were safe. Mao Ning rejected the claim that they were not.",  # says which claim itself
        "Mao Ning warned of imported chips. Mao Ning dismissed this criticism.",  # one speaker
        "The council warned of imported chips. It rained all week. Mao Ning dismissed this criticism.",  # not the next
    ],
)
def test_a_reply_to_something_else_is_no_opposition(text: str) -> None:
    assert found("Who warned of imported chips?", said(text, "a")) == []


REACH = "How many people use the app?"


def test_two_speakers_figures_in_following_sentences_are_set_side_by_side() -> None:
    text = (
        "The company says that 170 million people use the app. The researcher Emarket believes it is about 118 million."
    )
    (opposition,) = found(REACH, said(text, "a"))
    assert opposition.subject == "people"
    assert [(side.value, side.speaker) for side in opposition.sides] == [
        ("170 million", "The company"),
        ("118 million", "The researcher Emarket"),
    ]


def test_a_figure_that_another_article_gives_too_is_disputed_where_it_is_disputed() -> None:
    elsewhere = said("The app has 170 million users, the company says.", "a")
    disputed = said("The company says 170 million use it. The researcher Emarket believes it is 118 million.", "b")
    (opposition,) = found(REACH, elsewhere, [*disputed[:1], *disputed[1:]])
    assert {side.value for side in opposition.sides} == {"170 million", "118 million"}


@pytest.mark.parametrize(
    "text",
    [
        "The company says that 170 million people use the app. It had 118 million in May.",  # one speaker
        "The company says that 170 million people use the app. Emarket believes it is 170 million.",  # one figure
        "The company says that 170 million people use the app. Emarket said 118 million dogs bark.",  # another thing
    ],
)
def test_following_figures_that_agree_or_measure_something_else_are_no_opposition(text: str) -> None:
    assert found(REACH, said(text, "a")) == []
