"""Human labels x judge → agreement: may this judge be trusted, and how far?

Reads three formats, one JSON object per line, plain or .gz/.xz:

* `{"claim", "source" (text or list of texts), "label"}`
* QAGS: `{"source", "claim_sentences": [{"text", "label"}]}` (Wang et al., ACL 2020)
* WiCE: `{"claim", "evidence_sentences", "label"}` (Kamoi et al., EMNLP 2023)

Labels are 1/0, true/false, or supported / partially_supported / not_supported; partly is not supported.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.judges.judge import Judge, JudgeVerdict
from eval.lines import json_lines
from eval.statistics import Interval, bootstrap
from rag.errors import GoldSetError

_LABELS = {
    1: True, 0: False, "1": True, "0": False, "yes": True, "no": False,
    "supported": True, "partially_supported": False, "not_supported": False, "unsupported": False,
}  # fmt: skip
_PAGE_NOISE = re.compile(r"^\(meta data\) TITLE:\s*|^#+\s*")


@dataclass(frozen=True, slots=True)
class HumanLabel:
    """One claim that a person judged. `article` is the same for claims on one source."""

    claim: str
    source: str
    supported: bool
    article: str


@dataclass(frozen=True, slots=True)
class Said:
    """One kind of verdict against the truth; `share_supported` is in 0..1."""

    claims: int
    share_supported: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """One judge against human labels.

    Attributes:
        base_rate: Share of claims that people found supported.
        auc: Chance that a supported claim scores above an unsupported one, ties half (0..1, .5 is
            guessing); None without scores or with one class only.
        auc_interval: 95 %, bootstrapped over articles.
        balanced_accuracy: (true positive rate + true negative rate) / 2 of the judge's decisions.
        kappa: Cohen's kappa of the decisions (-1..1, 0 is chance).
        unscored: Claims the judge could not decide; they are in none of the figures.
        said: What the judge said → how often, and how many of those claims people found supported.
        milliseconds: Mean time per claim.
    """

    judge: str
    file: str
    claims: int
    articles: int
    base_rate: float
    auc: float | None
    auc_interval: Interval | None
    balanced_accuracy: float | None
    kappa: float | None
    unscored: int
    reasons: Mapping[str, int]
    said: Mapping[str, Said]
    milliseconds: float


def load_labels(path: str | Path) -> list[HumanLabel]:
    """The labelled claims of a file.

    Raises:
        GoldSetError: A line has none of the three formats, or the file has no claim.
    """
    labels = [label for number, doc in json_lines(Path(path)) for label in _read(doc, f"{path}:{number}")]
    if not labels:
        raise GoldSetError(f"{path}: holds no labelled claim.")
    return labels


def check_judge(
    judge: Judge, labels: Sequence[HumanLabel], file: str = "", *, seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Agreement:  # fmt: skip
    """Ask the judge about every claim and compare."""
    began = time.perf_counter()
    verdicts = []
    for done, label in enumerate(labels, start=1):
        verdicts.append(judge.supported(label.claim, [label.source]))
        if progress:
            progress(done, len(labels))
    elapsed = time.perf_counter() - began
    return _agreement(judge.name, labels, verdicts, file, seed, 1000 * elapsed / len(labels))


def auc(scores: Sequence[float], truths: Sequence[bool]) -> float | None:
    """Area under the ROC curve by ranks (Mann-Whitney), ties half; None with one class only."""
    positives = sum(truths)
    if not 0 < positives < len(truths):
        return None
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    rank_sum = float(sum(rank for rank, truth in zip(ranks, truths, strict=True) if truth))
    return (rank_sum - positives * (positives + 1) / 2) / (positives * (len(truths) - positives))


def balanced_accuracy(decisions: Sequence[bool], truths: Sequence[bool]) -> float | None:
    """Mean of the shares decided rightly in either class; None with one class only."""
    right, size = Counter[bool](), Counter(truths)
    right.update(t for d, t in zip(decisions, truths, strict=True) if d == t)
    return sum(right[c] / size[c] for c in (True, False)) / 2 if len(size) == 2 else None


def cohen_kappa(decisions: Sequence[bool], truths: Sequence[bool]) -> float | None:
    """(agreement - chance) / (1 - chance) (Cohen, 1960); None where chance agreement is certain."""
    n = len(truths)
    if not n:
        return None
    agreed = sum(d == t for d, t in zip(decisions, truths, strict=True)) / n
    yes_d, yes_t = sum(decisions) / n, sum(truths) / n
    chance = yes_d * yes_t + (1 - yes_d) * (1 - yes_t)
    return (agreed - chance) / (1 - chance) if chance < 1 else None


def _agreement(
    judge: str, labels: Sequence[HumanLabel], verdicts: Sequence[JudgeVerdict], file: str, seed: int, ms: float
) -> Agreement:
    decided = [(v.supported, lab.supported) for v, lab in zip(verdicts, labels, strict=True) if v.supported is not None]
    scored = [(v.score, lab) for v, lab in zip(verdicts, labels, strict=True) if v.score is not None]
    reasons = Counter(v.reason for v in verdicts if v.supported is None)
    decisions, truths = [d for d, _ in decided], [t for _, t in decided]
    scores, kept = [s for s, _ in scored], [lab for _, lab in scored]
    return Agreement(
        judge=judge,
        file=file,
        claims=len(labels),
        articles=len({lab.article for lab in labels}),
        base_rate=sum(lab.supported for lab in labels) / len(labels),
        auc=auc(scores, [lab.supported for lab in kept]) if scores else None,
        auc_interval=_auc_interval(scores, kept, seed),
        balanced_accuracy=balanced_accuracy(decisions, truths),
        kappa=cohen_kappa(decisions, truths),
        unscored=reasons.total(),
        reasons=dict(reasons.most_common(5)),
        said=_said(labels, verdicts),
        milliseconds=ms,
    )


def _said(labels: Sequence[HumanLabel], verdicts: Sequence[JudgeVerdict]) -> dict[str, Said]:
    truths: dict[str, list[bool]] = {}
    for verdict, label in zip(verdicts, labels, strict=True):
        truths.setdefault(verdict.word, []).append(label.supported)
    return {word: Said(len(found), sum(found) / len(found)) for word, found in sorted(truths.items())}


def _auc_interval(scores: Sequence[float], labels: Sequence[HumanLabel], seed: int) -> Interval | None:
    import numpy as np

    members: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        members.setdefault(label.article, []).append(index)
    clusters = list(members.values())

    def resampled(indices: Any) -> Any:
        flat = indices.reshape(-1, indices.shape[-1])
        found = [_auc_of([i for cluster in row for i in clusters[cluster]]) for row in flat]
        return np.array(found).reshape(indices.shape[:-1])

    def _auc_of(picked: list[int]) -> float:
        value = auc([scores[i] for i in picked], [labels[i].supported for i in picked])
        return float("nan") if value is None else value

    return bootstrap(len(clusters), resampled, method="percentile", seed=seed)


def _read(document: Mapping[str, Any], where: str) -> list[HumanLabel]:
    try:
        if "claim_sentences" in document:
            return [_label(c["text"], document["source"], c["label"]) for c in document["claim_sentences"]]
        if "evidence_sentences" in document:
            page = "\n".join(_PAGE_NOISE.sub("", line) for line in document["evidence_sentences"])
            return [_label(document["claim"], page, document["label"])]
        source = document["source"]
        return [_label(document["claim"], source if isinstance(source, str) else "\n".join(source), document["label"])]
    except (KeyError, TypeError, AttributeError) as error:
        raise GoldSetError(
            f"{where}: {error} does not fit. Write {{'claim', 'source', 'label'}}, or use the QAGS or WiCE format."
        ) from None


def _label(claim: str, source: str, label: Any) -> HumanLabel:
    key = label.strip().lower() if isinstance(label, str) else label
    if not claim.strip() or not source.strip():
        raise TypeError("an empty claim or source")
    if key not in _LABELS:
        raise TypeError(f"label {label!r}")
    return HumanLabel(claim, source, _LABELS[key], hashlib.sha256(source.encode()).hexdigest()[:12])
