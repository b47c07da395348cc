"""`python -m rag search`: the passages found, and with --explain why. It loads no part of the chatbot."""

from __future__ import annotations

import argparse
from typing import Any

from rag.batch import BatchLine, batch_limits, read_batch
from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.question_time import Period
from rag.questions import check_filters, check_passages, check_question
from rag.records import Filters, Retrieved, retrieved_json
from rag.retrieval import Found, Retriever, open_retriever
from rag.settings import load_settings
from rag.terminal import origin, shorten
from rag.visible import visible

_COLUMNS = (
    ("cosine", "cosine"),
    ("dense_rank", "rank"),
    ("bm25", "BM25"),
    ("keyword_rank", "rank"),
    ("time", "time"),
    ("fused_rank", "fused rank"),
    ("coverage", "coverage"),
    ("reranker", "reranker"),
    ("part", "part"),
)

_ARTICLE = 40
"""Least width of the column of titles."""


def run(_name: str, arguments: argparse.Namespace) -> int:
    """Shows the passages found for one question, or for each of a batch; gives the exit code."""
    settings = load_settings(library=arguments.library)
    retriever = open_retriever(settings)
    filters = check_filters(filters_of(arguments), settings.max_filter_values)
    check_passages(arguments.k, settings.candidates)
    if arguments.batch is None:
        lines = [BatchLine(arguments.question)]
    else:
        lines = list(read_batch(arguments.batch, batch_limits(settings)))
    found_any = False
    for line in lines:
        question = check_question(line.question, settings.max_question_chars)
        found = _search(retriever, question, line, filters, arguments)
        found_any = found_any or bool(found.retrieved)
        if arguments.json:
            identity = {} if line.id is None else {"id": line.id}
            print_json({**identity, "question": line.question, **_document(found, explain=arguments.explain)})
        elif arguments.explain:
            _print_explained(found)
        else:
            _print_found(found)
    return DONE if found_any else NOTHING_USABLE


def filters_of(arguments: argparse.Namespace) -> Filters:
    """The filters that the command line asks for."""
    return Filters(
        outlets=tuple(arguments.outlet),
        authors=tuple(arguments.author),
        languages=tuple(arguments.language),
        since=arguments.since,
        until=arguments.until,
    )


def _search(
    retriever: Retriever, question: str, line: BatchLine, filters: Filters, arguments: argparse.Namespace
) -> Found:
    return retriever.search(question, filters=filters, date=line.date or arguments.date, k=arguments.k)


# ------------------------------------------------------------------ JSON
def _document(found: Found, *, explain: bool) -> dict[str, Any]:
    passages = retrieved_json(found.retrieved)
    if not explain:
        return {"retrieved": passages}
    for document, item in zip(passages, found.retrieved, strict=True):
        document["scores"] = dict(item.scores)
    parts = [
        {
            "question": part.question,
            "period": _period_json(part.period),
            "found": [
                {"rank": r.rank, "article_id": r.passage.article_id, "start": r.passage.start} for r in part.retrieved
            ],
        }
        for part in found.parts
    ]
    return {"period": _period_json(found.period), "parts": parts, "retrieved": passages}


def _period_json(period: Period | None) -> list[str] | None:
    return None if period is None else [period.first.isoformat(), period.last.isoformat()]


# ------------------------------------------------------------------ text for people
def _print_found(found: Found) -> None:
    for item in found.retrieved:
        head = item.article
        print(f"{item.rank:2}. {item.score:.3f}  {origin(head.outlet, head.published)}{visible(head.title)}")
        print(f"      {shorten(item.passage.text)}\n")


def _print_explained(found: Found) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    asked = [("", found.period), *((f"part {n}: {p.question}", p.period) for n, p in enumerate(found.parts, start=1))]
    for label, period in asked:
        if label:
            print(label)
        if period:
            print(f"time asked about: {period.first} to {period.last}")
    if not found.retrieved:
        return
    columns = [c for c in _COLUMNS if any(c[0] in item.scores for item in found.retrieved)]
    rows = [
        [str(item.rank), f"{item.score:.3f}", *(_cell(item, name) for name, _ in columns)] for item in found.retrieved
    ]
    table = Table(box=None, pad_edge=False)
    headings = ["", "score", *(heading for _, heading in columns)]
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, justify="right", no_wrap=True, min_width=width)
    table.add_column("article", no_wrap=True, overflow="ellipsis", min_width=_ARTICLE)
    for cells, item in zip(rows, found.retrieved, strict=True):
        head = item.article
        table.add_row(*cells, Text(shorten(f"{origin(head.outlet, head.published)}{head.title}", 90)))
    console = Console(highlight=False)
    console.width = max(console.width, sum(widths) + 2 * len(widths) + _ARTICLE)
    console.print(table)


def _cell(item: Retrieved, name: str) -> str:
    value = item.scores.get(name)
    if value is None:
        return "-"
    return f"{value:.0f}" if name == "part" or name.endswith("rank") else f"{value:.3f}"
