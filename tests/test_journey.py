"""The whole arrow, in its order: source → Article → Passage → index → question → Answer → gold case → Report."""

from __future__ import annotations

import pytest

from eval.cases import load_cases
from eval.runs import evaluate
from ingest.articles import read_articles
from ingest.indexing import ingest
from ingest.passages import split_passages
from rag import open_chatbot, open_library
from rag.embedder import open_embedder
from rag.index.place import Place
from rag.records import Article
from rag.settings import load_settings
from tests.conftest import SAMPLES


@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_from_a_folder_of_articles_to_a_measured_answer(place: Place) -> None:
    settings = load_settings(library=place.directory, store=place.store, llm="none")

    # source → Article
    articles = [item for item in read_articles([SAMPLES], settings) if isinstance(item, Article)]
    assert len(articles) >= 15

    # Article → Passage
    passages = split_passages(articles[0], open_embedder().count_tokens, settings.passage_tokens)
    assert all(articles[0].text[p.start : p.end] == p.text for p in passages)

    # Passage → index
    report = ingest([SAMPLES], settings)
    assert report.added == len(articles)
    assert report.skipped == []
    library = open_library(settings.place)
    assert library.counts().passages == report.passages

    # question → Retrieved → Draft → Verdict → Answer
    bot = open_chatbot(settings=settings)
    answer = bot.ask("How many public security bureaus and companies were blacklisted in October 2019?")
    assert "20" in answer.text
    for citation in answer.citations:
        article = library.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote

    # gold case → Transcript → Judgement → Report
    cases = load_cases(SAMPLES.parent / "gold.jsonl")
    some = [case for case in cases if not case.history][:6]
    assert evaluate(some, bot.ask)
