"""The query-time records, in the order of the arrow: Article → Passage → Retrieved → Sentence → Answer.

All are frozen and do no I/O. Offsets are Unicode code points into `Article.text`, start inclusive,
end exclusive. Dates are ISO strings whose length is their precision: "2019", "2019-10", "2019-10-08".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """Who published what, when: everything about an article but its text.

    Attributes:
        id: Stable across re-ingestion of the same source.
        published: First publication, never the time of ingestion. None when the source does not say.
        story_id: Shared by near-copies of one wire story; equals `id` for a story of its own.
    """

    id: str
    title: str
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    updated: str | None = None
    url: str | None = None
    language: str | None = None
    story_id: str = ""


@dataclass(frozen=True, slots=True)
class Article(ArticleHead):
    """A cleaned article. `text` is the text that citations quote, character for character.

    Attributes:
        source: Where it was read: a path, or "path#line" in a file of many articles.
        content_hash: SHA-256 of text and metadata; equal hashes mean nothing changed.
        provenance: Metadata field → where its value came from, such as {"published": "json-ld"}.
    """

    text: str = ""
    source: str = ""
    content_hash: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> ArticleHead:
        """The same article without its text."""
        return ArticleHead(**{name: getattr(self, name) for name in ArticleHead.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: `article.text[start:end] == text`, always.

    Attributes:
        sentences: Spans of its sentences as offsets into the article, in reading order.
    """

    article_id: str
    start: int
    end: int
    text: str
    sentences: tuple[tuple[int, int], ...]

    @property
    def id(self) -> str:
        """Unique within a library, and stable while the article's text is."""
        return f"{self.article_id}:{self.start}:{self.end}"

    def sentence_texts(self) -> list[str]:
        """The text of each sentence, in reading order."""
        return [self.text[s - self.start : e - self.start] for s, e in self.sentences]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation, as plain text."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Empty means all.

    Attributes:
        since, until: ISO dates, inclusive; an article without a date never passes a date filter.
    """

    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return any((self.outlets, self.authors, self.languages, self.article_ids, self.since, self.until))


@dataclass(frozen=True, slots=True)
class Copy:
    """Another outlet's copy of a cited story."""

    outlet: str | None
    article_id: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One passage in a ranking. The score belongs to this question, not to the passage.

    Attributes:
        rank: 1 is best.
        score: Fused score in 0..1, comparable within one ranking only.
        also_in: Near-copies of the same story, which the ranking leaves out.
    """

    passage: Passage
    article: ArticleHead
    rank: int
    score: float
    also_in: tuple[Copy, ...] = ()


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
    """A verbatim quote: `article.text[start:end] == quote`, always."""

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
    """

    text: str
    citations: tuple[int, ...]
    verdict: VerdictState
    score: float
    shown: bool
    why: str | None = None


class Method(StrEnum):
    """Which path an answer took."""

    GENERATED = "generated"
    REPAIRED = "repaired"
    EXTRACTED = "extracted"
    ABSTAINED = "abstained"


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
    disagreements: tuple[Mapping[str, Any], ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    reason: str | None = None
    confidence: float | None = None
    model: str = "none"
    settings_digest: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    seconds: Seconds = Seconds()
    complete: bool = True
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
        return {"schema": 1} | plain | {"abstained": self.abstained, "retrieved": retrieved_json(self.retrieved)}


def retrieved_json(retrieved: Iterable[Retrieved]) -> list[dict[str, Any]]:
    """A ranking as the command contract prints it."""
    return [
        {
            "rank": r.rank,
            "score": r.score,
            "article_id": r.passage.article_id,
            "start": r.passage.start,
            "end": r.passage.end,
            "text": r.passage.text,
            "title": r.article.title,
            "outlet": r.article.outlet,
            "published": r.article.published,
            "also_in": [asdict(c) for c in r.also_in],
        }
        for r in retrieved
    ]


MARKER = re.compile(r"\[(\d{1,3})\]")
"""A citation marker in an answer's text."""
