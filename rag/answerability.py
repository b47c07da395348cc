"""Best sentences → the probability that the articles answer the question.

A logistic model over six features, fitted on answerable and unanswerable news questions
(`benchmarks/answerability.py` fits and measures it; the coefficients and their origin are in
answerability.json). It must be fitted anew when passages, scores or the embedding model change.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence, Set
from functools import lru_cache
from pathlib import Path

from rag.extraction import Idf, QuestionWords, ScoredSentence, origin_words
from rag.records import Retrieved
from rag.tokens import STOP_WORDS, content_stems, normalise, stem

FEATURES = ("score", "late", "weakest_pieces", "block_coverage", "names", "type_match")
_WEAKEST = 3
_NAME = re.compile(r"\b(?:[A-ZÀ-ÖØ-Þ][\w'-]*|\d[\w.,]*)")


def features(
    question: str, scored: Sequence[ScoredSentence], retrieved: Sequence[Retrieved], idf: Idf
) -> tuple[float, ...] | None:
    """The values of FEATURES for a question; None when no sentence was found."""
    if not scored:
        return None
    best = scored[0]
    words = QuestionWords(question, idf)
    blocks = [origin_words(r).union(content_stems(r.passage.text)) for r in retrieved]
    around = _best_piece_cosines(scored, best)
    return (
        best.score,
        _mean(best.piece_cosines),
        _mean(sorted(around)[:_WEAKEST]),
        max(words.coverage(block) for block in blocks),
        _share(_names(question), set().union(*blocks), default=0.5),
        best.type_match,
    )


def _best_piece_cosines(scored: Sequence[ScoredSentence], best: ScoredSentence) -> list[float]:
    """For each piece of the question the best cosine in the best sentence's passage."""
    passage = best.retrieved.passage.id
    beside = [s.piece_cosines for s in scored if s.retrieved.passage.id == passage]
    return [max(cosines) for cosines in zip(*beside, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def probability(values: Sequence[float] | None) -> float:
    """Estimated probability in 0..1 that the articles answer the question."""
    if values is None:
        return 0.0
    weights, bias = _model()
    return 1 / (1 + math.exp(-(bias + sum(w * v for w, v in zip(weights, values, strict=True)))))


@lru_cache(maxsize=1)
def _model() -> tuple[tuple[float, ...], float]:
    fitted = json.loads((Path(__file__).parent / "answerability.json").read_text())
    return tuple(fitted["weights"][name] for name in FEATURES), fitted["bias"]


def _names(question: str) -> list[str]:
    """Stems of the question's capitalised words and numbers, its first word left out."""
    plain = normalise(question)
    found = [m.group().lower().removesuffix("'s") for m in _NAME.finditer(plain) if m.start() > 0]
    return [stem(name) for name in found if name not in STOP_WORDS]


def _share(wanted: Sequence[str], present: Set[str], default: float) -> float:
    return sum(w in present for w in wanted) / len(wanted) if wanted else default
