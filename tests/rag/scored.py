"""Scored sentences of invented articles, for tests of what is chosen from them."""

from __future__ import annotations

from rag.extraction import ScoredSentence
from rag.records import ArticleHead, Passage, Retrieved
from rag.sentences import sentence_spans
from rag.tokens import content_stems


def passage(text: str, id: str = "a", *, published: str | None = None, title: str = "A title") -> Retrieved:
    """An article that is one passage, of a story of its own."""
    head = ArticleHead(id, title, outlet=f"Outlet {id}", published=published, story_id=id)
    return Retrieved(Passage(id, 0, len(text), text, tuple(sentence_spans(text))), head, 1, 1.0)


def scored(item: Retrieved, *scores: float) -> list[ScoredSentence]:
    """Its sentences with the given scores; the last score goes for all that follow."""
    spans = item.passage.sentences
    padded = [*scores, *[scores[-1]] * (len(spans) - len(scores))]
    texts = item.passage.sentence_texts()
    return [
        ScoredSentence(item, start, end, text, score, 1.0, (1.0,), 1.0, frozenset(content_stems(text)))
        for (start, end), text, score in zip(spans, texts, padded, strict=True)
    ]


def best_first(*groups: list[ScoredSentence]) -> list[ScoredSentence]:
    """All sentences of several articles, best first."""
    return sorted((s for group in groups for s in group), key=lambda s: -s.score)
