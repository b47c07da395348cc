"""Drafted answer sentences with a hand label, and the texts they are checked against.

`sets/drafts.jsonl` holds one sentence per line. Its articles are those of `samples/articles`; of sentences that a
model wrote about news that is not part of this repository it holds a digest and where to write them again.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.articles import read_articles
from ingest.passages import split_passages
from rag.answering import quote_of, source_text
from rag.composition import Quote
from rag.embedder import open_embedder
from rag.records import Article, Passage, Retrieved
from rag.settings import Settings
from rag.tokens import content_stems

ROOT = Path(__file__).parents[1]
DRAFTS = ROOT / "benchmarks" / "sets" / "drafts.jsonl"
READ = ROOT / "benchmarks" / "sets" / "stand_ins.jsonl"
ARTICLES = ROOT / "samples" / "articles"

KINDS = (
    "wrong_number", "wrong_name", "wrong_date", "wrong_speaker", "role_swap", "negation", "direction", "modality",
    "recombined", "added_detail", "other_article", "not_there",
)  # fmt: skip
"""What can be wrong with a sentence; one that has several faults is filed under the first of this list."""

ORIGINS = ("written-right", "written-wrong", "smollm2-samples", "smollm2-news")
"""Written as a capable model would draft, without and with an error; drafted by the bundled model."""

HALVES = ("dev", "held-out")


@dataclass(frozen=True, slots=True)
class Draft:
    """One drafted sentence with its label.

    Attributes:
        text: Empty for a sentence about news that is not in this repository; `sha256` is of that text.
        cites: What it cites: {"article", "quote"}, or {"article", "start", "end"} of such news.
        marked: False when the model set no marker; it is then judged by the passage that shares most words with it.
        kind: What is wrong, one of `KINDS`; None for a supported sentence.
        second: Whether the second reading, without sight of the first, found it supported.
    """

    id: str
    origin: str
    half: str
    text: str
    cites: tuple[Mapping[str, Any], ...]
    supported: bool
    kind: str | None
    borderline: bool
    second: bool
    marked: bool = True
    case: str | None = None
    index: int | None = None
    sha256: str | None = None


def load_drafts(file: Path = DRAFTS) -> list[Draft]:
    """The labelled sentences in file order. Raises ValueError for a line that is no such sentence."""
    with file.open(encoding="utf-8") as lines:
        return [_draft(json.loads(line), f"{file.name}:{number}") for number, line in enumerate(lines, start=1)]


def _draft(row: Mapping[str, Any], where: str) -> Draft:
    known = row["origin"] in ORIGINS and row["half"] in HALVES and (row["kind"] is None or row["kind"] in KINDS)
    if not known or (row["kind"] is None) != row["supported"]:
        raise ValueError(f"{where}: origin, half, label and kind do not fit. Compare it with other lines.")
    return Draft(**{**row, "cites": tuple(row["cites"])})


def load_read(file: Path = READ) -> dict[str, str]:
    """Digest of a drafted sentence with what was quoted in its place → how much of it that tells a reader.

    "all", "part" or "none", the lesser of what two readers found.
    """
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    order = ("none", "part", "all")
    return {row["sha256"]: min(row["readers"], key=order.index) for row in rows}


def digest(text: str) -> str:
    """SHA-256 of a sentence, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class SampleTexts:
    """The sample articles as passages, and what a draft that cites them is checked against."""

    def __init__(self, folder: Path = ARTICLES) -> None:
        settings = Settings()
        embedder = open_embedder(settings.embedding_model)
        self._articles = {a.id: a for a in read_articles([folder], settings) if isinstance(a, Article)}
        self._passages = {
            a.id: split_passages(a, embedder.count_tokens, settings.passage_tokens) for a in self._articles.values()
        }
        self.idf = inverse_frequency(p.text for passages in self._passages.values() for p in passages)

    def sources(self, draft: Draft) -> list[str]:
        """The cited passages with their surroundings, each once. Raises ValueError when a quote is gone."""
        passages = dict.fromkeys(self._passage(cite["article"], cite["quote"]) for cite in draft.cites)
        return [source_text(Retrieved(p, self._articles[p.article_id].head, 1, 1.0), self._articles[p.article_id])
                for p in passages]  # fmt: skip

    def quotes(self, draft: Draft) -> list[Quote]:
        """The spans by which an answer cites those passages."""
        passages = dict.fromkeys(self._passage(cite["article"], cite["quote"]) for cite in draft.cites)
        return [cited(draft.text, passage, self._articles[passage.article_id]) for passage in passages]

    def _passage(self, article_id: str, quote: str) -> Passage:
        article = self._articles.get(article_id)
        at = -1 if article is None else article.text.find(quote)
        for passage in self._passages.get(article_id, ()) if at >= 0 else ():
            if passage.start <= at < passage.end:
                return passage
        raise ValueError(f"{article_id}: no passage holds {quote[:60]!r}. Restore the article or relabel the draft.")


def cited(sentence: str, passage: Passage, article: Article) -> Quote:
    """The span of a passage by which an answer cites it for a sentence."""
    return quote_of(sentence, Retrieved(passage, article.head, 1, 1.0), article)


def inverse_frequency(texts: Iterable[str]) -> Callable[[str], float]:
    """ln((N + 1) / (df + 1)) of a stem over some texts."""
    stems = [set(content_stems(text)) for text in texts]
    counts = Counter(stem for found in stems for stem in found)
    return lambda stem: math.log((len(stems) + 1) / (counts[stem] + 1))


def agreement(drafts: Sequence[Draft]) -> tuple[float, float]:
    """Share of sentences labelled alike in both readings, and Cohen's kappa (1960)."""
    same = sum(d.supported == d.second for d in drafts) / len(drafts)
    first, second = (
        sum(labels) / len(drafts) for labels in zip(*((d.supported, d.second) for d in drafts), strict=True)
    )
    chance = first * second + (1 - first) * (1 - second)
    return same, 1.0 if chance == 1 else (same - chance) / (1 - chance)
