"""Every hostile file and the true reports in one library."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from ingest.articles import read_articles
from ingest.indexing import ingest_articles
from ingest.records import Skipped
from rag.index.library import Library, open_library
from rag.records import Article
from rag.settings import load_settings
from tests.attacks.corpus import ATTACKS
from tests.attacks.files import poison
from tests.attacks.world import TRUTH, as_json


@dataclass(frozen=True)
class World:
    """The library, and which of its articles came of which file."""

    library: Library
    articles: dict[str, Article]
    skipped: dict[str, Skipped]
    folder: Path
    seconds: float


def make_world(folder: Path) -> World:
    """Writes and ingests all files together."""
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
