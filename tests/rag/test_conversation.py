from __future__ import annotations

import pytest

from rag.conversation import sought_answer, standalone_question
from rag.records import Turn

FIRST = "How many companies did Washington blacklist in October 2019?"


@pytest.mark.parametrize(
    ("follow_up", "standalone"),
    [
        ("And in 2025?", "How many companies did Washington blacklist in 2025?"),
        ("What about March 2025?", "How many companies did Washington blacklist in March 2025?"),
        ("Why?", f"{FIRST} Why?"),
        ("And who replied to it?", f"{FIRST} Who replied to it?"),
        ("When was that announced?", f"{FIRST} When was that announced?"),
        ("What did they say about the decision?", f"{FIRST} What did they say about the decision?"),
    ],
)
def test_follow_ups_take_what_they_lean_on(follow_up: str, standalone: str) -> None:
    assert standalone_question(follow_up, [Turn(FIRST, "Eight. [1]")]) == standalone


@pytest.mark.parametrize(
    "question",
    [
        "What did Huang Libin say about TikTok?",
        "Which share of chips does China import?",
        "What did the ministry that Huang Libin speaks for announce?",
        "Did Huawei say it would sue?",
    ],
)
def test_questions_that_stand_alone_are_left_alone(question: str) -> None:
    assert standalone_question(question, [Turn(FIRST, "Eight. [1]")]) == question


def test_a_time_takes_the_place_of_another_with_its_preposition() -> None:
    history = [Turn("How fast did it grow in the third quarter of 2019?")]
    assert standalone_question("And in 2020?", history) == "How fast did it grow in the third quarter of 2020?"


def test_a_chain_of_follow_ups_keeps_its_first_subject() -> None:
    history = [Turn(FIRST, "Eight."), Turn("And in 2025?", "Over fifty.")]
    assert standalone_question("Why?", history) == "How many companies did Washington blacklist in 2025? Why?"


def test_nothing_to_lean_on() -> None:
    assert standalone_question("  Why\n so? ", []) == "Why so?"


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("And how old is the minister?", "How old is the minister?"),
        ("Why?", f"{FIRST} Why?"),
        ("And in 2025?", "How many companies did Washington blacklist in 2025?"),
        ("What did Huang Libin say about TikTok?", "What did Huang Libin say about TikTok?"),
    ],
)
def test_passages_are_read_for_what_was_asked_last(question: str, sought: str) -> None:
    assert sought_answer(question, standalone_question(question, [Turn(FIRST)])) == sought
