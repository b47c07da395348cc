"""Groundwire's query side: question → Answer in which every shown sentence is backed by a checked quote.

from rag import open_chatbot

bot = open_chatbot("library")
answer = bot.ask("How many companies did the October 2019 blacklist target?")
print(answer.text)
print([citation.quote for citation in answer.citations])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.answer_records import Answer, Citation, Sentence
    from rag.chatbot import Chatbot, open_chatbot
    from rag.errors import GroundwireError
    from rag.index.library import Library, open_library
    from rag.llamaindex import as_llamaindex_query_engine, as_llamaindex_retriever
    from rag.network_seal import seal_network
    from rag.records import Article, Filters, Passage, Retrieved, Turn
    from rag.settings import Settings, load_settings

_HOME = {
    "Answer": "rag.answer_records",
    "Article": "rag.records",
    "Chatbot": "rag.chatbot",
    "Citation": "rag.answer_records",
    "Filters": "rag.records",
    "GroundwireError": "rag.errors",
    "Library": "rag.index.library",
    "Passage": "rag.records",
    "Retrieved": "rag.records",
    "Sentence": "rag.answer_records",
    "Settings": "rag.settings",
    "Turn": "rag.records",
    "as_llamaindex_query_engine": "rag.llamaindex",
    "as_llamaindex_retriever": "rag.llamaindex",
    "load_settings": "rag.settings",
    "open_chatbot": "rag.chatbot",
    "open_library": "rag.index.library",
    "seal_network": "rag.network_seal",
}

__all__ = [
    "Answer",
    "Article",
    "Chatbot",
    "Citation",
    "Filters",
    "GroundwireError",
    "Library",
    "Passage",
    "Retrieved",
    "Sentence",
    "Settings",
    "Turn",
    "as_llamaindex_query_engine",
    "as_llamaindex_retriever",
    "load_settings",
    "open_chatbot",
    "open_library",
    "seal_network",
]


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that `python -m rag --help` loads nothing heavy."""
    if name not in _HOME:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
