"""Checked sentences → the Answer: numbers the citations, keeps what was withheld, writes the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.answer_records import Citation, RejectedCitation, Sentence, Verdict, VerdictState
from rag.events import SentenceChecked
from rag.records import Retrieved

SHOWN = {
    "strict": {VerdictState.QUOTED, VerdictState.SUPPORTED},
    "balanced": {VerdictState.QUOTED, VerdictState.SUPPORTED, VerdictState.PARAPHRASE},
}
"""Policy → the states it shows (design, promise 2)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a found article that a sentence cites: `article.text[start:end] == text`."""

    retrieved: Retrieved
    start: int
    end: int
    text: str


@dataclass(slots=True)
class Composition:
    """An answer being put together, sentence by sentence."""

    policy: str
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    rejected: list[RejectedCitation] = field(default_factory=list)

    def add(self, text: str, verdict: Verdict, quotes: Iterable[Quote]) -> SentenceChecked:
        """Adds a sentence; one that the policy does not show is kept with its reason."""
        cited = tuple(dict.fromkeys(self._number(quote) for quote in quotes))
        shown = verdict.state in SHOWN[self.policy]
        why = verdict.why or (
            None if shown else f"policy {self.policy!r} does not show sentences that are {verdict.state}"
        )
        sentence = Sentence(text, cited, verdict.state, round(verdict.score, 4), shown, why)
        self.sentences.append(sentence)
        return SentenceChecked(sentence, tuple(self.citations[marker - 1] for marker in cited))

    @property
    def shown(self) -> list[Sentence]:
        """The sentences that the reader sees."""
        return [s for s in self.sentences if s.shown]

    def text(self) -> str:
        """The shown sentences with their markers."""
        return " ".join(marked(s.text, s.citations) for s in self.shown)

    def _number(self, quote: Quote) -> int:
        head = quote.retrieved.article
        for citation in self.citations:
            if (citation.article_id, citation.start, citation.end) == (head.id, quote.start, quote.end):
                return citation.marker
        marker = len(self.citations) + 1
        self.citations.append(
            Citation(
                marker=marker,
                article_id=head.id,
                title=head.title,
                outlet=head.outlet,
                published=head.published,
                url=head.url,
                start=quote.start,
                end=quote.end,
                quote=quote.text,
                also_in=quote.retrieved.also_in,
            )
        )
        return marker


def marked(text: str, citations: Sequence[int]) -> str:
    """A sentence followed by its markers: "It fell. [1][2]"."""
    markers = "".join(f"[{n}]" for n in citations)
    return f"{text} {markers}" if markers else text
