"""A library opened for reading: the store and the caches that search it, always of one generation.

Readers never wait for a writer. They look at the store's generation before each question and bring what they
search up to date themselves where nobody has; the work of many changes is done beside the questions, which are
answered from what there is, and the store drops passages that are gone. A cache that is missing and cannot be
written is built in memory.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import LibraryBusy, LibraryDamaged, LibraryMissing, LibraryNotWritable
from rag.index.caches import (
    chroma_index,
    exact_vectors,
    keep_up,
    keeps_chroma,
    keyword_index,
    update_chroma,
    update_searched,
)
from rag.index.catalogue import Catalogue, PassageFacts
from rag.index.chroma_server import server_of
from rag.index.lock import catching_up
from rag.index.opening import open_store
from rag.index.place import Place, place_of
from rag.index.server_search import ServerSearch
from rag.index.store import StoredPassage
from rag.records import Article, ArticleHead, Copy, Filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MANY = 0.2
"""Share of the passages that a filter passes, from which keyword hits are filtered afterwards."""
_SPARES, _SPARE_HITS = (1.2, 2.4), 10
"""How many more hits are looked at than would do if outlets and times were alike, at first and if they do not do."""
_MANY_CHANGES = 500
"""Articles that came or went, from which catching up is no work for a question."""
_WAIT_SECONDS = 1.0
"""For another process that brings the caches up to date at this moment."""
_FOLLOWED_ROWS = 5000
"""Passages that came, from which the catalogue is made anew."""

_SOON_MENDED = 5000
"""Passages whose Chroma index a reader makes anew before the first answer, though no question needs it."""
_LOG = logging.getLogger(__name__)


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


def open_library(where: Place | Path | str) -> Library:
    """Opens a library for reading.

    Args:
        where: A directory, or `Settings.place`.

    Raises:
        LibraryMissing: No library at that place, or an empty one.
        LibraryDamaged: Its store cannot be read.
    """
    library = Library(where)
    if library.counts().articles == 0:
        raise LibraryMissing(
            f"the library in {str(library.place)!r} holds no article. "
            f"Add some: python -m ingest PATH --library {library.directory}"
        )
    library.refresh()
    return library


class Library:
    """Articles by id, and passages by keyword and by vector. Safe to share between threads."""

    def __init__(self, where: Place | Path | str) -> None:
        self.place = place_of(where)
        self.directory = self.place.directory
        self.store = open_store(self.place)
        self._lock = threading.RLock()
        self._exact, self._keywords = exact_vectors(self.directory), keyword_index(self.directory)
        self._chroma, self._chroma_open = chroma_index(self.directory), False
        server = server_of(self.place)
        self._server = None if server is None else ServerSearch(server)
        self._catalogue = Catalogue(self.store, self._exact.rows)
        self._catalogued = self._exact.extent
        self._seen = -1
        self._beside: threading.Thread | None = None

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
            approximate: Lets Chroma answer when there is no filter and its index is sound. A Chroma server is
                always asked then.
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
        if allowed is None:
            return self._keywords.search(question, k)
        share = np.count_nonzero(allowed) / max(1, len(allowed))
        for spare in _SPARES if share > _MANY else ():  # cheaper to look at more hits than to test every hit
            limit = int(spare * k / share) + _SPARE_HITS
            numbers, scores = self._keywords.ranked(question, limit)
            passing = self._catalogue.passing(numbers, allowed)[:k].tolist()
            if len(passing) >= k or len(numbers) < limit:
                return [(numbers[place], scores[place]) for place in passing]
        return self._keywords.search(question, k, filters)

    def _dense(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None, approximate: bool
    ) -> list[tuple[int, float]]:
        found = None
        if allowed is None and self._server is not None:
            found = self._server.search(self.store, self._exact, vector, k)
        elif allowed is None and approximate:
            found = self._by_chroma(vector, k)
        return self._exact.search(vector, k, allowed) if found is None else found

    def _by_chroma(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]] | None:
        self._reopen_chroma()
        if not self._chroma_open or self._chroma.generation != self._exact.generation:
            return None
        try:
            return self._chroma.search(vector, k)
        except (LibraryBusy, LibraryDamaged):
            self._chroma_open = False  # changed since it was checked; the exact scan answers as well
            return None

    # ------------------------------------------------------------------ keeping up
    def refresh(self) -> None:
        """Follows the store to its present generation."""
        with self._lock:
            generation = self.store.generation
            if generation != self._seen:
                self._bring_up_to_date(generation)
                self._follow()

    def _bring_up_to_date(self, generation: int) -> None:
        first = self._seen < 0
        if first:
            self._reopen_chroma()
        if self._reopen(generation) and not (first and self._mends_chroma(generation)):
            self._seen = generation
        elif not first and generation - min(self._exact.generation, self._keywords.generation) > _MANY_CHANGES:
            self._keep_up_beside()
        else:
            self._catch_up(generation, first)

    def _catch_up(self, generation: int, first: bool) -> None:
        try:
            with catching_up(self.directory, whoever_writes=True, wait=0.0 if first else _WAIT_SECONDS):
                update_searched(self.store, self._exact)
            self._reopen(generation)
            if first and self._mends_chroma(generation):
                with suppress(LibraryBusy), catching_up(self.directory):
                    update_chroma(self.store)
        except LibraryBusy:
            self._load_what_shows_less_than(0)
            self._reopen(generation)
            return  # somebody is at it; asked again at the next question
        except LibraryNotWritable as error:
            _LOG.warning("%s", error)
            self._load_what_shows_less_than(0 if self.store.writer_updates_caches else generation)
        else:
            self._reopen(generation)
            self._reopen_chroma()
        self._seen = generation
        if self._exact.should_merge and not first:
            self._keep_up_beside()

    def _reopen(self, generation: int) -> bool:
        """Opens what is new on disk; True when all that is searched shows the generation."""
        if self._exact.is_outdated:
            self._exact = self._exact.reopened(self.store) or self._exact
        if self._keywords.is_outdated and (keywords := keyword_index(self.directory)).open(self.store):
            self._keywords = keywords
        return min(self._exact.generation, self._keywords.generation) >= generation

    def _reopen_chroma(self) -> None:
        if keeps_chroma(self.store) and self._chroma.is_outdated:
            self._chroma = chroma_index(self.directory)
            self._chroma_open = self._chroma.open(self.store)

    def _mends_chroma(self, generation: int) -> bool:
        """True when the Chroma index is behind and takes seconds; a large one is left to writer and doctor."""
        shows_it = self._chroma_open and self._chroma.generation >= generation
        return keeps_chroma(self.store) and not shows_it and len(self._exact.rows) <= _SOON_MENDED

    def _follow(self) -> None:
        """Makes the catalogue one of the vectors that are open."""
        exact = self._exact
        if exact.extent is self._catalogued:
            return
        came = len(exact.rows) - len(self._catalogue.rows)
        if exact.extent.base == self._catalogued.base and 0 <= came <= _FOLLOWED_ROWS:
            self._catalogue.follow(self.store, exact.rows, exact.gone)
        else:
            self._catalogue = Catalogue(self.store, exact.rows, exact.gone)
        self._catalogued = exact.extent

    def _keep_up_beside(self) -> None:
        if self._beside is None or not self._beside.is_alive():
            self._beside = threading.Thread(target=keep_up, args=(self.place,), daemon=True)
            self._beside.start()

    def _load_what_shows_less_than(self, generation: int) -> None:
        for cache in (self._exact, self._keywords):
            if cache.generation < generation:
                cache.load(self.store)
