"""The answer without a generative model: the sentences of the found passages that answer best, quoted.

A sentence's score adds its cosine to the question, how well each piece of the question finds its like in it, the
share of the question's words it covers (weighted by rarity), whether it holds the kind of thing asked for, and its
passage's score (docs/decisions/extraction.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.date_words import date_words
from rag.piece_memory import PieceEmbedder
from rag.question_type import QuestionType, question_type, type_match
from rag.records import Retrieved
from rag.spans import Span, SpanT
from rag.tokens import content_stems, tokens

COSINE_WEIGHT = 0.5
LATE_WEIGHT = 0.6
COVERAGE_WEIGHT = 0.2
TYPE_WEIGHT = 0.45
CONTEXT_WEIGHT = 0.2
PASSAGE_WEIGHT = 1.0
FRAGMENT_PENALTY = 0.3
"""For a line that ends without a full stop: a headline or a link rather than a statement."""
SHORTEST = 4
"""Sentences of fewer words are never quoted."""

_QUOTATION_SENTENCES = 2
_ENDS_SENTENCE = re.compile(r"[.!…。！][\"'”’)\]]*$")
_STATES_NOTHING = re.compile(r"[?？:：]$")
_CLOSES_FIRST = re.compile(r"^[^“\"]*(?:”|(?<=[\w.,!?])\"(?=\s|$|[.,]))")

Idf = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a found passage as a candidate answer.

    Attributes:
        start, end: Its offsets in the article.
        cosine: To the question, -1..1.
        piece_cosines: For each word piece of the question, its best cosine to a piece of the sentence (late
            interaction: Khattab & Zaharia 2020, ColBERT, section 3.3).
        context: Stems of the sentence, its neighbours in the passage, and the article's title and date.
    """

    retrieved: Retrieved
    start: int
    end: int
    text: str
    score: float
    cosine: float
    piece_cosines: tuple[float, ...]
    type_match: float
    context: frozenset[str]


class QuestionWords:
    """The content stems of a question, weighted by rarity."""

    def __init__(self, question: str, idf: Idf) -> None:
        self.weights = {stem: idf(stem) for stem in content_stems(question)}
        self._total = sum(self.weights.values()) or 1.0

    def coverage(self, stems: Set[str]) -> float:
        """Share of the question's weight found among the stems, 0..1."""
        return sum(w for stem, w in self.weights.items() if stem in stems) / self._total


def score_sentences(
    question: str, retrieved: Sequence[Retrieved], embedder: PieceEmbedder, idf: Idf
) -> list[ScoredSentence]:
    """The sentences of the passages that may be quoted, best first."""
    blocks = [r.passage.sentence_texts() for r in retrieved]
    texts = [text for block in blocks for text in block]
    if not texts:
        return []
    vectors, pieces = embedder.embed_pieces([question, *texts])
    cosines = vectors[1:] @ vectors[0]
    late = [(pieces[0] @ of_sentence.T).max(axis=1, initial=0.0) for of_sentence in pieces[1:]]
    asked = _Asked(question, question_type(question), QuestionWords(question, idf))
    scored: list[ScoredSentence] = []
    for item, block in zip(retrieved, blocks, strict=True):
        first = len(scored)
        last = first + len(block)
        scored += _score_block(asked, item, block, cosines[first:last], late[first:last])
    return _worth_quoting(sorted(scored, key=lambda s: -s.score))


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    kind: QuestionType
    words: QuestionWords


def _score_block(
    asked: _Asked,
    item: Retrieved,
    block: list[str],
    cosines: NDArray[np.float32],
    late: Sequence[NDArray[np.float32]],
) -> list[ScoredSentence]:
    stems = [set(content_stems(text)) for text in block]
    origin = origin_words(item)
    scored = []
    for i, text in enumerate(block):
        context = frozenset(origin.union(*stems[max(0, i - 1) : i + 2]))
        match = type_match(asked.kind, asked.question, text)
        score = (
            COSINE_WEIGHT * float(cosines[i])
            + LATE_WEIGHT * float(late[i].mean() if late[i].size else 0.0)
            + COVERAGE_WEIGHT * asked.words.coverage(stems[i])
            + TYPE_WEIGHT * match
            + CONTEXT_WEIGHT * asked.words.coverage(context)
            + PASSAGE_WEIGHT * item.score
            - FRAGMENT_PENALTY * (not _ENDS_SENTENCE.search(text))
        )
        start, end = item.passage.sentences[i]
        of_pieces = tuple(map(float, late[i]))
        scored.append(ScoredSentence(item, start, end, text, score, float(cosines[i]), of_pieces, match, context))
    return scored


def origin_words(item: Retrieved) -> set[str]:
    """Stems of an article's title, outlet and date: what its sentences leave unsaid."""
    head = item.article
    return set(content_stems(f"{head.title}. {head.outlet or ''}. {date_words(head.published)}"))


def _worth_quoting(scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Without repeats, very short sentences, questions and lines that announce what follows."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for sentence in scored:
        key = tuple(tokens(sentence.text))
        if len(key) >= SHORTEST and key not in seen and not _STATES_NOTHING.search(sentence.text):
            seen.add(key)
            kept.append(sentence)
    return kept


def with_whole_quotation(candidate: SpanT) -> SpanT:
    """The span, with up to two sentences before or after it when a quotation it is part of begins or ends there."""
    passage = candidate.retrieved.passage
    first = [start for start, _ in passage.sentences].index(candidate.start)
    last = [end for _, end in passage.sentences].index(candidate.end)
    for _ in range(_QUOTATION_SENTENCES):
        text = _text_of(candidate, first, last)
        if _closes_unopened(text) and first > 0:
            first -= 1
        elif _opens_unclosed(text) and last + 1 < len(passage.sentences):
            last += 1
    text = _text_of(candidate, first, last)
    if _closes_unopened(text) or _opens_unclosed(text):
        return candidate
    return replace(candidate, start=passage.sentences[first][0], end=passage.sentences[last][1], text=text)


def _text_of(candidate: Span, first: int, last: int) -> str:
    passage = candidate.retrieved.passage
    return passage.text[passage.sentences[first][0] - passage.start : passage.sentences[last][1] - passage.start]


def _closes_unopened(text: str) -> bool:
    """True when the first quotation mark ends a quotation that began before the text."""
    return bool(_CLOSES_FIRST.search(text))


def _opens_unclosed(text: str) -> bool:
    """True when a quotation that begins in the text does not end in it."""
    return text.count("“") > text.count("”") or (text.count('"') % 2 == 1 and not _closes_unopened(text))
