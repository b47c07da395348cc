"""Checked sentences → the Answer: numbers the citations, keeps what was withheld, writes the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.answer_records import Citation, Form, RejectedCitation, Sentence, Verdict, VerdictState
from rag.events import SentenceChecked
from rag.instructions import looks_like_instruction, speaks_to_machine
from rag.lead_ins import lead_in
from rag.records import Retrieved

SHOWN = {
    "strict": {VerdictState.QUOTED, VerdictState.SUPPORTED},
    "verbatim": {VerdictState.QUOTED, VerdictState.SUPPORTED},
    "balanced": {VerdictState.QUOTED, VerdictState.SUPPORTED, VerdictState.PARAPHRASE},
}
"""Policy → the states it shows (design, promise 2); `verbatim` quotes what a sentence cites in its place."""
_QUOTED_INSTEAD = "what it cites is quoted instead"
STANDS_IN = "quoted in place of a drafted sentence"
"""The reason of a quotation that the model did not write."""


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
    _replaced: list[Sentence] = field(default_factory=list)

    def add(self, text: str, verdict: Verdict, quotes: Iterable[Quote], lead_in: str | None = None) -> SentenceChecked:
        """Adds a sentence; one that the policy does not show is kept with its reason."""
        cited = tuple(dict.fromkeys(self.cite(quote) for quote in quotes))
        shown = verdict.state in SHOWN[self.policy]
        why = verdict.why or (
            None if shown else f"policy {self.policy!r} does not show sentences that are {verdict.state}"
        )
        sentence = Sentence(text, cited, verdict.state, round(verdict.score, 4), shown, why, lead_in)
        self.sentences.append(sentence)
        return SentenceChecked(sentence, tuple(self.citations[marker - 1] for marker in cited))

    def replace(self, text: str, verdict: Verdict, quotes: Sequence[Quote]) -> Iterator[SentenceChecked]:
        """Keeps a sentence as withheld and shows what it cites instead, unless that is shown already."""
        paraphrase = verdict.state is VerdictState.PARAPHRASE
        why = "a paraphrase, which is not verified" if paraphrase else verdict.why or "not in the cited passage"
        withheld = self.add(text, Verdict(verdict.state, verdict.score, f"{why}: {_QUOTED_INSTEAD}"), quotes)
        self._replaced.append(withheld.sentence)
        yield withheld
        for quote in quotes:
            if all(s.citations != (self.cite(quote),) or s.verdict is not VerdictState.QUOTED for s in self.shown):
                quoted = Verdict(VerdictState.QUOTED, 1.0, STANDS_IN)
                yield self.add(one_line(quote.text), quoted, [quote], lead_in(quote.retrieved.article))

    @property
    def failed(self) -> list[Sentence]:
        """The sentences that were withheld and that nothing was shown for."""
        return [s for s in self.sentences if not s.shown and s not in self._replaced]

    @property
    def shown(self) -> list[Sentence]:
        """The sentences that the reader sees."""
        return [s for s in self.sentences if s.shown]

    def text(self, form: Form = Form.PLAIN) -> str:
        """The shown sentences with their markers, each source named once before what it says.

        In a plain answer they follow each other, else each stands on a line of its own.
        """
        former = [None, *(s.lead_in for s in self.shown)]
        named = [
            marked(f"{s.lead_in}: {s.text}" if s.lead_in and s.lead_in != before else s.text, s.citations)
            for s, before in zip(self.shown, former, strict=False)
        ]
        return (" " if form is Form.PLAIN else "\n").join(named)

    def cite(self, quote: Quote) -> int:
        """The marker of a quotation: its own, or that of the same span cited before."""
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
                story_id=head.story_id,
                speaks_to_machine=speaks_to_machine(quote.retrieved) or looks_like_instruction(quote.text),
            )
        )
        return marker


def marked(text: str, citations: Sequence[int]) -> str:
    """A sentence followed by its markers: "It fell. [1][2]"."""
    markers = "".join(f"[{n}]" for n in citations)
    return f"{text} {markers}" if markers else text


def one_line(text: str) -> str:
    """A quoted sentence for display: line breaks and runs of spaces become one space."""
    return " ".join(text.split())
