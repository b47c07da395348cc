"""The question sets on which finding the right article is measured, and the libraries they are asked of."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.sets.paraphrased import load_paraphrased  # noqa: E402
from eval.cases import GoldCase, load_cases  # noqa: E402
from ingest.indexing import ingest  # noqa: E402
from rag.settings import load_settings  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
NQ_FILE = DATA / "reader" / "nq-oracle.jsonl"
NQ_QUESTIONS = 500


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Answerable questions about the articles of a library.

    Attributes:
        library: Name of the library; sets may share one.
        note: What a reader of its figures has to know.
    """

    name: str
    library: str
    load: Callable[[], list[GoldCase]]
    note: str


def _news(name: str) -> list[GoldCase]:
    return load_cases(DATA / name / "gold.jsonl")


def _news_large() -> list[GoldCase]:
    tuned_on = {case.question for name in ("news-dev", "news-small") for case in _news(name)}
    return [case for case in _news("news-large") if case.question not in tuned_on]


def nq_rows() -> list[dict[str, object]]:
    """The lines of the Natural Questions file, each with the id of its passage as `article`."""
    rows = [json.loads(line) for line in NQ_FILE.read_text(encoding="utf-8").splitlines()]
    ids: dict[str, str] = {}
    for row in rows:
        row["article"] = ids.setdefault(row["passage"], f"nq{len(ids)}")
    return rows


def _nq() -> list[GoldCase]:
    drawn = random.Random(1).sample(nq_rows(), NQ_QUESTIONS)
    return [
        GoldCase(
            id=str(row["id"]),
            question=str(row["question"]),
            answerable=True,
            answer=str(row["answers"][0]),  # type: ignore[index]
            support=(str(row["article"]),),
        )
        for row in drawn
    ]


SETS = {
    s.name: s
    for s in (
        QuestionSet("news-small", "news-small", lambda: _news("news-small"), "25 questions: for a quick look only"),
        QuestionSet("news-dev", "news-dev", lambda: _news("news-dev"), "the weights were chosen on these questions"),
        QuestionSet("paraphrased", "news-dev", load_paraphrased, "questions in other words than the articles'"),
        QuestionSet("nq", "nq", _nq, f"Natural Questions, {NQ_QUESTIONS} of them, one Wikipedia passage each"),
        QuestionSet("news-large", "news-large", _news_large, "without the questions of news-dev and news-small"),
    )
}
BIG = frozenset({"news-large"})
"""Libraries that take hours to make; they are measured when they are there."""


def answerable(cases: Sequence[GoldCase]) -> list[GoldCase]:
    """Those with an article to find."""
    return [case for case in cases if case.answerable and case.support]


def make_library(name: str, directory: Path, scratch: Path) -> None:
    """Ingests the articles of a library by name; at once when nothing has changed."""
    ingest([_articles(name, scratch)], load_settings(library=directory))


def _articles(name: str, scratch: Path) -> Path:
    if name != "nq":
        return next((DATA / name).glob("articles.jsonl*"))
    file = scratch / "nq.jsonl"
    articles = {row["article"]: (row["title"], row["passage"]) for row in nq_rows()}
    lines = ({"id": id, "title": title, "text": text, "outlet": "Wikipedia"} for id, (title, text) in articles.items())
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return file
