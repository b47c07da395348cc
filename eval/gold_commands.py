"""What `check`, `draft` and `import` of `python -m eval` do."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from eval.cases import case_json, load_cases
from eval.drafting import draft_cases
from eval.gold_check import check_gold
from eval.gold_import import article_lines, import_set
from rag.chatbot import open_chatbot
from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.errors import RunError
from rag.index.library import open_library
from rag.llm import open_chat_model
from rag.settings import load_settings


def check(arguments: argparse.Namespace) -> int:
    """`check`: faults and doubts of a gold set; 1 when there is a fault."""
    cases = load_cases(arguments.gold)
    chatbot = open_chatbot(arguments.library, llm="none") if arguments.library else None
    findings = check_gold(cases, chatbot)
    levels = Counter(finding.level for finding in findings)
    if arguments.json:
        print_json({"schema": 1, "cases": len(cases), "findings": [asdict(finding) for finding in findings]})
    else:
        console = Console(soft_wrap=True)
        for finding in findings:
            style = "red" if finding.level == "error" else "yellow"
            console.print(f"{finding.level}: {finding.case_id}: {finding.text}", style=style, markup=False)
            if finding.passage:
                console.print(f"    {' '.join(finding.passage.split())}", style="dim", markup=False)
        console.print(f"{len(cases)} cases: {levels['error']} errors, {levels['warning']} warnings", markup=False)
    return NOTHING_USABLE if levels["error"] else DONE


def draft(arguments: argparse.Namespace) -> int:
    """`draft`: proposed cases, one JSON line each."""
    settings = load_settings(library=arguments.library, llm=arguments.llm or "none")
    library = open_library(settings.place)
    articles = [article for head in library.heads() if (article := library.article(head.id))]
    drafts = draft_cases(articles, arguments.count, open_chat_model(settings), seed=arguments.seed)
    _write_lines(arguments.out, (d.to_json() for d in drafts))
    return _told(arguments, {"drafts": len(drafts), "file": str(arguments.out)})


def import_(arguments: argparse.Namespace) -> int:
    """`import`: a set of another tool as gold.jsonl and articles.jsonl."""
    found = import_set(arguments.source, arguments.path)
    gold, articles = arguments.out / "gold.jsonl", arguments.out / "articles.jsonl"
    _write_lines(gold, (case_json(case) for case in found.cases))
    _write_lines(articles, article_lines(found))
    counts = {"cases": len(found.cases), "articles": len(found.articles), "skipped": found.skipped}
    return _told(arguments, {**counts, "files": [str(gold), str(articles)]})


def _told(arguments: argparse.Namespace, document: Mapping[str, Any]) -> int:
    if arguments.json:
        print_json({"schema": 1, **document})
    else:
        for name, value in document.items():
            print(f"{name}: {', '.join(value) or 'none' if isinstance(value, list) else value}")
    return DONE if document.get("drafts", document.get("cases")) else NOTHING_USABLE


def _write_lines(path: Path, documents: Iterable[Mapping[str, Any]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error}). Choose another --out.") from None
