"""Found passages → checked sentences, by the two paths there are: extraction and a language model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer_records import Verdict, VerdictState
from rag.citations import DraftSentence, quote_span, resolve
from rag.composition import Composition, Quote
from rag.events import SentenceChecked
from rag.extraction import ScoredSentence
from rag.generation import DraftEnd, Generator
from rag.grounding import Verifier
from rag.index.library import Library
from rag.records import Article, Retrieved, Turn
from rag.sentences import sentence_spans

_AROUND = 600
"""Characters of the article on either side of a cited passage that a sentence is checked against."""


class Extracting:
    """Quotes sentences that were found, and checks that they stand in the stored article."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def answer(self, chosen: Sequence[ScoredSentence], composition: Composition) -> Iterator[SentenceChecked]:
        """Adds each sentence as a quotation of itself."""
        for sentence in chosen:
            article = self._library.article(sentence.retrieved.article.id)
            verdict = check_quote(sentence, article)
            quote = Quote(sentence.retrieved, sentence.start, sentence.end, sentence.text)
            yield composition.add(one_line(sentence.text), verdict, [quote])


def check_quote(sentence: ScoredSentence, article: Article | None) -> Verdict:
    """Quoted if the article holds the words at those offsets at this moment."""
    if article is None:
        return Verdict(VerdictState.NOT_FOUND, 0.0, "the article was removed while the answer was written")
    if article.text[sentence.start : sentence.end] != sentence.text:
        return Verdict(VerdictState.NOT_FOUND, 0.0, "the article was changed while the answer was written")
    return Verdict(VerdictState.QUOTED, 1.0, "matches the passage word for word")


@dataclass(slots=True)
class ModelReply:
    """How a model's reply ended.

    Attributes:
        refused: The model said that the passages do not answer.
    """

    end: DraftEnd | None = None

    @property
    def refused(self) -> bool:
        return self.end is not None and self.end.refused


class Generating:
    """Has a model draft sentences and checks each against the passages it cites."""

    def __init__(self, library: Library, verifier: Verifier, generator: Generator) -> None:
        self._library = library
        self._verifier = verifier
        self._generator = generator

    def answer(
        self,
        question: str,
        retrieved: Sequence[Retrieved],
        composition: Composition,
        reply: ModelReply,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
    ) -> Iterator[SentenceChecked]:
        """Adds each drafted sentence as it arrives."""
        drafted = self._generator.draft(question, retrieved, history=history, date=date)
        yield from self._check_all(drafted, retrieved, composition, reply)

    def repair(
        self, question: str, retrieved: Sequence[Retrieved], composition: Composition, reply: ModelReply
    ) -> Iterator[SentenceChecked]:
        """One more round for the sentences that were withheld, told what was wrong with them."""
        failed = [(s.text, s.why or "") for s in composition.sentences if not s.shown]
        said = {s.text for s in composition.sentences}
        drafted = (
            item
            for item in self._generator.repair(question, retrieved, failed)
            if not (isinstance(item, DraftSentence) and item.text in said)
        )
        yield from self._check_all(drafted, retrieved, composition, reply)

    def _check_all(
        self,
        drafted: Iterator[DraftSentence | DraftEnd],
        retrieved: Sequence[Retrieved],
        composition: Composition,
        reply: ModelReply,
    ) -> Iterator[SentenceChecked]:
        for item in drafted:
            if isinstance(item, DraftEnd):
                reply.end = item
            else:
                yield self._check(item, retrieved, composition)

    def _check(self, draft: DraftSentence, retrieved: Sequence[Retrieved], composition: Composition) -> SentenceChecked:
        cited, rejected = resolve(draft, retrieved)
        composition.rejected.extend(rejected)
        if not cited:
            verdict = Verdict(VerdictState.UNCHECKED, 0.0, "cites no passage")
            return composition.add(draft.text, verdict, [])
        articles = [self._library.article(r.article.id) for r in cited]
        sources = [source_text(r, a) for r, a in zip(cited, articles, strict=True) if a is not None]
        verdict = self._verifier.verify(draft.text, sources)
        quotes = [quote_of(draft.text, r, a) for r, a in zip(cited, articles, strict=True) if a is not None]
        return composition.add(draft.text, verdict, quotes)


def source_text(retrieved: Retrieved, article: Article) -> str:
    """What a sentence that cites a passage is checked against: the passage with its surroundings and its head."""
    passage = retrieved.passage
    head = ". ".join(part for part in (article.title, article.outlet, article.published) if part)
    before = whole_sentences(article.text[max(0, passage.start - _AROUND) : passage.start], cut_before=True)
    after = whole_sentences(article.text[passage.end : passage.end + _AROUND], cut_before=False)
    return f"{head}.\n{before}{passage.text}{after}"


def whole_sentences(text: str, *, cut_before: bool) -> str:
    """The text without the sentence that was cut at its beginning, or at its end."""
    spans = sentence_spans(text)
    if len(spans) < 2:
        return ""
    return text[spans[1][0] :] if cut_before else text[: spans[-2][1]]


def quote_of(sentence: str, retrieved: Retrieved, article: Article) -> Quote:
    """The span of the cited passage that supports a sentence best."""
    start, end = quote_span(sentence, retrieved.passage)
    return Quote(retrieved, start, end, article.text[start:end])


def one_line(text: str) -> str:
    """A quoted sentence for display: line breaks and runs of spaces become one space."""
    return " ".join(text.split())
