"""What a stream of an answer yields, in this order: passages found, sentences as they are checked, the answer."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer_records import Answer, Citation, Sentence
from rag.records import Retrieved


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """First event of a stream: what was searched for and what was found."""

    standalone_question: str
    retrieved: tuple[Retrieved, ...]


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A sentence has its verdict; `citations` are the ones it cites."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AnswerCompleted:
    """Last event of a stream."""

    answer: Answer


Event = PassagesFound | SentenceChecked | AnswerCompleted
