"""Fits and measures the model that decides whether the articles answer a question.

    python benchmarks/answerability.py            cross-validated figures, nothing is changed
    python benchmarks/answerability.py --write    also writes rag/answerability.json

Training rows: news-dev's answerable and unanswerable questions; the same answerable ones with their
supporting articles taken away (half weight: some have support nobody found); and, for questions that share
fewer words with the text, 500 Natural Questions with and without their passage. Figures are for questions
outside the fold that was fitted on. Needs ../shared/data; libraries are kept in --work and used again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from eval.metrics.normalising import canonical_tokens, contains  # noqa: E402
from ingest.indexing import ingest  # noqa: E402
from rag.answerability import FEATURES, features  # noqa: E402
from rag.chatbot import Chatbot, open_chatbot  # noqa: E402
from rag.extraction import score_sentences  # noqa: E402
from rag.records import Retrieved  # noqa: E402
from rag.selection import choose_sentences  # noqa: E402
from rag.settings import load_settings  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
NQ_QUESTIONS = 500
LARGEST_K = 40
"""Passages retrieved before the supporting articles are taken away, so that enough are left."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question with what was found for it."""

    question_id: str
    features: tuple[float, ...]
    kind: str  # "answerable", "unanswerable" or "support removed"
    correct: bool


def main() -> int:
    arguments = _arguments()
    if not DATA.is_dir():
        print(f"{DATA} is absent: nothing to fit on", file=sys.stderr)
        return 1
    rows = {"news-dev": list(_rows(_news_library(arguments.work), _lines(DATA / "news-dev" / "gold.jsonl")))}
    rows["nq"] = list(_rows(*_nq(arguments.work)))
    for name, measured in rows.items():
        _report(name, measured, _out_of_fold(rows, name))
    if arguments.write:
        _write(rows)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("runs/answerability"), help="where libraries are kept")
    parser.add_argument("--write", action="store_true", help="write rag/answerability.json")
    return parser.parse_args()


# ------------------------------------------------------------------ data
def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _news_library(work: Path) -> Chatbot:
    settings = load_settings(library=work / "news-dev", llm="none")
    ingest([DATA / "news-dev" / "articles.jsonl.gz"], settings)
    return open_chatbot(settings=settings)


def _nq(work: Path) -> tuple[Chatbot, list[dict[str, Any]]]:
    lines = _lines(DATA / "reader" / "nq-oracle.jsonl")
    ids = {passage: f"nq{n}" for n, passage in enumerate(dict.fromkeys(line["passage"] for line in lines))}
    titles = {line["passage"]: line["title"] for line in lines}
    articles = work / "nq.jsonl"
    articles.parent.mkdir(parents=True, exist_ok=True)
    articles.write_text("".join(json.dumps({"id": i, "title": titles[p], "text": p}) + "\n" for p, i in ids.items()))
    settings = load_settings(library=work / "nq", llm="none")
    ingest([articles], settings)
    chosen = random.Random(1).sample(lines, NQ_QUESTIONS)
    cases = [
        {
            "id": str(line["id"]),
            "question": line["question"],
            "answer": line["answers"][0],
            "answer_aliases": line["answers"][1:],
            "answerable": True,
            "support": [ids[line["passage"]]],
        }
        for line in chosen
    ]
    return open_chatbot(settings=settings), cases


def _rows(bot: Chatbot, cases: list[dict[str, Any]]) -> Iterator[Row]:
    for case in cases:
        found = bot.retriever.retrieve(case["question"], date=case.get("question_date"), k=LARGEST_K)
        if not case["answerable"]:
            yield from _row(bot, case, found, "unanswerable")
            continue
        yield from _row(bot, case, found, "answerable")
        support = {*case["support"], *(case.get("maybe_support") or ())}
        yield from _row(bot, case, [r for r in found if r.article.id not in support], "support removed")


def _row(bot: Chatbot, case: dict[str, Any], found: Any, kind: str) -> Iterator[Row]:
    top: list[Retrieved] = list(found)[: bot.settings.top_k]
    scored = score_sentences(case["question"], top, bot.embedder, bot.library.idf)
    values = features(case["question"], scored, top, bot.library.idf)
    if values is not None:
        chosen = choose_sentences(case["question"], scored, bot.library.idf, bot.settings.max_sentences)
        text = " ".join(s.text for s in chosen)
        yield Row(case["id"], values, kind, kind == "answerable" and _holds(text, case))


