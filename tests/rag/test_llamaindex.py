"""Groundwire's seams to LlamaIndex, used as a LlamaIndex app would."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import as_llamaindex_query_engine, as_llamaindex_retriever, open_chatbot
from rag.chatbot import Chatbot

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_retriever_gives_nodes_with_exact_offsets(sample_bot: Chatbot) -> None:
    from llama_index.core.base.base_retriever import BaseRetriever

    retriever = as_llamaindex_retriever(sample_bot)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve("chip imports")
    assert nodes
    for node in nodes:
        article = sample_bot.library.article(node.node.metadata["article_id"])
        assert article is not None
        start, end = node.node.start_char_idx, node.node.end_char_idx  # type: ignore[attr-defined]
        assert article.text[start:end] == node.node.get_content()


def test_the_query_engine_gives_the_checked_answer(sample_bot: Chatbot) -> None:
    from llama_index.core.base.base_query_engine import BaseQueryEngine

    question = "How many public security bureaus and companies were blacklisted in October 2019?"
    engine = as_llamaindex_query_engine(sample_bot)
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(question)
    expected = sample_bot.ask(question)
    assert str(response) == expected.text
    assert [n.node.get_content() for n in response.source_nodes] == [c.quote for c in expected.citations]
    assert response.metadata is not None
    assert response.metadata["answer"]["method"] == "extracted"


def test_any_llamaindex_llm_drafts(sample_library: Path) -> None:
    from llama_index.core.llms import MockLLM

    bot = open_chatbot(sample_library, llm=MockLLM(max_tokens=8))
    answer = bot.ask("How many public security bureaus were blacklisted in October 2019?")
    assert answer.model != "none"
    assert answer.withheld, "what the mock repeats cites nothing"
    assert answer.citations, "the quotations take its place"
