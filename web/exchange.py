"""One question and what has come of it so far: stream events → Exchange."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import uuid4

from rag.answer_records import Answer, Citation, Sentence
from rag.events import AnswerCompleted, Event, PassagesFound, SentenceChecked
from rag.records import Filters, Retrieved, Turn


class Stage(StrEnum):
    """How far an exchange has come."""

    WAITING = "waiting"
    SEARCHING = "searching"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the page shows for one question.

    Attributes:
        number: 1 for the first question of a conversation; part of every anchor, so never reused.
        date: The question's date as given by the reader.
        searched: The standalone question that was searched for; empty before passages are found.
        problem: Why it failed, one line safe to show.
        run: Id of the attempt to answer it, unique among all readers.
    """

    number: int
    question: str
    stage: Stage = Stage.WAITING
    filters: Filters = field(default_factory=Filters)
    date: str | None = None
    searched: str = ""
    retrieved: tuple[Retrieved, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    problem: str | None = None
    run: str = field(default_factory=lambda: uuid4().hex)

    @property
    def running(self) -> bool:
        """True from the question until its answer is complete, failed or stopped."""
        return self.stage in (Stage.WAITING, Stage.SEARCHING, Stage.CHECKING)

    @property
    def rewritten(self) -> bool:
        """True when the question searched for is not the one that was typed."""
        return bool(self.searched) and self.searched.strip().casefold() != self.question.strip().casefold()

    @property
    def shown(self) -> tuple[Sentence, ...]:
        """Sentences that passed their check."""
        return tuple(s for s in self.sentences if s.shown)

    @property
    def withheld(self) -> tuple[Sentence, ...]:
        """Sentences that failed their check."""
        return tuple(s for s in self.sentences if not s.shown)


def advance(exchange: Exchange, event: Event) -> Exchange:
    """The exchange after one more stream event."""
    match event:
        case PassagesFound(searched, retrieved):
            return replace(exchange, stage=Stage.CHECKING, searched=searched, retrieved=retrieved)
        case SentenceChecked(sentence, citations):
            return replace(
                exchange,
                sentences=(*exchange.sentences, sentence),
                citations=_merged(exchange.citations, citations),
            )
        case AnswerCompleted(answer):
            return _completed(exchange, answer)


def failed(exchange: Exchange, problem: str) -> Exchange:
    """The exchange after an error; what was found and checked before it stays."""
    return replace(exchange, stage=Stage.FAILED, problem=problem)


def stopped(exchange: Exchange) -> Exchange:
    """The exchange after the reader pressed Stop; a finished one is left alone."""
    return replace(exchange, stage=Stage.STOPPED) if exchange.running else exchange


def history(exchanges: Iterable[Exchange]) -> tuple[Turn, ...]:
    """Earlier exchanges as plain text, for the rewriting of a follow-up question."""
    return tuple(Turn(e.question, e.answer.text if e.answer else "") for e in exchanges if e.stage is Stage.DONE)


def _completed(exchange: Exchange, answer: Answer) -> Exchange:
    return replace(
        exchange,
        stage=Stage.DONE,
        searched=answer.standalone_question or exchange.searched,
        retrieved=answer.retrieved or exchange.retrieved,
        sentences=answer.sentences,
        citations=answer.citations,
        answer=answer,
    )


def _merged(known: tuple[Citation, ...], new: Iterable[Citation]) -> tuple[Citation, ...]:
    """Citations by marker, in order of first use."""
    return tuple(({c.marker: c for c in known} | {c.marker: c for c in new}).values())
