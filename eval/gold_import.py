"""Sets of other tools → gold cases and, where the set brings its texts, articles to ingest.

* squad: `{"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "answers": [{"text",
  "answer_start"}], "is_impossible"?}]}]}]}` (Rajpurkar et al. 2016, 2018); a paragraph is an article.
* hotpotqa: a list of `{"_id", "question", "answer", "supporting_facts": [[title, sentence]], "context": [[title,
  [sentences]]]}` (Yang et al. 2018); a paragraph is an article, a supporting sentence a quote.
* beir: a folder with `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` (Thakur et al. 2021); it has no answers, so
  its cases measure retrieval only: `answer` is a placeholder, tagged "no-answer".
* ragas: JSON Lines with `user_input`, `reference`, `reference_contexts` (EvaluationDataset.to_jsonl); a reference
  context is an article.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.cases import GoldCase, Quote
from eval.lines import json_lines
from rag.errors import GoldSetError

NO_ANSWER = "(no answer given)"


@dataclass(slots=True)
class Imported:
    """What was read.

    Attributes:
        articles: Id → (title, text).
        skipped: Why a case could not be taken, one line each.
    """

    cases: list[GoldCase] = field(default_factory=list)
    articles: dict[str, tuple[str, str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def add_article(self, title: str, text: str, id: str | None = None) -> str:
        """Keep a text and give the id of its article, the same for the same text."""
        key = id or hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()[:12]
        self.articles[key] = (title, text)
        return key


def import_set(kind: str, path: Path) -> Imported:
    """Read a set of one of `FORMATS`.

    Raises:
        GoldSetError: It cannot be read, or is not of that format.
    """
    found = Imported()
    try:
        FORMATS[kind](path, found)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise GoldSetError(f"{path}: is not in the {kind} format ({type(error).__name__}: {error}).") from None
    except OSError as error:
        raise GoldSetError(f"{path}: cannot be read ({error}). Check the path.") from None
    if not found.cases:
        raise GoldSetError(f"{path}: holds no case that can be used ({len(found.skipped)} skipped).")
    return found


def _squad(path: Path, found: Imported) -> None:
    for entry in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in entry["paragraphs"]:
            article = found.add_article(entry.get("title") or "", paragraph["context"])
            for qa in paragraph["qas"]:
                _add_squad(qa, article, paragraph["context"], found)


def _add_squad(qa: Mapping[str, Any], article: str, context: str, found: Imported) -> None:
    if qa.get("is_impossible"):
        found.cases.append(GoldCase(qa["id"], qa["question"], answerable=False, tags=("squad", "unanswerable")))
        return
    answers = list(dict.fromkeys(a["text"] for a in qa["answers"]))
    quotes = [_quote(article, context, a["text"], a["answer_start"]) for a in qa["answers"][:1]]
    if not answers or None in quotes:
        found.skipped.append(f"{qa['id']}: has no answer, or one that is not at its offset")
        return
    found.cases.append(
        GoldCase(
            qa["id"], qa["question"], answerable=True, answer=answers[0], aliases=tuple(answers[1:]),
            support=(article,), quotes=tuple(q for q in quotes if q), tags=("squad",),
        )
    )  # fmt: skip


def _hotpotqa(path: Path, found: Imported) -> None:
    for row in json.loads(path.read_text(encoding="utf-8")):
        texts = {title: (" ".join(s.strip() for s in sentences), sentences) for title, sentences in row["context"]}
        ids = {title: found.add_article(title, text) for title, (text, _) in texts.items()}
        quotes = []
        for title, number in row["supporting_facts"]:
            if title in texts and number < len(texts[title][1]):
                text, sentence = texts[title][0], texts[title][1][number].strip()
                quotes.append(Quote(ids[title], text.index(sentence), text.index(sentence) + len(sentence), sentence))
        found.cases.append(
            GoldCase(
                row["_id"], row["question"], answerable=True, answer=row["answer"],
                support=tuple(dict.fromkeys(q.article for q in quotes)), quotes=tuple(quotes),
                tags=("hotpotqa", row.get("type") or "multi-hop"),
            )
        )  # fmt: skip


def _beir(path: Path, found: Imported) -> None:
    for _, document in json_lines(path / "corpus.jsonl"):
        found.add_article(document.get("title") or "", document["text"], document["_id"])
    relevant: dict[str, list[str]] = {}
    for line in (path / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document_id, score = line.split("\t")
        if int(score) > 0:
            relevant.setdefault(query, []).append(document_id)
    for _, query_line in json_lines(path / "queries.jsonl"):
        support = relevant.get(query_line["_id"])
        if support:
            found.cases.append(
                GoldCase(
                    query_line["_id"], query_line["text"], answerable=True, answer=NO_ANSWER,
                    support=tuple(support), tags=("beir", "no-answer"),
                )
            )  # fmt: skip


def _ragas(path: Path, found: Imported) -> None:
    for number, row in json_lines(path):
        contexts = row.get("reference_contexts") or []
        ids = [found.add_article("", text) for text in contexts]
        if not row.get("reference"):
            found.skipped.append(f"line {number}: has no reference answer")
            continue
        quotes = tuple(Quote(key, 0, len(text), text) for key, text in zip(ids, contexts, strict=True))
        found.cases.append(
            GoldCase(
                f"ragas-{number}", row["user_input"], answerable=True, answer=row["reference"],
                support=tuple(dict.fromkeys(ids)), quotes=quotes, tags=("ragas",),
            )
        )  # fmt: skip


def _quote(article: str, text: str, answer: str, start: int) -> Quote | None:
    return Quote(article, start, start + len(answer), answer) if text[start : start + len(answer)] == answer else None


FORMATS: Mapping[str, Callable[[Path, Imported], None]] = {
    "squad": _squad, "hotpotqa": _hotpotqa, "beir": _beir, "ragas": _ragas,
}  # fmt: skip


def article_lines(found: Imported) -> Iterator[dict[str, str]]:
    """The articles as lines that `python -m ingest` reads."""
    for key, (title, text) in found.articles.items():
        yield {"id": key, "title": title or text[:60], "text": text}
