"""What the library holds, for the Articles tab, the filters and the example questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from rag.records import Article, ArticleHead
from web.listing import Listing
from web.markup import inline, plural

NAMES = 300
"""Outlets or authors offered at most; any other can be typed."""

SAMPLE_QUESTIONS = (
    (
        "How many Chinese organisations did the US blacklist in October 2019?",
        "US blacklists 28 Chinese bodies over Xinjiang; Beijing hints at response",
    ),
    (
        "How much did China spend on imported chips in 2020?",
        "A third of the demand, a sliver of the supply: China's chip gap in figures",
    ),
    (
        "What did the Foreign Ministry say about the March 2025 listings?",
        "Beijing denounces new US listings as hegemonism; AI academy 'shocked'",
    ),
    (
        "When do the gallium and germanium curbs start?",
        "China's curbs on gallium and germanium are 'just a start', says former official",
    ),
)
"""Example questions, each with the title of the sample article that answers it."""


class Counts(Protocol):
    """What `Library.counts()` returns."""

    @property
    def articles(self) -> int: ...
    @property
    def passages(self) -> int: ...
    @property
    def stories(self) -> int: ...
    @property
    def generation(self) -> int: ...
    @property
    def embedding_model(self) -> str | None: ...


class LibraryView(Protocol):
    """The part of a library the page reads."""

    def article(self, article_id: str) -> Article | None: ...
    def heads(self) -> Sequence[ArticleHead]: ...
    def copies(self, story_id: str) -> Sequence[ArticleHead]: ...
    def counts(self) -> Counts: ...


class Catalog:
    """The heads of a library, newest first, read again only when the library has changed."""

    def __init__(self, library: LibraryView) -> None:
        self._library = library
        self._generation: int | None = None
        self._heads: list[ArticleHead] = []
        self._listing: Listing | None = None

    @property
    def heads(self) -> list[ArticleHead]:
        """Every article, newest first, undated last."""
        generation = self._library.counts().generation
        if generation != self._generation:
            self._heads = sorted(self._library.heads(), key=lambda head: head.title)
            self._heads.sort(key=lambda head: head.published or "", reverse=True)
            self._generation, self._listing = generation, None
        return self._heads

    @property
    def listing(self) -> Listing:
        """The articles ready to be searched and paged."""
        heads = self.heads
        listing = self._listing or Listing(heads)
        self._listing = listing
        return listing

    def outlets(self) -> list[str]:
        """Outlets by number of articles, most first."""
        return _most_common(head.outlet for head in self.heads)

    def authors(self) -> list[str]:
        """Authors by number of articles, most first."""
        return _most_common(head.author for head in self.heads)

    def languages(self) -> list[str]:
        """Languages by number of articles, most first."""
        return _most_common(head.language for head in self.heads)

    def examples(self) -> list[str]:
        """Sample questions whose answering article is in the library; for other libraries none."""
        titles = {head.title for head in self.heads}
        return [question for question, title in SAMPLE_QUESTIONS if title in titles]

    def summary_html(self) -> str:
        """What the library holds, in one line, or how to fill an empty one."""
        counts = self._library.counts()
        if not counts.articles:
            return (
                '<p class="gw-empty"><strong>The library is empty.</strong> Add article files below, or run '
                "<code>python -m ingest PATH</code> in a terminal. The page notices by itself.</p>"
            )
        parts = [plural(counts.articles, "article"), plural(counts.passages, "passage"), _stories(counts)]
        dates = sorted(h.published for h in self.heads if h.published)
        parts += [f"{dates[0][:4]} to {dates[-1][:4]}"] if dates else []
        parts += [f"searched with {counts.embedding_model}"] if counts.embedding_model else []
        return f'<p class="gw-summary">{" · ".join(inline(p) for p in parts)}</p>'


def _most_common(names: Iterable[str | None]) -> list[str]:
    counted = Counter(name for name in names if name)
    return [name for name, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:NAMES]]


def _stories(counts: Counts) -> str:
    copies = counts.articles - counts.stories
    stories = plural(counts.stories, "story")
    return f"{stories} ({plural(copies, 'near-copy')} folded)" if copies > 0 else stories
