"""Found passages → checked quotations: reads them for what is asked, quotes what answers, sets out disagreements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.answer_form import answer_form, asks_for_newest
from rag.answer_records import Disagreement, Form, Side, Verdict, VerdictState
from rag.answerability import features, probability
from rag.composition import Composition, Quote, one_line
from rag.disagreements import find_oppositions
from rag.embedder import Embedder
from rag.events import SentenceChecked
from rag.extraction import ScoredSentence, score_sentences
from rag.index.library import Library
from rag.lead_ins import lead_in
from rag.oppositions import Opposition, Statement
from rag.piece_memory import PieceMemory
from rag.question_parts import question_parts
from rag.records import Article, Retrieved
from rag.selection import choose_of_parts, choose_sentences, newest_first
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class PartReading:
    """What the passages hold on one part of a question.

    Attributes:
        scored: Candidate sentences, best first.
        confidence: Estimated probability in 0..1 that the articles answer this part.
    """

    question: str
    scored: list[ScoredSentence]
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the passages hold on a question.

    Attributes:
        whole: The question as one.
        parts: Its parts, when it asks for several things; else empty.
    """

    whole: PartReading
    form: Form
    parts: tuple[PartReading, ...] = ()

    @property
    def confidence(self) -> float:
        """That of the whole, or the mean over the parts if that is more."""
        mean = sum(p.confidence for p in self.parts) / len(self.parts) if self.parts else 0.0
        return max(self.whole.confidence, mean)


class Quoting:
    """Answers with sentences of the found passages, each checked to stand in the stored article."""

    def __init__(self, library: Library, embedder: Embedder, settings: Settings) -> None:
        self._library = library
        self._embedder = PieceMemory(embedder)
        self._settings = settings

    def read(self, question: str, retrieved: Sequence[Retrieved]) -> Reading:
        """The sentences of the passages by how well they answer, for the question and for each of its parts."""
        parts = question_parts(question)
        form = answer_form(question, len(parts))
        of_parts = tuple(self._read(part, retrieved) for part in parts) if form is Form.COMPARISON else ()
        return Reading(self._read(question, retrieved), form, of_parts)

    def _read(self, question: str, retrieved: Sequence[Retrieved]) -> PartReading:
        scored = score_sentences(question, retrieved, self._embedder, self._library.idf)
        confidence = probability(features(question, scored, retrieved, self._library.idf))
        return PartReading(question, scored, confidence)

    def choose(self, reading: Reading) -> list[ScoredSentence]:
        """The sentences to quote, in the form that the question asks for."""
        most, whole = self._settings.max_sentences, reading.whole
        answered = [p.scored for p in reading.parts if p.confidence >= self._settings.answer_threshold]
        if len(answered) > 1:
            return choose_of_parts(answered, most)
        ranked = newest_first(whole.scored) if asks_for_newest(whole.question) else whole.scored
        return choose_sentences(whole.question, ranked, self._library.idf, most, reading.form)

    def unanswered(self, reading: Reading) -> list[str]:
        """The parts of a question that no passage was found to answer, when others are answered."""
        open_parts = [p.question for p in reading.parts if p.confidence < self._settings.answer_threshold]
        return open_parts if len(open_parts) < len(reading.parts) else []

    def quote(self, chosen: Iterable[ScoredSentence], composition: Composition) -> Iterator[SentenceChecked]:
        """Adds each sentence as a quotation of itself."""
        for sentence in chosen:
            head = sentence.retrieved.article
            verdict = check_quote(sentence, self._library.article(head.id))
            yield composition.add(one_line(sentence.text), verdict, [_quote(sentence)], lead_in(head))

    def disagreements(self, reading: Reading, composition: Composition) -> tuple[Disagreement, ...]:
        """What the found articles say otherwise than what is quoted; each side is cited in the composition."""
        scored = reading.whole.scored
        cited = [s for s in scored if _is_cited(s, composition)]
        found = find_oppositions(reading.whole.question, scored, cited) if cited else []
        return tuple(self._set_out(opposition, composition) for opposition in found)

    def _set_out(self, opposition: Opposition, composition: Composition) -> Disagreement:
        sides = tuple(_side(statement, composition) for statement in opposition.sides)
        return Disagreement(opposition.kind, opposition.subject, sides)


def check_quote(sentence: ScoredSentence, article: Article | None) -> Verdict:
    """Quoted if the article holds the words at those offsets at this moment."""
    if article is None:
        return Verdict(VerdictState.NOT_FOUND, 0.0, "the article was removed while the answer was written")
    if article.text[sentence.start : sentence.end] != sentence.text:
        return Verdict(VerdictState.NOT_FOUND, 0.0, "the article was changed while the answer was written")
    return Verdict(VerdictState.QUOTED, 1.0, "matches the passage word for word")


def _side(statement: Statement, composition: Composition) -> Side:
    sentence = statement.sentence
    return Side(
        statement=one_line(sentence.text),
        value=statement.value,
        speaker=statement.speaker,
        outlet=sentence.retrieved.article.outlet,
        published=sentence.retrieved.article.published,
        marker=composition.cite(_quote(sentence)),
        outlets=statement.stories,
    )


def _quote(sentence: ScoredSentence) -> Quote:
    return Quote(sentence.retrieved, sentence.start, sentence.end, sentence.text)


def _is_cited(sentence: ScoredSentence, composition: Composition) -> bool:
    shown = {marker for s in composition.shown for marker in s.citations}
    return any(
        c.marker in shown
        and c.article_id == sentence.retrieved.article.id
        and c.start < sentence.end
        and sentence.start < c.end
        for c in composition.citations
    )
