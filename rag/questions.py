"""What a question and the conversation before it have to be before they are searched or answered."""

from __future__ import annotations

from collections.abc import Sequence

from rag.command_line import is_text
from rag.errors import QuestionError
from rag.records import Turn

LONGEST_ANSWER = 20_000
"""Characters of an earlier answer."""


def check_question(question: str, longest: int) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: It is empty, longer than `longest` characters, or no text.
    """
    stripped = question.strip()
    if not stripped:
        raise QuestionError("the question is empty. Ask something about the articles.")
    if len(stripped) > longest:
        raise QuestionError(f"the question has {len(stripped)} characters, the limit is {longest}. Ask a shorter one.")
    if not is_text(stripped):
        raise QuestionError("the question holds half of a character (a lone surrogate). Type it again.")
    return stripped


def check_history(history: Sequence[Turn], most: int, longest: int) -> tuple[Turn, ...]:
    """The last `most` turns.

    Args:
        longest: Characters of a question.

    Raises:
        QuestionError: A question or an answer among them is too long, or no text.
    """
    turns = tuple(history[-most:]) if most else ()
    for turn in turns:
        for what, text, limit in (("question", turn.question, longest), ("answer", turn.answer, LONGEST_ANSWER)):
            if len(text) > limit:
                raise QuestionError(
                    f"an earlier {what} has {len(text)} characters, the limit is {limit}. Leave it out or cut it."
                )
            if not is_text(text):
                raise QuestionError(f"an earlier {what} holds half of a character (a lone surrogate). Leave it out.")
    return turns
