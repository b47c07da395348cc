"""One library that holds every attack, made once, and chatbots over it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.articles import read_articles
from ingest.indexing import ingest_articles
from ingest.records import Skipped
from rag.chatbot import Chatbot
from rag.embedder import open_embedder
from rag.grounding import LexicalVerifier
from rag.index.library import Library, open_library
from rag.messages import ChatModel
from rag.records import Article
from rag.settings import load_settings
from tests.attacks.corpus import ATTACKS
from tests.attacks.files import poison
from tests.attacks.remembering import RememberingEmbedder
from tests.attacks.world import TRUTH, as_json

POISONED = "poison"


@dataclass(frozen=True)
class World:
    """The library, and which of its articles came of which file."""

    library: Library
    articles: dict[str, Article]
    skipped: dict[str, Skipped]
    folder: Path
    seconds: float


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every hostile file and the true reports, ingested together. Read only."""
    folder = tmp_path_factory.mktemp("attacks")
    inbox = folder / "inbox"
    inbox.mkdir()
    files = {name: as_json(article) for name, article in TRUTH.items()} | dict(poison())
    files |= {attack.file: attack.data for attack in ATTACKS}
    for name, data in files.items():
        (inbox / name).write_bytes(data)
    settings = load_settings(library=folder / "library")
    started = time.perf_counter()
    items = list(read_articles([inbox], settings))
    report = ingest_articles(items, settings)
    seconds = time.perf_counter() - started
    skipped = {Path(s.source).name.partition("#")[0]: s for s in report.skipped}
    library = open_library(settings.library)
    stored = [library.article(head.id) for head in library.heads()]
    articles = {Path(article.source).name.partition("#")[0]: article for article in stored if article is not None}
    return World(library, articles, skipped, folder, seconds)


@pytest.fixture(scope="session")
def open_bot(world: World) -> Callable[..., Chatbot]:
    """Makes a chatbot over that library, with a model or without, that embeds each text once for all tests."""
    embedder = RememberingEmbedder(open_embedder())
    verifier = LexicalVerifier(world.library.idf)

    def opened(model: ChatModel | None = None, **settings: object) -> Chatbot:
        return Chatbot(world.library, load_settings(llm="none", **settings), embedder, verifier, model)

    return opened
