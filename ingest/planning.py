"""Articles → passages and vectors: the part of a run that any process can do, in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING

from ingest.duplicates import signature
from ingest.passages import split_passages
from rag.bulk_embedder import open_bulk_embedder
from rag.embedder import Embedder
from rag.records import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be stored of an article.

    Attributes:
        hashes: SHA-256 of the text that is embedded for each passage.
        signature: Finds copies of the article again, see `ingest.duplicates`.
    """

    passages: tuple[Passage, ...]
    hashes: tuple[bytes, ...]
    signature: bytes


@dataclass(frozen=True, slots=True)
class Tasks:
    """The two steps. Each takes a list and gives a list of the same length, whatever else is in the list.

    Attributes:
        plan: Articles → what to store of each.
        embed: Texts, in groups → unit vectors, float32, shape (texts of the group, dimensions).
    """

    plan: Callable[[list[Article]], list[Plan]]
    embed: Callable[[list[list[str]]], list[Vectors]]


def tasks_with(embedder: Embedder, passage_tokens: int) -> Tasks:
    """The steps, done with an embedder of this process."""
    return Tasks(partial(_plan, embedder, passage_tokens), partial(_embed, embedder))


def tasks_anywhere(model: str, passage_tokens: int, threads: int) -> Tasks:
    """The steps, to be sent to other processes; each of those opens an engine of its own, once."""
    return Tasks(partial(_plan_anywhere, model, passage_tokens, threads), partial(_embed_anywhere, model, threads))


def embedded_text(article: Article, passage: Passage) -> str:
    """What the vector of a passage stands for."""
    return f"{article.title}. {passage.text}"


def _plan(embedder: Embedder, passage_tokens: int, articles: Sequence[Article]) -> list[Plan]:
    limit = min(passage_tokens, embedder.max_tokens - 2)
    return [_plan_of(article, split_passages(article, embedder.count_tokens, limit)) for article in articles]


def _plan_of(article: Article, passages: Sequence[Passage]) -> Plan:
    texts = (embedded_text(article, passage) for passage in passages)
    hashes = tuple(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return Plan(tuple(passages), hashes, signature(article.text, article.published, article.url))


def _embed(embedder: Embedder, groups: Sequence[Sequence[str]]) -> list[Vectors]:
    """Embeds each different text once."""
    import numpy as np

    texts = {text: row for row, text in enumerate(dict.fromkeys(chain.from_iterable(groups)))}
    vectors = embedder.embed(list(texts)) if texts else np.empty((0, 0), dtype=np.float32)
    return [vectors[[texts[text] for text in group]] for group in groups]


def _plan_anywhere(model: str, passage_tokens: int, threads: int, articles: list[Article]) -> list[Plan]:
    return _plan(_engine(model, threads), passage_tokens, articles)


def _embed_anywhere(model: str, threads: int, groups: list[list[str]]) -> list[Vectors]:
    return _embed(_engine(model, threads), groups)


@lru_cache(maxsize=1)
def _engine(model: str, threads: int) -> Embedder:
    return open_bulk_embedder(model, threads)
