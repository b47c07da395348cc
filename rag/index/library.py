"""A library opened for reading: the store and the caches that search it, always of one generation.

Readers never wait for a writer. They look at the store's generation before each question; when a cache is
behind they bring it up to date themselves if nobody is writing, and otherwise use it as it is, because the
store itself drops passages that are gone. A cache that is missing and cannot be written is built in memory.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import LibraryBusy, LibraryDamaged, LibraryMissing, LibraryNotWritable
from rag.index.catalogue import Catalogue, PassageFacts
from rag.index.exact import ExactVectors
from rag.index.keywords import Keywords
from rag.index.lock import catching_up
from rag.index.store import Store, StoredPassage
from rag.index.vectors import ChromaVectors
from rag.records import Article, ArticleHead, Copy, Filters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INDEX_DIRECTORY = "index"
_MANY = 0.2
"""Share of the passages that a filter passes, from which keyword hits are filtered afterwards."""


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How much a library holds."""

    articles: int
    passages: int
    stories: int
    generation: int
    embedding_model: str | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages by number with the raw scores of both rankings.

    Attributes:
        cosine: Of every candidate.
        bm25: Of every candidate that shares a word with the question.
        dense_ranks, keyword_ranks: From 1, of those that the ranking gave.
        facts: Of every candidate.
    """

    cosine: dict[int, float]
    bm25: dict[int, float]
    dense_ranks: dict[int, int]
    keyword_ranks: dict[int, int]
    facts: dict[int, PassageFacts]


def open_library(directory: str | Path) -> Library:
    """Opens a library for reading.

    Raises:
        LibraryMissing: No library at that path, or an empty one.
        LibraryDamaged: Its store cannot be read.
    """
    library = Library(Path(directory))
    if library.counts().articles == 0:
        raise LibraryMissing(
            f"the library in {str(directory)!r} holds no article. Add some: python -m ingest PATH --library {directory}"
        )
    library.refresh()
    return library


class Library:
    """Articles by id, and passages by keyword and by vector. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.store = Store(directory)
        self._lock = threading.RLock()
        self._exact, self._keywords, self._chroma = _caches(directory)
        self._chroma_open = False
        self._catalogue = Catalogue(self.store, self._exact.numbers)
        self._seen = -1

    # ------------------------------------------------------------------ articles
    def article(self, article_id: str) -> Article | None:
        """A whole article, or None."""
        return self.store.article(article_id)

    def heads(self) -> list[ArticleHead]:
        """All articles without their texts, newest first."""
        return self.store.heads()

    def copies(self, story_id: str) -> list[ArticleHead]:
        """The articles that carry one story, fullest first."""
        return [head for head, _ in self.store.story(story_id)]

    def also_in(self, head: ArticleHead) -> tuple[Copy, ...]:
        """The other copies of an article's story."""
        return tuple(Copy(c.outlet, c.id) for c in self.copies(head.story_id) if c.id != head.id)

    def counts(self) -> LibraryCounts:
        """How much the library holds now."""
        return LibraryCounts(*self.store.counts(), self.store.generation, self.store.embedding_model)

    # ------------------------------------------------------------------ search
    def candidates(
        self, question: str, vector: NDArray[np.float32], k: int, filters: Filters, *, approximate: bool = False
    ) -> Candidates:
        """The best k passages of each ranking.

        Args:
            vector: Unit vector of the question by the library's embedding model.
            approximate: Lets Chroma answer when there is no filter and its index is sound.
        """
        with self._lock:
            self.refresh()
            allowed = self._catalogue.allowed(filters) if filters else None
            dense = self._dense(vector, k, allowed, approximate)
            bm25 = dict(self._by_keyword(question, k, filters, allowed))
            keyword_ranks = {number: rank for rank, number in enumerate(bm25, start=1)}
            bm25 |= self._keywords.scores(question, [number for number, _ in dense if number not in bm25])
            facts = self._catalogue.facts([*dict.fromkeys([number for number, _ in dense] + list(bm25))])
            return Candidates(
                cosine=self._exact.cosines(vector, facts),
                bm25={number: score for number, score in bm25.items() if number in facts},
                dense_ranks={number: rank for rank, (number, _) in enumerate(dense, start=1)},
                keyword_ranks=keyword_ranks,
                facts=facts,
            )

    def passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by number; those removed meanwhile are missing."""
        return self.store.passages(numbers)

    def idf(self, stem: str) -> float:
        """How rare a stem is among the passages, see `Keywords.idf`."""
        return self._keywords.idf(stem)

    def rarity(self, first: str, last: str) -> float:
        """How few articles are of a period, see `Catalogue.rarity`."""
        with self._lock:
            return self._catalogue.rarity(first, last)

    def _by_keyword(
        self, question: str, k: int, filters: Filters, allowed: NDArray[np.bool_] | None
    ) -> list[tuple[int, float]]:
        share = 0.0 if allowed is None else float(allowed.mean())
        if allowed is not None and share > _MANY:  # cheaper to look at more hits than to test every hit
            limit = int(1.5 * k / share) + k
            hits = self._keywords.search(question, limit)
            passing = self._catalogue.passing([number for number, _ in hits], allowed)
            if len(passing) >= k or len(hits) < limit:
                return [(number, score) for number, score in hits if number in passing][:k]
        return self._keywords.search(question, k, filters)

    def _dense(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None, approximate: bool
    ) -> list[tuple[int, float]]:
        if approximate and allowed is None and self._chroma_open:
            try:
                return self._chroma.search(vector, k)
            except (LibraryBusy, LibraryDamaged):
                self._chroma_open = False  # changed since it was checked; the exact scan answers as well
        return self._exact.search(vector, k, allowed)

    # ------------------------------------------------------------------ keeping up
    def refresh(self) -> None:
        """Follows the store to its present generation."""
        with self._lock:
            if self.store.generation != self._seen:
                self._bring_up_to_date()
                if self._catalogue.numbers is not self._exact.numbers:
                    self._catalogue = Catalogue(self.store, self._exact.numbers)

    def _bring_up_to_date(self) -> None:
        generation = self.store.generation
        if not self._reopen(generation):
            try:
                with catching_up(self.directory):
                    update_caches(self.store)
            except LibraryBusy:
                self._load_missing()
                return  # the writer will do it; asked again at the next question
            except LibraryNotWritable:
                self._load_missing()
            else:
                self._reopen(generation)
        self._seen = generation

    def _reopen(self, generation: int) -> bool:
        """Opens what is new on disk; True when every cache shows the generation."""
        exact, keywords, chroma = _caches(self.directory)
        if self._exact.is_outdated and exact.open(self.store):
            self._exact = exact
        if self._keywords.is_outdated and keywords.open(self.store):
            self._keywords = keywords
        if self._chroma.is_outdated:
            self._chroma, self._chroma_open = chroma, chroma.open(self.store)
        return all(cache.generation == generation for cache in (self._exact, self._keywords, self._chroma))

    def _load_missing(self) -> None:
        for cache in (self._exact, self._keywords):
            if cache.generation < 0:
                cache.load(self.store)


def update_caches(store: Store) -> None:
    """Brings every cache to the store's generation; the caller holds the writer lock.

    Raises:
        LibraryNotWritable: A cache cannot be written. The store is not touched.
    """
    for cache in _caches(store.directory):
        if not (cache.open(store) and cache.generation == store.generation):
            try:
                cache.update(store)
            except OSError as error:
                raise LibraryNotWritable(
                    f"the index of library {str(store.directory)!r} cannot be written ({error.strerror or error}). "
                    "Its articles are safe; make room, and the next command completes the index."
                ) from None


def _caches(directory: Path) -> tuple[ExactVectors, Keywords, ChromaVectors]:
    index = directory / INDEX_DIRECTORY
    return ExactVectors(index / "vectors"), Keywords(index / "keywords"), ChromaVectors(index / "chroma")
