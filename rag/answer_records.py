"""The records of what is answered: Verdict → Citation → Sentence → Answer. All are frozen and do no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from rag.records import Copy, Retrieved, retrieved_json


class VerdictState(StrEnum):
    """What the check of one sentence against its cited passages found."""

    QUOTED = "quoted"
    SUPPORTED = "supported"
    PARAPHRASE = "paraphrase"
    NOT_FOUND = "not_found"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verifier's finding for one sentence.

    Attributes:
        score: Estimated support in 0..1; orders sentences, is no calibrated probability.
        why: What is missing or how it was matched, for a person to read.
    """

    state: VerdictState
    score: float
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `article.text[start:end] == quote`, always.

    Attributes:
        story_id: Shared by near-copies of one story; empty where it is not known.
        speaks_to_machine: The passage it was found in holds an order to a language model; a hint to the reader.
    """

    marker: int
    article_id: str
    title: str
    outlet: str | None
    published: str | None
    url: str | None
    start: int
    end: int
    quote: str
    also_in: tuple[Copy, ...] = ()
    story_id: str = ""
    speaks_to_machine: bool = False


@dataclass(frozen=True, slots=True)
class RejectedCitation:
    """A marker the model wrote that points nowhere, kept as a finding."""

    marker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the state it was shown (or withheld) in.

    Attributes:
        citations: Markers into `Answer.citations`.
        why: The verifier's reason; always present when the sentence is withheld.
        lead_in: Who published it and when, set before a quoted sentence: "South China Morning Post, Oct 2019".
    """

    text: str
    citations: tuple[int, ...]
    verdict: VerdictState
    score: float
    shown: bool
    why: str | None = None
    lead_in: str | None = None


class Method(StrEnum):
    """Which path an answer took."""

    GENERATED = "generated"
    REPAIRED = "repaired"
    EXTRACTED = "extracted"
    ABSTAINED = "abstained"


class Form(StrEnum):
    """How the sentences of an answer belong together, for those who show it."""

    PLAIN = "plain"
    LIST = "list"
    COMPARISON = "comparison"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Side:
    """What one article says where articles disagree.

    Attributes:
        statement: The sentence, verbatim.
        value: The disputed figure as it is written there; None where claims, not figures, differ.
        speaker: Who says it there, if the sentence names somebody.
        marker: The citation it is quoted under, in `Answer.citations`.
        outlets: How many independent stories say so, 1 or more.
    """

    statement: str
    value: str | None
    speaker: str | None
    outlet: str | None
    published: str | None
    marker: int
    outlets: int = 1


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Statements of several articles about one thing that cannot all be so, or that oppose each other.

    Attributes:
        kind: "figure" for one quantity with several values, "claim" for opposed claims.
        subject: What it is about, in words of the articles.
        sides: Two or more, oldest first.
    """

    kind: str
    subject: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall-clock seconds per stage."""

    retrieve: float = 0.0
    draft: float = 0.0
    check: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer. `print(answer)` and `answer.text` give what a reader sees.

    Attributes:
        answer: The shown sentences with `[n]` markers, or the abstention text.
        sentences: Every drafted sentence in order, shown or withheld.
        confidence: Estimated probability in 0..1 that the articles answer the question;
            None where no estimate was made.
        reason: Why it abstained, or why the answer is incomplete.
        complete: False when the model or the network cut the answer short.
        usage: Tokens as the server reported them; empty when it did not.
    """

    question: str
    standalone_question: str
    answer: str
    method: Method
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    rejected_citations: tuple[RejectedCitation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    reason: str | None = None
    confidence: float | None = None
    model: str = "none"
    settings_digest: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    seconds: Seconds = Seconds()
    complete: bool = True
    form: Form = Form.PLAIN
    id: str | None = None

    @property
    def abstained(self) -> bool:
        """True when the articles were found not to answer the question."""
        return self.method is Method.ABSTAINED

    @property
    def text(self) -> str:
        """The answer as a reader sees it."""
        return self.answer

    @property
    def withheld(self) -> tuple[Sentence, ...]:
        """Sentences that failed their check."""
        return tuple(s for s in self.sentences if not s.shown)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """What the shown sentences and the sides of disagreements cite."""
        markers = {marker for s in self.sentences if s.shown for marker in s.citations}
        markers |= {side.marker for disagreement in self.disagreements for side in disagreement.sides}
        return tuple(c for c in self.citations if c.marker in markers)

    @property
    def stories(self) -> int:
        """How many stories it rests on, copies of one counted once. That they are independent is not claimed."""
        return len({c.story_id or c.article_id for c in self.cited})

    def __str__(self) -> str:
        return self.answer

    def with_id(self, id: str) -> Answer:
        """The same answer under the id its asker gave the question."""
        return replace(self, id=id)

    def to_json(self) -> dict[str, Any]:
        """The document of the command contract (design, section 6), schema 1."""
        plain = asdict(replace(self, retrieved=()))
        if plain["id"] is None:
            del plain["id"]
        derived = {"abstained": self.abstained, "stories": self.stories}
        return {"schema": 1} | plain | derived | {"retrieved": retrieved_json(self.retrieved)}


MARKER = re.compile(r"\[(\d{1,3})\]")
"""A citation marker in an answer's text."""
