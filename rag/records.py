"""The records of what is searched, in the order of the arrow: Article → Passage → Retrieved.

Those of what is answered are in `rag.answer_records`. All are frozen and do no I/O.
Offsets are Unicode code points into `Article.text`, start inclusive,
end exclusive. Dates are ISO strings whose length is their precision: "2019", "2019-10", "2019-10-08".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
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
    story_ids: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        lists = (self.outlets, self.authors, self.languages, self.article_ids, self.story_ids)
        return any(lists) or bool(self.since or self.until)


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
        scores: What each stage of the search said of it, by name; see `rag.ranking.Ranking.signals`.
    """

    passage: Passage
    article: ArticleHead
    rank: int
    score: float
    also_in: tuple[Copy, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict, compare=False)


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
