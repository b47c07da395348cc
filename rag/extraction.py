"""The answer without a generative model: the sentences of the found passages that answer best, quoted.

A sentence's score adds its cosine to the question, the share of the question's words it covers (weighted
by rarity), whether it holds the kind of thing asked for, its passage's score, and a little of what its
neighbours cover. On
news questions no learned combination of these did better on questions it was not fitted on
(docs/decisions/extraction.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.date_words import date_words
from rag.embedder import Embedder
from rag.question_type import question_type, type_match
from rag.records import Retrieved
from rag.tokens import content_stems, tokens

TYPE_WEIGHT = 0.3
CONTEXT_WEIGHT = 0.4
NEIGHBOUR_WEIGHT = 0.2
PASSAGE_WEIGHT = 0.6
FRAGMENT_PENALTY = 0.3
"""For a line that ends without a full stop: a headline or a link rather than a statement."""
RELATIVE_SCORE = 0.85
"""A further sentence is quoted when it scores at least this share of the best."""
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
        context: Stems of the sentence, its neighbours in the passage, and the article's title and date.
    """

    retrieved: Retrieved
    start: int
    end: int
    text: str
    score: float
    cosine: float
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
    question: str, retrieved: Sequence[Retrieved], embedder: Embedder, idf: Idf
) -> list[ScoredSentence]:
    """The sentences of the passages that may be quoted, best first."""
    blocks = [r.passage.sentence_texts() for r in retrieved]
    texts = [text for block in blocks for text in block]
    if not texts:
        return []
    vectors = embedder.embed([question, *texts])
    cosines = vectors[1:] @ vectors[0]
    words = QuestionWords(question, idf)
    scored: list[ScoredSentence] = []
    offset = 0
    for item, block in zip(retrieved, blocks, strict=True):
        scored += _score_block(question, item, block, cosines[offset : offset + len(block)], words)
        offset += len(block)
    return _worth_quoting(sorted(scored, key=lambda s: -s.score))


def _score_block(
    question: str, item: Retrieved, block: list[str], cosines: NDArray[np.float32], words: QuestionWords
) -> list[ScoredSentence]:
    kind = question_type(question)
    stems = [set(content_stems(text)) for text in block]
    origin = origin_words(item)
    scored = []
    for i, text in enumerate(block):
        neighbours = [j for j in (i - 1, i + 1) if 0 <= j < len(block)]
        match = type_match(kind, question, text)
        score = (
            float(cosines[i])
            + words.coverage(stems[i])
            + TYPE_WEIGHT * match
            + CONTEXT_WEIGHT * words.coverage(stems[i].union(origin, *(stems[j] for j in neighbours)))
            + PASSAGE_WEIGHT * item.score
            + NEIGHBOUR_WEIGHT * max((float(cosines[j]) for j in neighbours), default=0.0)
            - FRAGMENT_PENALTY * (not _ENDS_SENTENCE.search(text))
        )
        start, end = item.passage.sentences[i]
        context = frozenset(stems[i].union(origin, *(stems[j] for j in neighbours)))
        scored.append(ScoredSentence(item, start, end, text, score, float(cosines[i]), match, context))
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


def choose_sentences(scored: Sequence[ScoredSentence], most: int) -> list[ScoredSentence]:
    """The best sentence and those that score almost as high and say something else, quotations made whole."""
    chosen: list[ScoredSentence] = []
    for candidate in scored:
        if len(chosen) == most or candidate.score < RELATIVE_SCORE * scored[0].score:
            break
        if not any(_same_content(candidate.text, other.text) for other in chosen):
            chosen.append(with_whole_quotation(candidate))
    return chosen


def with_whole_quotation(candidate: ScoredSentence) -> ScoredSentence:
    """The sentence, with up to two before or after it when a quotation that it is part of begins or ends there."""
    passage = candidate.retrieved.passage
    first = last = passage.sentences.index((candidate.start, candidate.end))
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


def _text_of(candidate: ScoredSentence, first: int, last: int) -> str:
    passage = candidate.retrieved.passage
    return passage.text[passage.sentences[first][0] - passage.start : passage.sentences[last][1] - passage.start]


def _closes_unopened(text: str) -> bool:
    """True when the first quotation mark ends a quotation that began before the text."""
    return bool(_CLOSES_FIRST.search(text))


def _opens_unclosed(text: str) -> bool:
    """True when a quotation that begins in the text does not end in it."""
    return text.count("“") > text.count("”") or (text.count('"') % 2 == 1 and not _closes_unopened(text))


def _same_content(a: str, b: str) -> bool:
    """True when the shorter one's words are nearly all in the other: one report of one fact is enough."""
    shorter, longer = sorted((set(content_stems(a)), set(content_stems(b))), key=len)
    return len(shorter & longer) >= 0.8 * len(shorter)
