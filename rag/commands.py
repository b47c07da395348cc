"""What each command of `python -m rag` does, once its arguments are parsed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rag.answer_text import answer_text
from rag.batch import BatchLine, batch_limits, read_batch
from rag.chatbot import Chatbot, open_chatbot
from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.errors import GroundwireError, LibraryError
from rag.index.health import check_library, repair_library
from rag.index.opening import open_store
from rag.index.removal import remove_articles
from rag.index.store import Store
from rag.records import Filters
from rag.search_command import filters_of
from rag.settings import Settings, load_settings
from rag.terminal import origin
from rag.visible import visible


def run(name: str, arguments: argparse.Namespace) -> int:
    """Runs the command of that name; gives its exit code."""
    return _COMMANDS[name](arguments)


def ask(arguments: argparse.Namespace) -> int:
    """Answers one question, or each of a batch."""
    bot = _open_chatbot(arguments)
    filters = filters_of(arguments)
    if arguments.batch is None:
        answer = bot.ask(arguments.question, date=arguments.date, filters=filters)
        if arguments.json:
            print_json(answer.to_json())
        else:
            print(visible(answer_text(answer)))
        return DONE
    failed = False
    for line in list(read_batch(arguments.batch, batch_limits(bot.settings))):
        document = _answer_line(bot, line, arguments.date, filters)
        failed = failed or "error" in document
        print_json(document)
    return NOTHING_USABLE if failed else DONE


def article(arguments: argparse.Namespace) -> int:
    """Shows a stored article."""
    found = _open_store(arguments).article(arguments.id)
    if found is None:
        raise LibraryError(f"no article {arguments.id!r} in this library. `python -m rag search` shows ids.")
    if arguments.json:
        fields = {name: getattr(found, name) for name in type(found).__dataclass_fields__}
        print_json({**fields, "provenance": dict(found.provenance)})
    else:
        print(visible(f"{found.title}\n{origin(found.outlet, found.published)}{found.url or ''}\n\n{found.text}"))
    return DONE


def library(arguments: argparse.Namespace) -> int:
    """Counts, models, generation and health."""
    store = _open_store(arguments)
    findings = check_library(store)
    articles, passages, stories = store.counts()
    facts = {
        "library": str(store.place),
        "articles": articles,
        "passages": passages,
        "stories": stories,
        "generation": store.generation,
        "embedding_model": store.embedding_model,
        "healthy": not findings,
        "findings": [{"part": f.part, "problem": f.problem} for f in findings],
    }
    if arguments.json:
        print_json(facts)
    else:
        for name, value in facts.items():
            print(visible(f"{name:16} {value}"))
    return DONE


def doctor(arguments: argparse.Namespace) -> int:
    """Checks a library thoroughly and rebuilds what is damaged."""
    found, left = repair_library(_settings(arguments).place)
    documents = [[{"part": f.part, "problem": f.problem} for f in findings] for findings in (found, left)]
    if arguments.json:
        print_json({"healthy": not left, "found": documents[0], "left": documents[1]})
    else:
        for finding in found:
            print(f"{finding.part}: {finding.problem}{'' if finding in left else ' (repaired)'}")
        print("the library is sound" if not left else "damaged beyond repair: ingest the articles into a new library")
    return DONE if not left else NOTHING_USABLE


def remove(arguments: argparse.Namespace) -> int:
    """Removes articles by id and says which of them there were."""
    removed = remove_articles(arguments.names, _settings(arguments).place)
    unknown = [id for id in arguments.names if id not in removed]
    if arguments.json:
        print_json({"removed": removed, "unknown": unknown})
    else:
        for outcome, ids in (("removed", removed), ("not in this library", unknown)):
            for id in ids:
                print(f"{outcome}: {id}")
    return DONE if removed else NOTHING_USABLE


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "ask": ask,
    "article": article,
    "library": library,
    "doctor": doctor,
    "remove": remove,
}


# ------------------------------------------------------------------ input
def _answer_line(bot: Chatbot, line: BatchLine, date: str | None, filters: Filters) -> dict[str, Any]:
    """The answer's document; one with "error" when this question could not be answered."""
    try:
        answer = bot.ask(line.question, history=line.history, date=line.date or date, filters=filters)
    except GroundwireError as error:
        return {"schema": 1, "id": line.id, "question": line.question, "error": str(error)}
    return (answer if line.id is None else answer.with_id(str(line.id))).to_json()


def _settings(arguments: argparse.Namespace) -> Settings:
    overrides = {name: getattr(arguments, name, None) for name in ("library", "llm", "policy")}
    return load_settings(**overrides)


def _open_store(arguments: argparse.Namespace) -> Store:
    return open_store(_settings(arguments).place)


def _open_chatbot(arguments: argparse.Namespace) -> Chatbot:
    return open_chatbot(settings=_settings(arguments))
