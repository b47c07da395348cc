"""questions.jsonl → gold.jsonl: every hand-picked quote gets its offsets in the cleaned article.

Run from the repository root: `python -m samples.build_gold`, or with `--check` to compare only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingest.articles import read_articles
from ingest.records import Skipped
from rag.errors import GoldSetError, GroundwireError
from rag.settings import Settings

HERE = Path(__file__).resolve().parent
ARTICLES, QUESTIONS, GOLD = HERE / "articles", HERE / "questions.jsonl", HERE / "gold.jsonl"

KEYS = {"id", "question", "answer", "answer_aliases", "tags", "quotes", "maybe_support", "question_date", "history"} | {
    "sides"
}
"""What a line of questions.jsonl may hold.

`quotes` is [{"in": [article ids], "text": a verbatim quote}]; `sides`, where articles disagree, is
[{"by": who says so, "value": a figure or null, "quotes": as above}], and its quotes are support as well.
"""


def article_texts(folder: Path) -> dict[str, str]:
    """Article id → cleaned text.

    Raises:
        GoldSetError: An article of the folder was skipped.
    """
    texts = {}
    for item in read_articles([folder], Settings()):
        if isinstance(item, Skipped):
            raise GoldSetError(f"{item.source} was skipped ({item.reason}); every sample article must be readable")
        texts[item.id] = item.text
    return texts


def build(questions: Iterable[Mapping[str, Any]], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Gold cases in the order of the questions.

    Raises:
        GoldSetError: A question is malformed, an id is used twice, or a quote is not found exactly once.
    """
    cases = [_case(question, texts) for question in questions]
    repeated = [name for name, times in Counter(case["id"] for case in cases).items() if times > 1]
    if repeated:
        raise GoldSetError(f"question id {repeated[0]} is used more than once; rename one")
    return cases


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def to_lines(cases: Iterable[Mapping[str, Any]]) -> str:
    """The gold file's text."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)


def _case(question: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    sides = [{**side, "quotes": _quotes(question["id"], side, texts)} for side in question.get("sides", [])]
    quotes = _quotes(question["id"], question, texts)
    quotes += [quote for side in sides for quote in side["quotes"] if quote not in quotes]
    support = list(dict.fromkeys(quote["article"] for quote in quotes))
    case = {
        "id": question["id"],
        "question": question["question"],
        "answer": question["answer"],
        "answer_aliases": question["answer_aliases"],
        "answerable": question["answer"] is not None,
        "support": support,
        "support_quotes": quotes,
        "maybe_support": question.get("maybe_support", []),
        **({"sides": sides} if sides else {}),
        **{key: question[key] for key in ("question_date", "history") if key in question},
        "tags": question["tags"],
    }
    _check(case, question, texts)
    return case


def _quotes(question_id: str, holder: Mapping[str, Any], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    wanted = [(article, quote["text"]) for quote in holder.get("quotes", []) for article in quote["in"]]
    return [_quote(question_id, article, text, texts) for article, text in wanted]


def _quote(question_id: str, article: str, text: str, texts: Mapping[str, str]) -> dict[str, Any]:
    if article not in texts:
        raise GoldSetError(f"question {question_id}: no article {article}; correct the id in questions.jsonl")
    times = texts[article].count(text)
    if times != 1:
        raise GoldSetError(f"question {question_id}: quote found {times} times in {article}, not once: {text!r}")
    start = texts[article].index(text)
    return {"article": article, "start": start, "end": start + len(text), "text": text}


def _check(case: Mapping[str, Any], question: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    problem = None
    if unknown := set(question) - KEYS:
        problem = f"unknown key {min(unknown)}"
    elif case["answerable"] != bool(case["support_quotes"]):
        problem = "an answer needs a quote, and a question without an answer has none"
    elif wrong := [a for a in case["maybe_support"] if a not in texts or a in case["support"]]:
        problem = f"maybe_support {wrong[0]} is no article or is support already"
    if problem:
        raise GoldSetError(f"question {case['id']}: {problem}")


def main(arguments: list[str] | None = None) -> int:
    """Writes or checks gold.jsonl. Exit codes: 0 done, 1 out of date, 3 an error in one line."""
    parser = argparse.ArgumentParser(prog="python -m samples.build_gold", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if gold.jsonl is out of date")
    options = parser.parse_args(arguments)
    try:
        cases = build(read_lines(QUESTIONS), article_texts(ARTICLES))
    except GroundwireError as error:
        print(error, file=sys.stderr)
        return 3
    if options.check:
        current = GOLD.exists() and GOLD.read_text(encoding="utf-8") == to_lines(cases)
        print("gold.jsonl is up to date" if current else "gold.jsonl is out of date: run python -m samples.build_gold")
        return 0 if current else 1
    GOLD.write_text(to_lines(cases), encoding="utf-8", newline="\n")
    print(f"{len(cases)} cases, {sum(not case['answerable'] for case in cases)} of them unanswerable")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
