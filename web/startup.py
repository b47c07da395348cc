"""From command-line choices to a page that is being served; the sample articles stand in for a first library."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

from ingest.indexing import ingest
from rag.chatbot import Chatbot, open_chatbot
from rag.embedder import open_embedder
from rag.errors import LibraryMissing
from rag.grounding import LexicalVerifier
from rag.index.library import Library
from rag.index.opening import open_store
from rag.index.upkeep import has_library
from rag.llm import open_chat_model
from rag.settings import Settings, load_settings
from web.chatbots import Answering, Chatbots
from web.guard import is_loopback
from web.password import read_password
from web.server import bind, serve


class Start(StrEnum):
    """What a library is filled with before the page opens."""

    AS_IT_IS = "as it is"
    WITH_SAMPLES = "with samples"
    EMPTY = "empty"


SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "articles"


def run(
    library: Path | None, host: str, port: int, llm: str | None, *, start: Start, password_file: Path | None = None
) -> None:
    """Opens the library and serves the page until interrupted.

    Raises:
        GroundwireError: The address is taken, or the library, the model or the password cannot be had.
    """
    password = read_password(password_file) if password_file else None
    settings = load_settings(library=library, llm=llm)
    with bind(host, port) as listener:
        if not is_loopback(host) and password is None:
            print(
                f"groundwire: everyone who can reach {host} can ask, add and remove articles; "
                "--password-file FILE asks for a password.",
                file=sys.stderr,
            )
        is_default = settings.model_fields_set.isdisjoint({"library", "store"})
        serve(open_chatbots(settings, is_default=is_default, start=start), listener, host, password)


def open_chatbots(settings: Settings, *, is_default: bool, start: Start = Start.AS_IT_IS) -> Chatbots:
    """Chatbots over the library of the settings.

    Args:
        is_default: Nobody chose the library; when it does not exist, it is made from the samples.

    Raises:
        LibraryMissing: A chosen library does not exist.
        GroundwireError: The library or a model cannot be opened.
    """
    if start is Start.WITH_SAMPLES:
        add_samples(settings)
    try:
        first: Answering = open_chatbot(settings=settings)
    except LibraryMissing:
        if start is Start.EMPTY or has_library(settings.place):
            first = _empty_chatbot(settings)
        elif is_default and start is Start.AS_IT_IS:
            add_samples(settings)
            first = open_chatbot(settings=settings)
        else:
            raise
    return Chatbots(first, _reopened)


def _reopened(settings: Settings) -> Answering:
    try:
        return open_chatbot(settings=settings)
    except LibraryMissing:
        return _empty_chatbot(settings)


def _empty_chatbot(settings: Settings) -> Answering:
    """A chatbot over a library without articles, which `open_chatbot` refuses; the page fills it."""
    open_store(settings.place, create=True).close()
    library = Library(settings.place)
    embedder = open_embedder(settings.embedding_model)
    return Chatbot(library, settings, embedder, LexicalVerifier(library.idf), open_chat_model(settings))


def add_samples(settings: Settings) -> None:
    """Ingests the sample articles, with progress on the terminal."""
    print(f"Reading the sample articles into {settings.place} …", file=sys.stderr)
    report = ingest([SAMPLES], settings, progress=_print_progress)
    print(f"\r{report.articles} articles, {report.passages} passages.{' ' * 40}", file=sys.stderr)


def _print_progress(done: int, total: int, name: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {total}  {Path(name).name[:40]:<40}", end="", file=sys.stderr, flush=True)
