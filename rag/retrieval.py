"""Question + filters → ranked passages.

Both rankings' best passages are fused (`rag.ranking`), the best of them read for how much of the question two of
their sentences hold, and, if one is set, put in order by a reranker. A question of several parts is searched as a
whole and by its parts (`rag.question_parts`). Copies of one story count once: its fullest article speaks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from rag.embedder import Embedder, open_embedder
from rag.errors import SettingsError
from rag.index.library import Candidates, Library, open_library
from rag.index.store import StoredPassage
from rag.question_parts import question_parts
from rag.question_time import Period, asked_period
from rag.ranking import AskedTime, Ranked, Ranking
from rag.records import Filters, Retrieved
from rag.reranking import Reranker, as_reranker, open_reranker, reranked
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions that a question consists of.

    Attributes:
        period: The time it asks about, if it speaks of time.
        retrieved: What was found for it alone.
    """

    question: str
    period: Period | None
    retrieved: tuple[Retrieved, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave.

    Attributes:
        parts: Empty for a question of one part.
        retrieved: For the whole question, parts merged in.
    """

    question: str
    period: Period | None
    parts: tuple[Part, ...]
    retrieved: tuple[Retrieved, ...]


class Retriever:
    """Searches one library. Safe to share between threads."""

    def __init__(self, library: Library, embedder: Embedder, settings: Settings) -> None:
        """Raises `ModelMissing` or `SettingsError` when the settings name a reranker that cannot be had."""
        self._library = library
        self._embedder = embedder
        self._settings = settings
        self._reranker: Reranker | None = open_reranker(settings.reranker, embedder)

    def rerank_with(self, reranker: Any) -> None:
        """From now on puts the best passages in the order of a LlamaIndex node postprocessor or a `Reranker`.

        None takes it away again.
        """
        self._reranker = None if reranker is None else as_reranker(reranker)

    def retrieve(
        self, question: str, *, filters: Filters | None = None, date: str | None = None, k: int | None = None
    ) -> tuple[Retrieved, ...]:
        """The k best passages, best first, at most `per_story` of one story.

        Args:
            date: ISO date on which the question is asked.
            k: Passages wanted; `top_k` of the settings by default.
        """
        return self.search(question, filters=filters, date=date, k=k).retrieved

    def search(
        self, question: str, *, filters: Filters | None = None, date: str | None = None, k: int | None = None
    ) -> Found:
        """As `retrieve`, with the parts of the question and what was found for each."""
        k = k or self._settings.top_k
        questions = (question, *question_parts(question))
        searched = [
            self._search_one(q, vector, filters or Filters(), date, k)
            for q, vector in zip(questions, self._embedder.embed(questions), strict=True)
        ]
        whole, parts = searched[0], tuple(searched[1:])
        merged = merge([p.retrieved for p in searched], k, self._settings.per_story) if parts else whole.retrieved
        return Found(question, whole.period, parts, merged)

    def _search_one(self, question: str, vector: Any, filters: Filters, date: str | None, k: int) -> Part:
        settings = self._settings
        approximate = settings.vector_index == "chroma"
        found = self._library.candidates(question, vector, settings.candidates, filters, approximate=approximate)
        asked = self._asked_time(question, date)
        ranking = Ranking(question, found, self._library.idf, settings, asked)
        fused = ranking.fuse()
        passages = self._library.passages([item.number for item in fused[: settings.coverage_depth]])
        ranked = ranking.cover(fused, {number: stored.passage for number, stored in passages.items()})
        depth = max(k, settings.rerank_depth) if self._reranker else k
        retrieved = tuple(
            Retrieved(
                stored.passage,
                stored.article,
                rank,
                ranking.score(item),
                self._library.also_in(stored.article) if found.facts[item.number].copies else (),
                ranking.signals(item),
            )
            for rank, (item, stored) in enumerate(self._read(self._diversify(ranked, found), passages, depth), start=1)
        )
        if self._reranker:
            retrieved = reranked(self._reranker, question, retrieved)
        return Part(question, asked.period if asked else None, retrieved[:k])

    def _asked_time(self, question: str, date: str | None) -> AskedTime | None:
        period = asked_period(question, date)
        if period is None:
            return None
        return AskedTime(period, self._library.rarity(period.first.isoformat(), period.last.isoformat()))

    def _read(
        self, ranked: Iterable[Ranked], passages: dict[int, StoredPassage], k: int
    ) -> list[tuple[Ranked, StoredPassage]]:
        """The first k that the store still has; as many again are asked for, in case some are gone."""
        first = list(islice(ranked, 2 * k))
        missing = [item.number for item in first if item.number not in passages]
        passages = passages | self._library.passages(missing)
        return [(item, passages[item.number]) for item in first if item.number in passages][:k]

    def _diversify(self, ranked: Iterable[Ranked], found: Candidates) -> Iterator[Ranked]:
        """One article per story, the fullest of those found, and few passages of each."""
        articles: dict[str, dict[str, None]] = {}
        for facts in found.facts.values():
            articles.setdefault(facts.story_id, {})[facts.article_id] = None
        speakers: dict[str, str] = {}
        taken: Counter[str] = Counter()
        for item in ranked:
            facts = found.facts[item.number]
            story = facts.story_id
            if story not in speakers:
                speakers[story] = self._speaker(story, articles[story])
            if facts.article_id == speakers[story] and taken[story] < self._settings.per_story:
                taken[story] += 1
                yield item

    def _speaker(self, story: str, found: Collection[str]) -> str:
        """The article that speaks for a story: the fullest of those that were found."""
        fullest_first = [head.id for head in self._library.copies(story)] if len(found) > 1 else []
        return next((id for id in fullest_first if id in found), next(iter(found)))


def open_retriever(settings: Settings) -> Retriever:
    """A retriever over the library of the settings.

    Raises:
        LibraryMissing, LibraryDamaged: The library cannot be opened.
        ModelMissing: The embedding model or the reranker is not there.
        SettingsError: The library was made with another embedding model.
    """
    library = open_library(settings.place)
    embedder = open_embedder(settings.embedding_model)
    check_embedding_model(library, embedder)
    return Retriever(library, embedder, settings)


def check_embedding_model(library: Library, embedder: Embedder) -> None:
    """Raises `SettingsError` when the library's vectors are of another model."""
    made_with = library.store.embedding_model
    if made_with != embedder.name:
        raise SettingsError(
            f"library {str(library.place)!r} says that its vectors are of {str(made_with)[:100]!a}, "
            f"not of {embedder.name!r}. Set embedding_model to a model of yours that made them, "
            "or ingest into a new library."
        )


def merge(rankings: Sequence[Sequence[Retrieved]], k: int, per_story: int) -> tuple[Retrieved, ...]:
    """The rankings' first passages, then their second ones, and so on, each once and few of a story.

    So every part has its best passage near the top, and the whole question's best stays first. A score is lowered
    to that of the passage before it where it is higher: scores go down.
    """
    taken: Counter[str] = Counter()
    merged: dict[str, Retrieved] = {}
    longest = max(map(len, rankings), default=0)
    for place in range(longest):
        for part, ranking in enumerate(rankings):
            if place >= len(ranking) or ranking[place].passage.id in merged:
                continue
            item = ranking[place]
            if taken[item.article.story_id] < per_story and len(merged) < k:
                taken[item.article.story_id] += 1
                merged[item.passage.id] = replace(item, scores={**item.scores, "part": part})
    lowest = 1.0
    lowered = []
    for item in merged.values():
        lowest = min(lowest, item.score)
        lowered.append(replace(item, score=lowest))
    return renumber(lowered)


def renumber(retrieved: Iterable[Retrieved]) -> tuple[Retrieved, ...]:
    """The same passages ranked 1, 2, … in the order given."""
    return tuple(replace(r, rank=rank) for rank, r in enumerate(retrieved, start=1))
