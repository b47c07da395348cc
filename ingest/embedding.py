"""Articles → articles with their passages and vectors, in the same order, by whatever workers there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from ingest.planning import Plan, Tasks, embedded_text
from ingest.workers import Lost, Workers
from rag.records import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R")

BATCH_PASSAGES = 128
"""Passages embedded together; their articles are stored one by one right after."""
BATCH_CHARACTERS = 20_000
"""Of the articles that are planned together."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """An article ready to be stored.

    Attributes:
        rows: Its passages, the hash of the text embedded for each and, unless already stored, its unit vector.
        signature: See `Plan`.
    """

    article: Article
    rows: list[tuple[Passage, bytes, Vector | None]]
    signature: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """An article that no worker survived."""

    article: Article
    reason: str


@dataclass(frozen=True, slots=True)
class _Planned:
    """An article on its way, and those of its texts whose vectors are not stored yet."""

    article: Article
    plan: Plan
    wanted: dict[bytes, str]


class Embedding:
    """The two steps of `Tasks`, one after the other."""

    def __init__(self, workers: Workers, tasks: Tasks, stored: Callable[[Iterable[bytes]], set[bytes]]) -> None:
        """Does nothing yet.

        Args:
            stored: Those of some text hashes whose vectors the library has.
        """
        self._workers = workers
        self._tasks = tasks
        self._stored = stored

    def run(self, articles: Iterable[Article]) -> Iterator[Embedded | Failed]:
        """The articles in their order; takes only some batches more than it has given."""
        batches = map(self._with_wanted, batched(self._planned(articles), _passages, BATCH_PASSAGES))
        for item, vectors in self._mapped(self._tasks.embed, batches, _texts):
            if isinstance(item, Failed):
                yield item
            elif isinstance(vectors, Lost):
                yield Failed(item.article, vectors.reason)
            else:
                yield _embedded(item, dict(zip(item.wanted, vectors, strict=True)))

    def _planned(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Plan | Lost]]:
        batches = batched(articles, lambda article: len(article.text), BATCH_CHARACTERS)
        return self._mapped(self._tasks.plan, batches, lambda article: article)

    def _with_wanted(self, batch: list[tuple[Article, Plan | Lost]]) -> list[_Planned | Failed]:
        hashes = chain.from_iterable(plan.hashes for _, plan in batch if isinstance(plan, Plan))
        stored = self._stored(hashes)
        return [
            Failed(article, plan.reason)
            if isinstance(plan, Lost)
            else _Planned(article, plan, _wanted(article, plan, stored))
            for article, plan in batch
        ]

    def _mapped(
        self, task: Callable[[list[P]], list[R]], batches: Iterable[list[T]], payload: Callable[[T], P]
    ) -> Iterator[tuple[T, R | Lost]]:
        """Each item with the result for what is sent of it."""
        sent: deque[list[T]] = deque()

        def works() -> Iterator[list[P]]:
            for batch in batches:
                sent.append(batch)
                yield [payload(item) for item in batch]

        for results in self._workers.map(task, works()):
            yield from zip(sent.popleft(), results, strict=True)


def batched(items: Iterable[T], weight: Callable[[T], int], enough: int) -> Iterator[list[T]]:
    """The items in lists, each ended by the item with which it weighs enough."""
    batch: list[T] = []
    weighed = 0
    for item in items:
        batch.append(item)
        weighed += weight(item)
        if weighed >= enough:
            yield batch
            batch, weighed = [], 0
    if batch:
        yield batch


def _passages(planned: tuple[Article, Plan | Lost]) -> int:
    plan = planned[1]
    return len(plan.passages) if isinstance(plan, Plan) else 1


def _wanted(article: Article, plan: Plan, stored: set[bytes]) -> dict[bytes, str]:
    pairs = zip(plan.hashes, plan.passages, strict=True)
    return {text_hash: embedded_text(article, passage) for text_hash, passage in pairs if text_hash not in stored}


def _texts(item: _Planned | Failed) -> list[str]:
    return list(item.wanted.values()) if isinstance(item, _Planned) else []


def _embedded(item: _Planned, vectors: dict[bytes, Vector]) -> Embedded:
    pairs = zip(item.plan.passages, item.plan.hashes, strict=True)
    rows = [(passage, text_hash, vectors.get(text_hash)) for passage, text_hash in pairs]
    return Embedded(item.article, rows, item.plan.signature)
