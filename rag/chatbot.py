"""The chain: question → passages → draft → check → Answer. `open_chatbot` is the only wiring."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.answer_records import Answer, Disagreement, Form, Method, Seconds
from rag.answering import Generating, ModelReply
from rag.composition import Composition, marked
from rag.conversation import sought_answer, standalone_question
from rag.embedder import Embedder, open_embedder
from rag.errors import AnswerTimeout
from rag.events import AnswerCompleted, Event, PassagesFound, SentenceChecked
from rag.generation import Generator
from rag.grounding import Verifier
from rag.index.library import Library, open_library
from rag.llm import ChatModel, as_chat_model, open_chat_model
from rag.prompting import REFUSAL
from rag.questions import check_filters, check_history, check_question
from rag.quoting import Quoting, Reading
from rag.records import Filters, Retrieved, Turn
from rag.retrieval import Retriever, check_embedding_model
from rag.settings import Settings, load_settings
from rag.time_limit import within
from rag.verifier import open_verifier

ONLY_CLOSEST = "The articles do not state this directly. The closest passage says:"
ONLY_CLOSEST_ONES = "The articles do not state this directly. The closest passages say:"


@dataclass(slots=True)
class _Asked:
    """One question on its way through the chain."""

    question: str
    standalone: str
    history: Sequence[Turn]
    date: str | None
    composition: Composition
    retrieved: tuple[Retrieved, ...] = ()
    confidence: float = 0.0
    method: Method = Method.ABSTAINED
    text: str = REFUSAL
    reason: str | None = None
    complete: bool = True
    form: Form = Form.PLAIN
    disagreements: tuple[Disagreement, ...] = ()
    usage: dict[str, int] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    retrieve_seconds: float = 0.0
    draft_seconds: float = 0.0


class Chatbot:
    """Answers questions over one library. Safe to share between threads.

    Attributes:
        library: The articles.
        settings: What it was opened with.
        model: The language model that drafts; None for quotations only.
    """

    def __init__(
        self, library: Library, settings: Settings, embedder: Embedder, verifier: Verifier, model: ChatModel | None
    ) -> None:
        self.library = library
        self.settings = settings
        self.model = model
        self.retriever = Retriever(library, embedder, settings)
        self.embedder = embedder
        self._quoting = Quoting(library, embedder, settings)
        self._generating = None if model is None else Generating(library, verifier, Generator(model, settings))

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Answer:
        """The checked answer to a question.

        Args:
            history: Earlier turns, oldest first; a follow-up is understood from them.
            date: ISO date on which the question is asked, for "this week" and the like.
            filters: Which articles may answer.

        Raises:
            QuestionError: The question is empty or too long, or a filter names too much.
            ModelError: The language model failed before its first word.
            AnswerTimeout: `answer_deadline` has passed.
        """
        for event in self.stream(question, history=history, date=date, filters=filters):
            if isinstance(event, AnswerCompleted):
                return event.answer
        raise AssertionError("a stream ends with AnswerCompleted")

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Iterator[Event]:
        """`PassagesFound`, a `SentenceChecked` for each sentence as it passes its check, `AnswerCompleted`.

        Raises:
            As `ask`; but for a QuestionError it comes after PassagesFound, so that what was found can stay in view.
        """
        limits = self.settings
        history = check_history(history, limits.max_history_turns, limits.max_question_chars, limits.max_history_chars)
        question = check_question(question, limits.max_question_chars)
        filters = check_filters(filters, limits.max_filter_values)
        events = self._events(question, history, date, filters)
        yield from within(limits.answer_deadline, events, lambda: _too_late(limits.answer_deadline))

    def _events(self, question: str, history: Sequence[Turn], date: str | None, filters: Filters) -> Iterator[Event]:
        asked = _Asked(
            question, standalone_question(question, history), history, date, Composition(self.settings.policy)
        )
        asked.retrieved = self.retriever.retrieve(asked.standalone, filters=filters, date=date)
        asked.retrieve_seconds = time.monotonic() - asked.started
        yield PassagesFound(asked.standalone, asked.retrieved)
        reading = self._quoting.read(sought_answer(asked.question, asked.standalone), asked.retrieved)
        asked.confidence = reading.confidence
        if self._generating is not None and asked.retrieved:
            yield from self._generate(asked, self._generating)
        if not asked.composition.shown:
            yield from self._extract(asked, reading)
        if asked.method is not Method.ABSTAINED:
            asked.disagreements = self._quoting.disagreements(reading, asked.composition)
        yield AnswerCompleted(self._complete(asked))

    def _generate(self, asked: _Asked, generating: Generating) -> Iterator[SentenceChecked]:
        started = time.monotonic()
        reply = ModelReply()
        yield from generating.answer(
            asked.standalone, asked.retrieved, asked.composition, reply, history=asked.history, date=asked.date
        )
        self._note(asked, reply)
        asked.method = Method.GENERATED
        if not reply.refused and asked.complete and asked.composition.failed:
            yield from generating.repair(asked.standalone, asked.retrieved, asked.composition, reply)
            self._note(asked, reply)
            asked.method = Method.REPAIRED
        asked.text = asked.composition.text()
        asked.draft_seconds = time.monotonic() - started

    def _note(self, asked: _Asked, reply: ModelReply) -> None:
        """Adds up the usage and marks an answer that was cut."""
        if reply.end is None:
            return
        for name, count in (reply.end.usage or {}).items():
            asked.usage[name] = asked.usage.get(name, 0) + count
        if reply.end.finish != "stop":
            asked.complete = False
            asked.reason = f"the answer is incomplete: {_CUT.get(reply.end.finish, reply.end.finish)}"

    def _extract(self, asked: _Asked, reading: Reading) -> Iterator[SentenceChecked]:
        """The best sentences, or only the closest one, or none, by the estimated probability."""
        if asked.confidence >= self.settings.answer_threshold:
            asked.method = Method.EXTRACTED
            asked.form = reading.form
            yield from self._quoting.quote(self._quoting.choose(reading), asked.composition)
            asked.text = asked.composition.text(asked.form)
            if asked.complete and (unanswered := self._quoting.unanswered(reading)):
                asked.reason = f"no article found states: {' '.join(unanswered)}"
            return
        asked.method = Method.ABSTAINED
        asked.reason = asked.reason or "no article found states what is asked"
        asked.text = REFUSAL
        if asked.confidence >= self.settings.closest_threshold:
            yield from self._show_closest(asked, reading)

    def _show_closest(self, asked: _Asked, reading: Reading) -> Iterator[SentenceChecked]:
        """Quotes what comes closest, and says that it is only that."""
        closest = Composition(self.settings.policy, citations=asked.composition.citations)
        for event in self._quoting.quote(self._quoting.choose(reading), closest):
            asked.composition.sentences.append(event.sentence)
            yield event
        if closest.shown:
            several = len(closest.shown) > 1
            if asked.complete:
                asked.reason = "the closest passages are shown; they may not answer the question"
            quoted = (marked(f"“{s.text}”", s.citations) for s in closest.shown)
            asked.text = "\n".join([ONLY_CLOSEST_ONES if several else ONLY_CLOSEST, *quoted])

    def _complete(self, asked: _Asked) -> Answer:
        total = time.monotonic() - asked.started
        checked = total - asked.retrieve_seconds - asked.draft_seconds
        composition = asked.composition
        return Answer(
            question=asked.question,
            standalone_question=asked.standalone,
            answer=asked.text or REFUSAL,
            method=asked.method,
            sentences=tuple(composition.sentences),
            citations=tuple(composition.citations),
            rejected_citations=tuple(composition.rejected),
            retrieved=asked.retrieved,
            reason=asked.reason,
            confidence=round(asked.confidence, 4),
            model="none" if self.model is None else self.model.name,
            settings_digest=self.settings.digest(),
            usage=asked.usage,
            seconds=Seconds(*(round(s, 4) for s in (asked.retrieve_seconds, asked.draft_seconds, checked, total))),
            complete=asked.complete,
            form=asked.form,
            disagreements=asked.disagreements,
        )


_CUT = {
    "length": "the model reached its token limit",
    "content_filter": "the provider's content filter cut it",
    "lost": "the connection was lost",
    "deadline": "the time limit was reached",
    "repeats": "the model began to repeat itself",
}


def _too_late(seconds: float) -> AnswerTimeout:
    return AnswerTimeout(
        f"the answer took longer than {seconds:g} s (setting answer_deadline). Ask a shorter question, or allow more."
    )


def open_chatbot(library: str | Path | None = None, *, settings: Settings | None = None, llm: Any = None) -> Chatbot:
    """A chatbot over a library.

    Args:
        library: Directory of the library; that of the settings by default.
        settings: From environment and groundwire.toml by default.
        llm: "auto", "none", "local", a model name, a .gguf path, a `ChatModel`, or any LlamaIndex LLM.

    Raises:
        LibraryMissing, LibraryDamaged: The library cannot be opened.
        ModelMissing: The embedding or language model is not there.
        SettingsError: The library was made with another embedding model.
    """
    settings = settings or load_settings()
    if library is not None:
        settings = settings.model_copy(update={"library": Path(library)})
    if isinstance(llm, str):
        settings = settings.model_copy(update={"llm": llm})
    opened = open_library(settings.place)
    embedder = open_embedder(settings.embedding_model)
    check_embedding_model(opened, embedder)
    model = open_chat_model(settings) if llm is None or isinstance(llm, str) else as_chat_model(llm)
    return Chatbot(opened, settings, embedder, open_verifier(settings, opened.idf, model), model)
