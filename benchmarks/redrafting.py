"""The bundled model's sentences about news that is not in this repository, written again and found by digest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.labelled_drafts import Draft, cited, digest
from eval.cases import load_cases
from rag.answering import source_text
from rag.chatbot import Chatbot
from rag.citations import DraftSentence
from rag.composition import Quote
from rag.generation import Generator
from rag.index.library import Library
from rag.records import Article, Passage, Retrieved
from rag.sentences import sentence_spans


def redraft(drafts: Sequence[Draft], bot: Chatbot, gold: Path, cache: Path) -> dict[str, str]:
    """Digest → sentence, for the cases of some drafts; what was written before is read from `cache`.

    A sentence that the model does not write again is missing from the result.
    """
    known = _read(cache)
    if any(draft.sha256 not in known for draft in drafts):
        wanted = {draft.case for draft in drafts}
        with cache.open("a", encoding="utf-8") as out:
            for case in load_cases(gold):
                if case.id in wanted:
                    texts = list(_texts(bot, case.question))
                    out.writelines(json.dumps(text) + "\n" for text in texts)
                    known.update((digest(text), text) for text in texts)
    return known


def _read(cache: Path) -> dict[str, str]:
    if not cache.exists():
        return {}
    with cache.open(encoding="utf-8") as lines:
        return {digest(text): text for text in map(json.loads, lines)}


def _texts(bot: Chatbot, question: str) -> Iterator[str]:
    assert bot.model is not None
    found = bot.retriever.retrieve(question)
    for item in Generator(bot.model, bot.settings).draft(question, found):
        if isinstance(item, DraftSentence):
            yield item.text


def news_sources(draft: Draft, library: Library) -> list[str]:
    """What a sentence about such news is checked against. Raises ValueError when the article is another one."""
    return [_source(cite, library) for cite in draft.cites]


def news_quotes(draft: Draft, library: Library) -> list[Quote]:
    """The spans by which an answer cites such passages. Raises ValueError as `news_sources` does."""
    return [cited(draft.text, *_passage(cite, library)) for cite in draft.cites]


def _source(cite: Mapping[str, str | int], library: Library) -> str:
    passage, article = _passage(cite, library)
    return source_text(Retrieved(passage, article.head, 1, 1.0), article)


def _passage(cite: Mapping[str, str | int], library: Library) -> tuple[Passage, Article]:
    article = library.article(str(cite["article"]))
    start, end = int(cite["start"]), int(cite["end"])
    if article is None or end > len(article.text):
        raise ValueError(f"{cite['article']}: not in the library as labelled. Ingest news-dev as it was delivered.")
    sentences = tuple((start + a, start + b) for a, b in sentence_spans(article.text[start:end]))
    return Passage(article.id, start, end, article.text[start:end], sentences), article
