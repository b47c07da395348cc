"""One library that holds every attack, made once, and chatbots over it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.chatbot import Chatbot
from rag.embedder import open_embedder
from rag.grounding import LexicalVerifier
from rag.messages import ChatModel
from rag.settings import load_settings
from tests.attacks.library import World, make_world
from tests.attacks.remembering import RememberingEmbedder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every hostile file and the true reports, ingested together. Read only."""
    return make_world(tmp_path_factory.mktemp("attacks"))


@pytest.fixture(scope="session")
def open_bot(world: World) -> Callable[..., Chatbot]:
    """Makes a chatbot over that library, with a model or without, that embeds each text once for all tests."""
    embedder = RememberingEmbedder(open_embedder())
    verifier = LexicalVerifier(world.library.idf)

    def opened(model: ChatModel | None = None, **settings: object) -> Chatbot:
        return Chatbot(world.library, load_settings(llm="none", **settings), embedder, verifier, model)

    return opened
