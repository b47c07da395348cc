"""Found passages → sentences that a language model drafts, each checked against the passages it cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer_records import RejectedCitation, Verdict, VerdictState
from rag.citations import DraftSentence, quote_span, resolve
from rag.composition import SHOWN, Composition, Quote
from rag.events import SentenceChecked
from rag.generation import DraftEnd, Generator
from rag.grounding import Verifier, carries
from rag.index.library import Library
from rag.records import Article, Retrieved, Turn
from rag.sentences import sentence_spans
from rag.stand_ins import stand_ins
from rag.terminal import shorten
from rag.tokens import content_stems

_AROUND = 600
"""Characters of the article on either side of a cited passage that a sentence is checked against."""
_WORTH_A_CITATION = 4
"""Content words of a sentence without a marker from which a passage is looked for that it may be from."""


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
        failed = [(s.text, s.why or "") for s in composition.failed]
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
                yield from self._check(item, retrieved, composition)

    def _check(
        self, draft: DraftSentence, retrieved: Sequence[Retrieved], composition: Composition
    ) -> Iterator[SentenceChecked]:
        cited, rejected = resolve(draft, retrieved)
        composition.rejected.extend(rejected)
        if not cited and not rejected:
            cited = self._attributed(draft.text, retrieved)
        if not cited:
            verdict = Verdict(VerdictState.UNCHECKED, 0.0, "cites no passage")
            yield composition.add(draft.text, verdict, [])
            return
        found = self._with_articles(cited)
        verdict = self._verifier.verify(draft.text, [c.source for c in found])
        bearing = self._bearing(draft.text, found, verdict)
        composition.rejected.extend(
            RejectedCitation(f"[{c.retrieved.rank}]", f"does not say: {shorten(draft.text)}")
            for c in found
            if c not in bearing
        )
        if verdict.state is VerdictState.QUOTED:
            verdict = self._of_text(draft.text, bearing, verdict)
        quotes = [quote_of(draft.text, c.retrieved, c.article) for c in bearing]
        if instead := self._instead(draft.text, verdict, quotes, composition):
            yield from composition.replace(draft.text, verdict, instead)
        else:
            yield composition.add(draft.text, verdict, quotes)

    def _attributed(self, sentence: str, retrieved: Sequence[Retrieved]) -> list[Retrieved]:
        """The one passage that bears a sentence without a marker out best, if a quotation of any carries it."""
        if len(set(content_stems(sentence))) < _WORTH_A_CITATION:
            return []
        carrying = [
            cited
            for cited in self._with_articles(retrieved)
            if carries([quote_of(sentence, cited.retrieved, cited.article).text], sentence, self._library.idf)
        ]
        verdicts = [(cited.retrieved, self._verifier.verify(sentence, [cited.source])) for cited in carrying]
        borne_out = [(found, verdict) for found, verdict in verdicts if verdict.state in _BORNE_OUT]
        return [found for found, _ in sorted(borne_out, key=lambda pair: -pair[1].score)[:1]]

    def _with_articles(self, retrieved: Sequence[Retrieved]) -> list[_Cited]:
        return [_Cited(r, a) for r in retrieved if (a := self._library.article(r.article.id)) is not None]

    def _instead(
        self, sentence: str, verdict: Verdict, quotes: Sequence[Quote], composition: Composition
    ) -> Sequence[Quote]:
        if composition.policy != "verbatim" or verdict.state in SHOWN[composition.policy]:
            return ()
        return stand_ins(sentence, verdict.state, quotes, self._library.idf)

    def _bearing(self, sentence: str, found: Sequence[_Cited], verdict: Verdict) -> Sequence[_Cited]:
        """The passages that bear a sentence out by themselves; all, when it takes several together."""
        if len(found) < 2 or verdict.state not in _BORNE_OUT:
            return found
        alone = [c for c in found if self._verifier.verify(sentence, [c.source]).state in _BORNE_OUT]
        return alone or found

    def _of_text(self, sentence: str, found: Sequence[_Cited], verdict: Verdict) -> Verdict:
        """The verdict, unless what it matched word for word is a headline or an outlet, which nothing quotes."""
        if self._verifier.verify(sentence, [c.text for c in found]).state is VerdictState.QUOTED:
            return verdict
        return Verdict(VerdictState.PARAPHRASE, verdict.score / 2, "stands in the headline, not in the text quoted")


_BORNE_OUT = frozenset([VerdictState.QUOTED, VerdictState.SUPPORTED, VerdictState.PARAPHRASE])


@dataclass(frozen=True, slots=True)
class _Cited:
    """A passage that a sentence cites, with its article at this moment."""

    retrieved: Retrieved
    article: Article

    @property
    def text(self) -> str:
        return text_around(self.retrieved, self.article)

    @property
    def source(self) -> str:
        return source_text(self.retrieved, self.article)


def source_text(retrieved: Retrieved, article: Article) -> str:
    """What a sentence that cites a passage is checked against: the passage with its surroundings and its head."""
    head = ". ".join(part for part in (article.title, article.outlet, article.published) if part)
    return f"{head}.\n{text_around(retrieved, article)}"


def text_around(retrieved: Retrieved, article: Article) -> str:
    """A passage with the whole sentences before and after it."""
    passage = retrieved.passage
    before = whole_sentences(article.text[max(0, passage.start - _AROUND) : passage.start], cut_before=True)
    after = whole_sentences(article.text[passage.end : passage.end + _AROUND], cut_before=False)
    return f"{before}{passage.text}{after}"


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
