"""From command-line choices to a page that is being served; the sample articles stand in for a first library."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.indexing import ingest
from rag.chatbot import open_chatbot
from rag.errors import LibraryMissing
from rag.settings import Settings, load_settings
from web.chatbots import Answering, Chatbots
from web.guard import is_loopback
from web.server import bind, serve

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "articles"


def run(library: Path | None, host: str, port: int, llm: str | None, *, samples: bool = False) -> None:
    """Opens the library and serves the page until interrupted.

    Raises:
        GroundwireError: The address is taken, or the library or the model cannot be opened.
    """
    settings = load_settings(library=library, llm=llm)
    with bind(host, port) as listener:
        if not is_loopback(host):
            print(
                f"groundwire: everyone who can reach {host} can ask, and add articles; there is no login.",
                file=sys.stderr,
            )
        is_default = "library" not in settings.model_fields_set
        serve(open_chatbots(settings, is_default=is_default, samples=samples), listener, host)


def open_chatbots(settings: Settings, *, is_default: bool, samples: bool) -> Chatbots:
    """Chatbots over the library of the settings.

    Args:
        is_default: Nobody chose the library; when it does not exist, it is made from the samples.
        samples: Add the samples in any case.

    Raises:
        LibraryMissing: A chosen library does not exist or holds no article.
        GroundwireError: The library or a model cannot be opened.
    """
    if samples:
        add_samples(settings)
    try:
        first: Answering = open_chatbot(settings=settings)
    except LibraryMissing:
        if samples or not is_default:
            raise
        add_samples(settings)
        first = open_chatbot(settings=settings)
    return Chatbots(first, lambda other: open_chatbot(settings=other))


def add_samples(settings: Settings) -> None:
    """Ingests the sample articles, with progress on the terminal."""
    print(f"Reading the sample articles into {settings.library} …", file=sys.stderr)
    report = ingest([SAMPLES], settings, progress=_print_progress)
    print(f"\r{report.articles} articles, {report.passages} passages.{' ' * 40}", file=sys.stderr)


def _print_progress(done: int, total: int, name: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {total}  {Path(name).name[:40]:<40}", end="", file=sys.stderr, flush=True)
