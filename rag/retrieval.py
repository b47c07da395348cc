"""Question + filters → ranked passages.

Dense and keyword scores are min-max scaled over the union of both rankings' best passages and mixed by
`dense_weight`; passages from the time the question asks about gain `date_weight`. Copies of one story
count once: its fullest article speaks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from rag.embedder import Embedder
from rag.index.library import Library
from rag.index.store import StoredPassage
from rag.question_time import asked_period
from rag.records import Filters, Retrieved
from rag.settings import Settings


class Retriever:
    """Searches one library."""

    def __init__(self, library: Library, embedder: Embedder, settings: Settings) -> None:
        self._library = library
        self._embedder = embedder
        self._settings = settings

    def retrieve(
        self, question: str, *, filters: Filters | None = None, date: str | None = None, k: int | None = None
    ) -> tuple[Retrieved, ...]:
        """The k best passages, best first, at most `per_story` of one story.

        Args:
            date: ISO date on which the question is asked.
            k: Passages wanted; `top_k` of the settings by default.
        """
        vector = self._embedder.embed([question])[0]
        found = self._library.candidates(question, vector, self._settings.candidates, filters or Filters())
        scores = fuse(found.cosine, found.bm25, self._settings.dense_weight)
        passages = self._library.passages(list(scores))
        self._add_date_prior(scores, passages, question, date)
        ranked = sorted(passages.values(), key=lambda p: (-scores[p.number], p.number))
        chosen = self._diversify(ranked, k or self._settings.top_k)
        return tuple(
            Retrieved(
                p.passage, p.article, rank, round(min(1.0, scores[p.number]), 4), self._library.also_in(p.article)
            )
            for rank, p in enumerate(chosen, start=1)
        )

    def _add_date_prior(
        self, scores: dict[int, float], passages: Mapping[int, StoredPassage], question: str, date: str | None
    ) -> None:
        period = asked_period(question, date)
        if period is not None:
            for number, stored in passages.items():
                if period.covers(stored.article.published):
                    scores[number] += self._settings.date_weight

    def _diversify(self, ranked: Iterable[StoredPassage], k: int) -> list[StoredPassage]:
        """One article per story, the fullest of those ranked, and few passages of each."""
        ranked = list(ranked)
        speakers = self._speakers(ranked)
        taken: Counter[str] = Counter()
        chosen = []
        for stored in ranked:
            story = stored.article.story_id
            if stored.article.id == speakers[story] and taken[story] < self._settings.per_story:
                taken[story] += 1
                chosen.append(stored)
        return chosen[:k]

    def _speakers(self, ranked: Iterable[StoredPassage]) -> dict[str, str]:
        """Story → the article that speaks for it: the fullest of those that were found."""
        by_story: dict[str, dict[str, None]] = {}
        for stored in ranked:
            by_story.setdefault(stored.article.story_id, {})[stored.article.id] = None
        speakers = {}
        for story, found in by_story.items():
            fullest_first = [next(iter(found))] if len(found) == 1 else [h.id for h in self._library.copies(story)]
            speakers[story] = next(id for id in fullest_first if id in found)
        return speakers


def fuse(cosine: Mapping[int, float], bm25: Mapping[int, float], dense_weight: float) -> dict[int, float]:
    """Weighted sum of min-max scaled scores, in 0..1, for every passage of either ranking.

    A passage without BM25 score counts as sharing no word. (Bruch et al. 2023, "An Analysis of Fusion
    Functions for Hybrid Retrieval", section 4: convex combination of min-max scaled scores.)
    """
    dense = _scale(cosine)
    keyword = _scale({number: bm25.get(number, 0.0) for number in cosine})
    return {n: dense_weight * dense[n] + (1 - dense_weight) * keyword[n] for n in cosine}


def _scale(scores: Mapping[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {number: (score - low) / (high - low + 1e-9) for number, score in scores.items()}


def renumber(retrieved: Iterable[Retrieved]) -> tuple[Retrieved, ...]:
    """The same passages ranked 1, 2, … in the order given."""
    return tuple(replace(r, rank=rank) for rank, r in enumerate(retrieved, start=1))
