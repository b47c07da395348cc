"""Large libraries for measuring: varied copies of the sample articles with made-up neighbours of their vectors.

Texts: the sentences of some sample articles with other names and numbers. Vectors: that of the sample's passage,
moved twice along differences of other real vectors, far for the article and a little for the passage, so that there
are neighbourhoods and the spectrum stays that of real news. Random vectors would have neither. They stand in for the
embedding of the varied text, which nothing here computes: hits by vector are plausible, not right.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from ingest.indexing import ingest  # noqa: E402
from rag.index.opening import open_store  # noqa: E402
from rag.index.schema import TABLES  # noqa: E402
from rag.index.store import Store  # noqa: E402
from rag.records import Article, Passage  # noqa: E402
from rag.settings import load_settings  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAR, _NEAR = 0.55, 0.25
_ROWS_AT_ONCE = 2000
_SAMPLES_EACH = 5
"""Sample articles in one made article, which gets some ten passages, as real news has."""
_NAMES = (
    "Halden", "Orsova", "Tarnby", "Veltheim", "Corran", "Mistral", "Pellworm", "Quarry", "Askrigg", "Brandal",
    "Ternopol", "Lomond", "Estrela", "Varga", "Kessler", "Dunmore", "Faulkner", "Ibarra", "Okafor", "Lindqvist",
    "Marchetti", "Novotny", "Petrenko", "Rasmussen", "Sorensen", "Takeda", "Ulrich", "Vance", "Whitlock",
)  # fmt: skip
_OUTLETS = [(f"Gazette {n}", 0.5**n) for n in range(1, 9)]
_WORD = re.compile(r"\b(?:[A-Z][a-z]{3,}|\d+)\b")


@dataclass(frozen=True, slots=True)
class Sample:
    """A real passage: the article's title, its sentences, its unit vector."""

    title: str
    sentences: tuple[str, ...]
    vector: NDArray[np.float32]


def sample_articles(scratch: Path) -> tuple[list[list[Sample]], str]:
    """The passages of each sample article, and the model of their vectors."""
    settings = load_settings(library=scratch / "samples")
    ingest([ROOT / "samples" / "articles"], settings)
    articles: dict[str, list[Sample]] = {}
    with closing(open_store(settings.library)) as store:
        for stored, vector in store.passages_with_vectors(-1):
            sample = Sample(
                stored.article.title, tuple(stored.passage.sentence_texts()), np.frombuffer(vector, dtype=np.float32)
            )
            articles.setdefault(stored.article.id, []).append(sample)
        return list(articles.values()), store.embedding_model or ""


def fill(store: Store, samples: list[list[Sample]], model: str, passages: int, seed: int = 1) -> None:
    """Puts articles into a store until it holds that many passages; nothing is embedded."""
    store.set_embedding_model(model)
    made = 0
    for number, (article, rows) in enumerate(made_articles(samples, seed)):
        store.put(article, b"", rows)
        made += len(rows)
        if number % 2000 == 0:
            print(f"\r{made} passages", end="", file=sys.stderr, flush=True)
        if made >= passages:
            break
    print(file=sys.stderr)


def take_over(store: Store, library: Path) -> None:
    """Takes all rows of another library as they are into an empty store, many in one transaction."""
    with closing(open_store(library)) as original:
        for table in TABLES:
            key: Any = None
            while rows := original.rows_after(table, key, _ROWS_AT_ONCE):
                store.add_rows(table, rows)
                key = rows[-1][0]
                print(f"\r{table} up to {key!r:<80.80}", end="", file=sys.stderr, flush=True)
        own = {"library_id", "schema"}
        store.end_copy({name: value for name, value in original.facts().items() if name not in own})
    print(file=sys.stderr)


def made_articles(
    samples: list[list[Sample]], seed: int
) -> Iterator[tuple[Article, list[tuple[Passage, bytes, NDArray[np.float32] | None]]]]:
    """Articles without end, each with what `Store.put` takes."""
    draw, rng = random.Random(seed), np.random.default_rng(seed)
    vectors = np.stack([sample.vector for article in samples for sample in article])
    number = 0
    while True:
        sample = [passage for article in draw.sample(samples, _SAMPLES_EACH) for passage in article]
        far = _step(rng, vectors, 1, _FAR)
        moved = np.stack([s.vector for s in sample]) + far + _step(rng, vectors, len(sample), _NEAR)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        yield _article(f"made-{seed}-{number}", sample, moved.astype(np.float32), draw)
        number += 1


def _step(rng: np.random.Generator, vectors: NDArray[np.float32], count: int, length: float) -> NDArray[np.float32]:
    """Mixtures of differences between real vectors, of a given length."""
    ends = rng.integers(0, len(vectors), size=(2, count, 8))
    steps = (vectors[ends[0]] - vectors[ends[1]]).sum(axis=1)
    return np.asarray(length * steps / np.linalg.norm(steps, axis=1, keepdims=True), dtype=np.float32)


def _article(
    id: str, samples: list[Sample], vectors: NDArray[np.float32], draw: random.Random
) -> tuple[Article, list[tuple[Passage, bytes, NDArray[np.float32] | None]]]:
    other: dict[str, str] = {}
    text, passages = "", []
    for sample in samples:
        spans, start = [], len(text)
        for sentence in sample.sentences:
            said = _varied(sentence, other, draw)
            spans.append((len(text), len(text) + len(said)))
            text += f"{said} "
        passages.append((start, len(text) - 1, tuple(spans)))
    [outlet] = draw.choices([name for name, _ in _OUTLETS], [weight for _, weight in _OUTLETS])
    published = f"{draw.randrange(2010, 2026)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    title = _varied(samples[0].title, other, draw)
    article = Article(id, title, outlet, None, published, language="en", story_id=id, text=text, source=id)
    rows = [
        (Passage(id, start, end, text[start:end], spans), hashlib.sha256(f"{id} {start}".encode()).digest(), vector)
        for (start, end, spans), vector in zip(passages, vectors, strict=True)
    ]
    return article, list(rows)


def _varied(sentence: str, other: dict[str, str], draw: random.Random) -> str:
    """The sentence with half of its names and numbers replaced, the same ones throughout an article."""

    def replaced(found: re.Match[str]) -> str:
        word = found.group()
        if word not in other:
            new = str(draw.randrange(2, 10 ** len(word))) if word.isdigit() else draw.choice(_NAMES)
            other[word] = new if draw.random() < 0.5 else word
        return other[word]

    return _WORD.sub(replaced, sentence)
