"""A finished run → files of other tools."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from eval.cases import GoldCase, load_cases
from eval.evidence import gather
from eval.judgements import Judgement
from eval.metrics.catalog import METRICS
from eval.metrics.retrieval import gold_stories, ranked_stories
from eval.report import read_report
from eval.support import Support
from eval.transcripts import TranscriptFile
from rag.answer_records import Answer
from rag.errors import RunError

GOLD_NAME = "gold.jsonl"
"""The copy of the gold cases in a run directory."""

Pair = tuple[GoldCase, Answer]


def export_run(run: Path, kind: str, out: Path) -> list[str]:
    """Write a run as "trec", "ragas" or "csv" and return the paths.

    * trec: `run.txt` and `qrels.txt`, ranked as the metrics rank (stories, `maybe_support` taken out).
    * ragas: `ragas.jsonl` with the fields of Ragas' SingleTurnSample, answered cases only.
    * csv: `cases.csv`, a row per case, a column per metric; "unscored" and "n/a" are written out.

    Raises:
        RunError: The run is not finished, or the directory cannot be written to.
    """
    texts = {"trec": _trec, "ragas": _ragas, "csv": _csv}[kind](run)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (out / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise RunError(f"{out}: cannot be written ({error}). Choose another --out.") from None
    return [str(out / name) for name in texts]


def _answered(run: Path) -> list[Pair]:
    report = read_report(run)
    transcripts = TranscriptFile(run, report["facts"]["run_key"])
    kept = {case["id"] for case in report["cases"]}
    cases = [case for case in load_cases(run / GOLD_NAME) if case.id in kept]
    found = [(case, transcripts.answered(case)) for case in cases]
    return [(case, transcript.answer) for case, transcript in found if transcript and transcript.answer]


def _trec(run: Path) -> dict[str, str]:
    ranking, relevant = [], []
    for case, answer in _answered(run):
        evidence = gather(case, answer, Support(case.support), Judgement("none", ()), None, 0.0)
        query = "_".join(case.id.split())
        for rank, story in enumerate(ranked_stories(evidence), start=1):
            ranking.append(f"{query} Q0 {story} {rank} {1 / rank:.6f} groundwire\n")
        relevant += [f"{query} 0 {story} 1\n" for story in gold_stories(evidence)]
    return {"run.txt": "".join(ranking), "qrels.txt": "".join(relevant)}


def _ragas(run: Path) -> dict[str, str]:
    rows = [
        {
            "user_input": case.question,
            "response": answer.answer,
            "retrieved_contexts": [r.passage.text for r in answer.retrieved],
            "reference": case.answer,
            "reference_contexts": [q.text for q in case.quotes],
        }
        for case, answer in _answered(run)
    ]
    return {"ragas.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)}


def _csv(run: Path) -> dict[str, str]:
    names = [metric.name for metric in METRICS]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["id", "question", "answerable", "method", "error", "answer", *names])
    for case in read_report(run)["cases"]:
        texts = [_inert(case[key]) for key in ("id", "question")]
        rest = [case["answerable"], case["method"] or "", _inert(case["error"]), _inert(case["answer"])]
        writer.writerow([*texts, *rest, *(_cell(case["outcomes"].get(name, {})) for name in names)])
    return {"cases.csv": buffer.getvalue()}


def _cell(outcome: dict[str, object]) -> object:
    if "value" in outcome:
        return outcome["value"]
    return "unscored" if "unscored" in outcome else "n/a"


def _inert(text: str | None) -> str:
    """Text that no spreadsheet takes for a formula."""
    plain = text or ""
    return f"'{plain}" if plain[:1] in tuple("=+-@\t\r") and plain else plain
