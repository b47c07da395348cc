"""What each command of `python -m rag` does, once its arguments are parsed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rag.answer_records import Answer
from rag.batch import BatchLine, read_batch
from rag.chatbot import Chatbot, check_question, open_chatbot
from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.errors import GroundwireError, LibraryError
from rag.index.health import check_library, repair_library
from rag.index.removal import remove_articles
from rag.index.store import Store
from rag.records import Filters, retrieved_json
from rag.settings import Settings, load_settings


def run(name: str, arguments: argparse.Namespace) -> int:
    """Runs the command of that name; gives its exit code."""
    return _COMMANDS[name](arguments)


def ask(arguments: argparse.Namespace) -> int:
    """Answers one question, or each of a batch."""
    bot = _open_chatbot(arguments)
    filters = _filters(arguments)
    if arguments.batch is None:
        answer = bot.ask(arguments.question, date=arguments.date, filters=filters)
        if arguments.json:
            print_json(answer.to_json())
        else:
            print(answer_text(answer))
        return DONE
    failed = False
    for line in list(read_batch(arguments.batch)):
        document = _answer_line(bot, line, arguments.date, filters)
        failed = failed or "error" in document
        print_json(document)
    return NOTHING_USABLE if failed else DONE


def search(arguments: argparse.Namespace) -> int:
    """Shows the passages found for one question, or for each of a batch."""
    arguments.llm, arguments.policy = "none", None
    bot = _open_chatbot(arguments)
    lines = [BatchLine(arguments.question)] if arguments.batch is None else list(read_batch(arguments.batch))
    found_any = False
    for line in lines:
        found = bot.retriever.retrieve(
            check_question(line.question, bot.settings.max_question_chars),
            filters=_filters(arguments),
            date=line.date or arguments.date,
            k=arguments.k,
        )
        found_any = found_any or bool(found)
        if arguments.json:
            identity = {} if line.id is None else {"id": line.id}
            print_json({**identity, "question": line.question, "retrieved": retrieved_json(found)})
        else:
            for item in found:
                head = item.article
                print(f"{item.rank:2}. {item.score:.3f}  {_origin(head.outlet, head.published)}{head.title}")
                print(f"      {_shorten(item.passage.text)}\n")
    return DONE if found_any else NOTHING_USABLE


def article(arguments: argparse.Namespace) -> int:
    """Shows a stored article."""
    found = _open_store(arguments).article(arguments.id)
    if found is None:
        raise LibraryError(f"no article {arguments.id!r} in this library. `python -m rag search` shows ids.")
    if arguments.json:
        fields = {name: getattr(found, name) for name in type(found).__dataclass_fields__}
        print_json({**fields, "provenance": dict(found.provenance)})
    else:
        print(f"{found.title}\n{_origin(found.outlet, found.published)}{found.url or ''}\n\n{found.text}")
    return DONE


def library(arguments: argparse.Namespace) -> int:
    """Counts, models, generation and health."""
    store = _open_store(arguments)
    findings = check_library(store)
    articles, passages, stories = store.counts()
    facts = {
        "library": str(store.directory),
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
            print(f"{name:16} {value}")
    return DONE


def doctor(arguments: argparse.Namespace) -> int:
    """Checks a library thoroughly and rebuilds what is damaged."""
    found, left = repair_library(_settings(arguments).library)
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
    directory = _settings(arguments).library
    removed = remove_articles(arguments.ids, directory)
    unknown = [id for id in arguments.ids if id not in removed]
    if arguments.json:
        print_json({"removed": removed, "unknown": unknown})
    else:
        for outcome, ids in (("removed", removed), ("not in this library", unknown)):
            for id in ids:
                print(f"{outcome}: {id}")
    return DONE if removed else NOTHING_USABLE


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "ask": ask,
    "search": search,
    "article": article,
    "library": library,
    "doctor": doctor,
    "remove": remove,
}


# ------------------------------------------------------------------ text for people
def answer_text(answer: Answer) -> str:
    """An answer with its sources, as the terminal shows it."""
    lines = [answer.text, ""]
    for citation in answer.citations:
        lines.append(f"[{citation.marker}] {_origin(citation.outlet, citation.published)}{citation.title}")
        lines.append(f"    “{_shorten(citation.quote, 300)}”")
        if citation.also_in:
            lines.append("    also in: " + ", ".join(copy.outlet or copy.article_id for copy in citation.also_in))
    lines += [f"withheld: {s.text} ({s.why})" for s in answer.withheld]
    if answer.abstained and not answer.citations:
        lines += [
            f"closest: {_origin(r.article.outlet, r.article.published)}{r.article.title}" for r in answer.retrieved[:3]
        ]
    if not answer.complete and answer.reason:
        lines.append(answer.reason)
    return "\n".join(lines).rstrip()


def _origin(outlet: str | None, published: str | None) -> str:
    known = [part for part in (outlet, published) if part]
    return f"{', '.join(known)}: " if known else ""


def _shorten(text: str, most: int = 160) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1].rsplit(" ", 1)[0] + "…"


# ------------------------------------------------------------------ input
def _answer_line(bot: Chatbot, line: BatchLine, date: str | None, filters: Filters) -> dict[str, Any]:
    """The answer's document; one with "error" when this question could not be answered."""
    try:
        answer = bot.ask(line.question, history=line.history, date=line.date or date, filters=filters)
    except GroundwireError as error:
        return {"schema": 1, "id": line.id, "question": line.question, "error": str(error)}
    return (answer if line.id is None else answer.with_id(str(line.id))).to_json()


def _filters(arguments: argparse.Namespace) -> Filters:
    return Filters(outlets=tuple(arguments.outlet), since=arguments.since, until=arguments.until)


def _settings(arguments: argparse.Namespace) -> Settings:
    overrides = {name: getattr(arguments, name, None) for name in ("library", "llm", "policy")}
    return load_settings(**overrides)


def _open_store(arguments: argparse.Namespace) -> Store:
    return Store(_settings(arguments).library)


def _open_chatbot(arguments: argparse.Namespace) -> Chatbot:
    return open_chatbot(settings=_settings(arguments))
