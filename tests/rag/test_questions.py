from __future__ import annotations

import pytest

from rag import Turn
from rag.errors import QuestionError
from rag.questions import LONGEST_ANSWER, check_history, check_question


def test_a_question_loses_its_white_space() -> None:
    assert check_question("  Who? \n", 10) == "Who?"


@pytest.mark.parametrize(
    ("question", "reason"), [(" ", "empty"), ("x" * 11, "11 characters"), ("Who\ud800?", "half of a character")]
)
def test_what_is_no_question_is_refused(question: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        check_question(question, 10)


def test_only_the_last_turns_count() -> None:
    turns = [Turn("\ud800"), Turn("a"), Turn("b", "c")]
    assert check_history(turns, 2, 10) == (Turn("a"), Turn("b", "c"))
    assert check_history(turns, 0, 10) == ()


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (Turn("x" * 11), "an earlier question has 11 characters, the limit is 10"),
        (Turn("x", "y" * (LONGEST_ANSWER + 1)), "an earlier answer has 20001 characters"),
        (Turn("x", "\udfff"), "an earlier answer holds half of a character"),
    ],
)
def test_a_turn_that_is_too_long_or_no_text_is_refused(turn: Turn, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        check_history([turn], 10, 10)
