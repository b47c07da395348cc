"""Pairs of answers that people compared x judge → how the claim metrics order them.

The meta-evaluation of RAGChecker (Ru et al., NeurIPS 2024, section 4): a JSON list of `{"instance_id", "dataset",
"query", "gt_answer", "model1": {"response"}, "model2": {"response"}, "correctness_label", "completeness_label",
"overall_label"}`, labels from -2 (the first answer is better) to 2; each pair twice, by two people. Claim precision
stands for correctness, recall for completeness, F1 for overall, each as second less first answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import GoldCase
from eval.claims import ClaimCheck, Splitter, check_claims, split_by_sentence
from eval.judges.judge import Judge
from eval.metrics import claims as formulas
from eval.outcomes import Scored
from eval.statistics import Interval, bootstrap
from rag.answer_records import Answer, Method, Sentence, VerdictState
from rag.errors import GoldSetError

ASPECTS = {"correctness": formulas.precision, "completeness": formulas.recall, "overall": formulas.f1}


@dataclass(frozen=True, slots=True)
class HumanPair:
    """Two answers to one question; `labels` holds every person's -2..2 for each aspect."""

    id: str
    question: str
    gold: str
    first: str
    second: str
    labels: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson and Spearman (-1..1) over all labels; the interval resamples pairs. None where nothing varies."""

    pearson: float | None
    spearman: float | None
    pearson_interval: Interval | None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """One judge's claim metrics against people's preferences.

    Attributes:
        unscored: Pairs with a verdict that the judge could not give; they are in none of the figures.
    """

    judge: str
    file: str
    pairs: int
    unscored: int
    aspects: Mapping[str, Correlation]


def load_pairs(path: Path) -> list[HumanPair]:
    """The pairs of a file, the labels of all its people together.

    Raises:
        GoldSetError: It cannot be read or has another format.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        grouped: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            grouped.setdefault(str(row["instance_id"]), []).append(row)
        return [_pair(key, group) for key, group in grouped.items()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GoldSetError(f"{path}: is no list of compared answers ({type(error).__name__}: {error}).") from None


def check_pairs(
    judge: Judge, pairs: Sequence[HumanPair], file: str = "", *, splitter: Splitter = split_by_sentence, seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> PairAgreement:  # fmt: skip
    """Score both answers of every pair and correlate the differences with the labels."""
    differences: list[dict[str, float]] = []
    kept = []
    for done, pair in enumerate(pairs, start=1):
        values = [_values(pair, text, judge, splitter) for text in (pair.first, pair.second)]
        if values[0] and values[1]:
            differences.append({aspect: values[1][aspect] - values[0][aspect] for aspect in ASPECTS})
            kept.append(pair)
        if progress:
            progress(done, len(pairs))
    aspects = {
        aspect: _correlation([d[aspect] for d in differences], [p.labels[aspect] for p in kept], seed)
        for aspect in ASPECTS
    }
    return PairAgreement(judge.name, file, len(pairs), len(pairs) - len(kept), aspects)


def _pair(key: str, rows: Sequence[Mapping[str, Any]]) -> HumanPair:
    labels = {aspect: tuple(int(row[f"{aspect}_label"]) for row in rows) for aspect in ASPECTS}
    first = rows[0]
    responses = (first["model1"]["response"], first["model2"]["response"])
    return HumanPair(key, first["query"], first["gt_answer"], *responses, labels)


def _values(pair: HumanPair, text: str, judge: Judge, splitter: Splitter) -> dict[str, float]:
    """Aspect → value; empty when something could not be judged. An answer without claims is 0."""
    case = GoldCase(pair.id, pair.question, answerable=True, answer=pair.gold)
    said = (Sentence(text, (), VerdictState.UNCHECKED, 0.0, shown=True),)
    found: ClaimCheck = check_claims(
        case, Answer(pair.question, pair.question, text, Method.GENERATED, sentences=said), judge, splitter
    )
    if found.unclear:
        return {}
    outcomes = {aspect: formula(found) for aspect, formula in ASPECTS.items()}
    return {aspect: o.value if isinstance(o, Scored) else 0.0 for aspect, o in outcomes.items()}


def _correlation(differences: Sequence[float], labels: Sequence[tuple[int, ...]], seed: int) -> Correlation:
    import numpy as np
    from scipy import stats

    rows = [(d, float(label)) for d, given in zip(differences, labels, strict=True) for label in given]
    x, y = [d for d, _ in rows], [label for _, label in rows]
    if len(set(x)) < 2 or len(set(y)) < 2:
        return Correlation(None, None, None)
    means, people = np.array(differences), [np.array(given, dtype=float) for given in labels]

    def resampled(indices: Any) -> Any:
        flat = indices.reshape(-1, indices.shape[-1])
        return np.array([_pearson(means, people, row) for row in flat]).reshape(indices.shape[:-1])

    interval = bootstrap(len(people), resampled, method="percentile", seed=seed, resamples=999)
    return Correlation(float(stats.pearsonr(x, y).statistic), float(stats.spearmanr(x, y).statistic), interval)


def _pearson(differences: Any, labels: Sequence[Any], picked: Any) -> float:
    import numpy as np

    x = np.concatenate([np.full(len(labels[i]), differences[i]) for i in picked])
    y = np.concatenate([labels[i] for i in picked])
    return float(np.corrcoef(x, y)[0, 1])
