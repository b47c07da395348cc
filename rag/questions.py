"""What a question, the conversation before it and its filters have to be before they are searched or answered."""

from __future__ import annotations

from collections.abc import Sequence

from rag.command_line import is_text
from rag.errors import QuestionError
from rag.records import Filters, Turn

LONGEST_ANSWER = 20_000
"""Characters of an earlier answer, where settings say nothing else."""


def check_question(question: str, longest: int) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: It is empty, longer than `longest` characters, or no text.
    """
    stripped = question.strip()
    if not stripped:
        raise QuestionError("the question is empty. Ask something about the articles.")
    if len(stripped) > longest:
        raise QuestionError(
            f"the question has {len(stripped)} characters, the limit is {longest} (setting max_question_chars). "
            "Ask a shorter one."
        )
    if not is_text(stripped):
        raise QuestionError("the question holds half of a character (a lone surrogate). Type it again.")
    return stripped


def check_history(
    history: Sequence[Turn], most: int, longest: int, longest_answer: int = LONGEST_ANSWER
) -> tuple[Turn, ...]:
    """The last `most` turns.

    Args:
        longest: Characters of a question.
        longest_answer: Characters of an answer.

    Raises:
        QuestionError: A question or an answer among them is too long, or no text.
    """
    turns = tuple(history[-most:]) if most else ()
    for turn in turns:
        for what, text, limit, setting in (
            ("question", turn.question, longest, "max_question_chars"),
            ("answer", turn.answer, longest_answer, "max_history_chars"),
        ):
            if len(text) > limit:
                raise QuestionError(
                    f"an earlier {what} has {len(text)} characters, the limit is {limit} (setting {setting}). "
                    "Leave it out or cut it."
                )
            if not is_text(text):
                raise QuestionError(f"an earlier {what} holds half of a character (a lone surrogate). Leave it out.")
    return turns


def check_filters(filters: Filters | None, most: int) -> Filters:
    """The filters, none of which names too many values.

    Raises:
        QuestionError: One names more than `most`.
    """
    filters = filters or Filters()
    for name in ("outlets", "authors", "languages", "article_ids", "story_ids"):
        count = len(getattr(filters, name))
        if count > most:
            raise QuestionError(
                f"the filter {name} names {count} values, the limit is {most} (setting max_filter_values). Name fewer."
            )
    return filters


def check_passages(wanted: int | None, most: int) -> int | None:
    """The number of passages that are wanted; None for that of the settings.

    Raises:
        QuestionError: It is below 1, or more than are ever ranked.
    """
    if wanted is not None and not 1 <= wanted <= most:
        raise QuestionError(f"{wanted} passages are wanted, possible are 1 to {most} (setting candidates).")
    return wanted
