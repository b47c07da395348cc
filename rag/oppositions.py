"""What a disagreement is made of before its sides are cited, and what every way of finding one asks of sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.extraction import ScoredSentence
from rag.tokens import NUMBER_WORDS, content_stems

_SHARED_WORDS = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """One side of a disagreement that was found.

    Attributes:
        value: The figure as written; None where claims differ.
        stories: How many independent stories say so.
    """

    sentence: ScoredSentence
    value: str | None
    speaker: str | None
    stories: int = 1


@dataclass(frozen=True, slots=True)
class Opposition:
    """A disagreement before its sides are cited; sides oldest first."""

    kind: str
    subject: str
    sides: tuple[Statement, ...]


def other_speakers(one: str | None, other: str | None) -> bool:
    """True when both are named and are not the same."""
    words = [set(content_stems(who or "")) for who in (one, other)]
    return all(words) and not words[0] & words[1]


def overlap(a: ScoredSentence, b: ScoredSentence) -> float:
    """Share of the shorter sentence's words that the other has; 0 below _SHARED_WORDS."""
    shared = topic(a) & topic(b)
    return len(shared) / min(len(topic(a)), len(topic(b))) if len(shared) >= _SHARED_WORDS else 0.0


def topic(sentence: ScoredSentence) -> set[str]:
    """The stems that say what a sentence is about: no figures."""
    return {s for s in content_stems(sentence.text) if not s[0].isdigit() and s not in NUMBER_WORDS}


def is_quoted(quoted: Iterable[ScoredSentence], sentence: ScoredSentence) -> bool:
    """True when one of the quoted sentences holds it."""
    return any(
        q.retrieved.article.id == sentence.retrieved.article.id and q.start <= sentence.start and sentence.end <= q.end
        for q in quoted
    )


def oldest_first(sides: Iterable[Statement]) -> tuple[Statement, ...]:
    """The sides by date of publication."""
    return tuple(sorted(sides, key=lambda side: side.sentence.retrieved.article.published or ""))


def asked_stems(question: str) -> set[str]:
    """The stems that say what a question is about: no figures."""
    return {s for s in content_stems(question) if not s[0].isdigit()}
