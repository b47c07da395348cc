"""A scripted chatbot and library that speak the page's protocols, for tests without models or files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.answer_records import Answer, Citation, Method, Seconds, Sentence, VerdictState
from rag.errors import GroundwireError
from rag.events import AnswerCompleted, Event, PassagesFound, SentenceChecked
from rag.records import Article, ArticleHead, Filters, Passage, Retrieved, Turn
from rag.settings import Settings
from web.exchange import Exchange, Stage


@dataclass(frozen=True, slots=True)
class FakeCounts:
    articles: int
    passages: int
    stories: int
    generation: int
    embedding_model: str | None = "fake"


class FakeLibrary:
    """Articles in memory; adding one raises the generation."""

    def __init__(self, *articles: Article) -> None:
        self._articles = {article.id: article for article in articles}
        self.generation = 1
        self.heads_read = 0

    def add(self, article: Article) -> None:
        self._articles[article.id] = article
        self.generation += 1

    def article(self, article_id: str) -> Article | None:
        return self._articles.get(article_id)

    def idf(self, stem: str) -> float:
        return 5.0

    def heads(self) -> list[ArticleHead]:
        self.heads_read += 1
        return [article.head for article in self._articles.values()]

    def copies(self, story_id: str) -> list[ArticleHead]:
        return [a.head for a in self._articles.values() if (a.story_id or a.id) == story_id]

    def counts(self) -> FakeCounts:
        stories = len({a.story_id or a.id for a in self._articles.values()})
        return FakeCounts(len(self._articles), len(self._articles), stories, self.generation)


Script = Sequence[Event | GroundwireError]


@dataclass
class FakeChatbot:
    """Plays a script of events, one per question; an error in a script is raised in its place.

    `asked` records what it was asked: question, history, date, filters. With a `gate` each event waits until
    the test lets one more through.
    """

    library: FakeLibrary
    scripts: list[Script]
    settings: Settings = field(default_factory=Settings)
    pause: float = 0.0
    gate: threading.Semaphore | None = None
    asked: list[tuple[str, tuple[Turn, ...], str | None, Filters | None]] = field(default_factory=list)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history), date, filters))
        script = self.scripts[min(len(self.asked), len(self.scripts)) - 1]
        for event in script:
            time.sleep(self.pause)
            if self.gate is not None:
                assert self.gate.acquire(timeout=60)
            if isinstance(event, GroundwireError):
                raise event
            yield event

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Answer:
        for event in self.stream(question, history=history, date=date, filters=filters):
            if isinstance(event, AnswerCompleted):
                return event.answer
        raise AssertionError("the script has no answer")


# ------------------------------------------------------------------ records with little typing
def article(
    article_id: str = "a1", text: str = "The port reopened on Monday. Cranes moved.", **fields: str | None
) -> Article:
    """An article; its fields default to short invented ones."""
    defaults: dict[str, str | None] = {"title": "Port reopens", "outlet": "Bay Herald", "published": "2021-03-05"}
    return Article(id=article_id, text=text, **{**defaults, **fields})  # type: ignore[arg-type]


def found(source: Article, rank: int = 1) -> Retrieved:
    """The whole article as one retrieved passage."""
    passage = Passage(source.id, 0, len(source.text), source.text, ((0, len(source.text)),))
    return Retrieved(passage, source.head, rank, 1 / rank)


def cite(source: Article, quote: str, marker: int = 1) -> Citation:
    """A citation of words that the article holds."""
    start = source.text.index(quote)
    return Citation(
        marker, source.id, source.title, source.outlet, source.published, source.url, start, start + len(quote), quote
    )


def sentence(
    text: str = "The port reopened on Monday.",
    *citations: int,
    verdict: VerdictState = VerdictState.QUOTED,
    shown: bool = True,
    why: str | None = None,
) -> Sentence:
    """A checked sentence that cites [1] unless told otherwise."""
    return Sentence(text, citations or (1,), verdict, 0.9, shown, why)


def answered(question: str, source: Article, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> Answer:
    """An extracted answer made of the sentences."""
    text = " ".join(f"{s.text} " + "".join(f"[{c}]" for c in s.citations) for s in sentences if s.shown)
    return Answer(
        question=question,
        standalone_question=question,
        answer=text,
        method=Method.EXTRACTED,
        sentences=tuple(sentences),
        citations=tuple(citations),
        retrieved=(found(source),),
        seconds=Seconds(total=0.2),
    )


def exchange_of(answer: Answer, question: str | None = None, number: int = 1) -> Exchange:
    """The finished exchange of an answer; a given question is also its only outlet filter."""
    return Exchange(
        number=number,
        question=question or answer.question,
        stage=Stage.DONE,
        filters=Filters(outlets=(question,)) if question else Filters(),
        searched=answer.standalone_question,
        retrieved=answer.retrieved,
        sentences=answer.sentences,
        citations=answer.citations,
        answer=answer,
    )


def script(answer: Answer, change: Callable[[Answer], Answer] = replace) -> list[Event]:
    """The stream of events that leads to an answer."""
    answer = change(answer)
    events: list[Event] = [PassagesFound(answer.standalone_question, answer.retrieved)]
    for checked in answer.sentences:
        cited = tuple(c for c in answer.citations if c.marker in checked.citations)
        events.append(SentenceChecked(checked, cited))
    return [*events, AnswerCompleted(answer)]
