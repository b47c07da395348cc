"""Groundwire as parts of a LlamaIndex app: a retriever and a query engine.

retriever = as_llamaindex_retriever(bot)
engine = as_llamaindex_query_engine(bot)
response = engine.query("What did the ministry reply?")
response.response, response.source_nodes, response.metadata["answer"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.answer_records import Answer
from rag.chatbot import Chatbot
from rag.llamaindex_nodes import passage_node, quote_node
from rag.questions import check_question

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import NodeWithScore


def as_llamaindex_retriever(bot: Chatbot) -> BaseRetriever:
    """A `BaseRetriever` over the chatbot's library; node ids are passage ids, offsets are the article's."""
    from llama_index.core.base.base_retriever import BaseRetriever

    class GroundwireRetriever(BaseRetriever):
        def _retrieve(self, query_bundle: Any) -> list[NodeWithScore]:
            question = check_question(query_bundle.query_str, bot.settings.max_question_chars)
            return [passage_node(r) for r in bot.retriever.retrieve(question)]

    return GroundwireRetriever()


def as_llamaindex_query_engine(bot: Chatbot) -> BaseQueryEngine:
    """A query engine whose responses are checked answers; the whole `Answer` document is in the metadata."""
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.response.schema import Response

    class GroundwireQueryEngine(BaseQueryEngine):
        def _query(self, query_bundle: Any) -> Response:
            return _response(bot.ask(query_bundle.query_str))

        async def _aquery(self, query_bundle: Any) -> Response:
            import asyncio

            return await asyncio.to_thread(self._query, query_bundle)

        def _get_prompt_modules(self) -> dict[str, Any]:
            return {}

    def _response(answer: Answer) -> Response:
        nodes = [quote_node(c) for c in answer.citations]
        return Response(answer.text, source_nodes=nodes, metadata={"answer": answer.to_json()})

    return GroundwireQueryEngine(callback_manager=None)