def _holds(text: str, case: dict[str, Any]) -> bool:
    answers = [case["answer"], *(case.get("answer_aliases") or ())]
    return any(contains(canonical_tokens(text), canonical_tokens(answer)) for answer in answers if answer)


# ------------------------------------------------------------------ fitting
def _weights(rows: list[Row]) -> np.ndarray[Any, Any]:
    """Answerable and not weigh the same; a removed support counts half beside questions known unanswerable."""
    half = 0.5 if any(r.kind == "unanswerable" for r in rows) else 1.0
    weights = np.array([half if r.kind == "support removed" else 1.0 for r in rows])
    labels = np.array([r.kind == "answerable" for r in rows])
    for label in (True, False):
        weights[labels == label] *= min(len(rows), 300) / weights[labels == label].sum()
    return weights


def _fit(rows: dict[str, list[Row]]) -> tuple[np.ndarray[Any, Any], float]:
    every = [row for of_set in rows.values() for row in of_set]
    weights = np.concatenate([_weights(of_set) for of_set in rows.values()])
    scaler = StandardScaler().fit([r.features for r in every])
    model = LogisticRegression(C=0.2, max_iter=1000)
    model.fit(scaler.transform([r.features for r in every]), [r.kind == "answerable" for r in every], weights)
    slopes = model.coef_[0] / scaler.scale_
    return slopes, float(model.intercept_[0] - slopes @ scaler.mean_)


def _out_of_fold(rows: dict[str, list[Row]], name: str) -> np.ndarray[Any, Any]:
    measured = rows[name]
    kinds, groups = [r.kind for r in measured], [r.question_id for r in measured]
    probabilities = np.zeros(len(measured))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(kinds, kinds, groups)
    for fitted_on, held_out in folds:
        slopes, bias = _fit({**rows, name: [measured[i] for i in fitted_on]})
        logits = np.array([measured[i].features for i in held_out]) @ slopes + bias
        probabilities[held_out] = 1 / (1 + np.exp(-logits))
    return probabilities


def _report(name: str, rows: list[Row], probabilities: np.ndarray[Any, Any]) -> None:
    kinds = np.array([r.kind for r in rows])
    correct = np.array([r.correct for r in rows])
    answerable = kinds == "answerable"
    for negative in sorted(set(kinds) - {"answerable"}):
        pair = answerable | (kinds == negative)
        auc = roc_auc_score(answerable[pair], probabilities[pair])
        brier = brier_score_loss(answerable[pair], probabilities[pair])
        print(
            f"{name}: answerable ({answerable.sum()}) against {negative} ({(kinds == negative).sum()}): "
            f"AUC {auc:.3f}, Brier {brier:.3f}"
        )
    real = kinds != "support removed" if "unanswerable" in kinds else kinds != ""
    for low, high in pairwise((0.0, 0.2, 0.4, 0.6, 0.8, 1.0)):
        inside = real & (probabilities >= low) & (probabilities < high + (high == 1.0))
        if inside.any():
            share, mean = answerable[inside].mean(), probabilities[inside].mean()
            print(f"  {low:.1f}-{high:.1f}: {inside.sum():3} questions, answerable {share:.2f}, estimated {mean:.2f}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        passed = probabilities >= threshold
        shares = ", ".join(f"{kind} answered {passed[kinds == kind].mean():.2f}" for kind in sorted(set(kinds)))
        print(f"  from {threshold:.1f}: {shares}; right {(passed & correct)[answerable].mean():.3f} of answerable")


def _write(rows: dict[str, list[Row]]) -> None:
    slopes, bias = _fit(rows)
    fitted = {
        "fitted_by": "benchmarks/answerability.py --write",
        "fitted_on": {name: len(of_set) for name, of_set in rows.items()},
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, slopes, strict=True)},
    }
    target = ROOT / "rag" / "answerability.json"
    target.write_text(json.dumps(fitted, indent=2) + "\n")
    print(f"wrote {target}")


if __name__ == "__main__":
    sys.exit(main())
