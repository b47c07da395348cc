"""Human labels x judge → agreement: may this judge be trusted, and how far? Formats of labels: `eval.labels`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eval.judges.judge import Judge, JudgeVerdict
from eval.labels import HumanLabel
from eval.statistics import Interval, bootstrap, grid, share_interval


@dataclass(frozen=True, slots=True)
class Said:
    """One kind of verdict against the truth; `share_supported` is in 0..1."""

    claims: int
    share_supported: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Decisions against people, in claims; `true` means that the judge was right."""

    true_supported: int
    false_supported: int
    true_unsupported: int
    false_unsupported: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """How a judge's yes and no agree with people; intervals are 95 %, over articles.

    Attributes:
        sensitivity: Supported claims that it found supported / supported claims.
        specificity: Unsupported claims that it found unsupported / unsupported claims.
    """

    confusion: Confusion
    sensitivity: float | None
    sensitivity_interval: Interval | None
    specificity: float | None
    specificity_interval: Interval | None
    balanced_accuracy_interval: Interval | None
    kappa_interval: Interval | None


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
        decisions: The confusion matrix and its rates; None when nothing was decided.
        domains: The same agreement for each part of the set, when it has parts.
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
    decisions: Decisions | None = None
    domains: Mapping[str, Agreement] = field(default_factory=dict)


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
    whole = _agreement(judge.name, labels, verdicts, file, seed, 1000 * elapsed / len(labels))
    return replace(whole, domains=_by_domain(whole, labels, verdicts, seed))


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
        decisions=_decisions(
            decisions, [lab for v, lab in zip(verdicts, labels, strict=True) if v.supported is not None], seed
        ),
    )


def _by_domain(
    whole: Agreement, labels: Sequence[HumanLabel], verdicts: Sequence[JudgeVerdict], seed: int
) -> dict[str, Agreement]:
    parts: dict[str, list[tuple[HumanLabel, JudgeVerdict]]] = {}
    for label, verdict in zip(labels, verdicts, strict=True):
        parts.setdefault(label.domain, []).append((label, verdict))
    if len(parts) < 2:
        return {}
    return {
        domain: _agreement(
            whole.judge, [lab for lab, _ in rows], [v for _, v in rows], whole.file, seed, whole.milliseconds
        )
        for domain, rows in sorted(parts.items())
    }


def _decisions(decisions: Sequence[bool], labels: Sequence[HumanLabel], seed: int) -> Decisions | None:
    import numpy as np

    if not decisions:
        return None
    rows: dict[str, list[int]] = {}
    for decision, label in zip(decisions, labels, strict=True):
        cell = (0 if decision else 3) if label.supported else (1 if decision else 2)
        rows.setdefault(label.article, [0, 0, 0, 0])[cell] += 1
    counts = np.array(list(rows.values()), dtype=float)

    def interval(figure: Callable[[Any], Any]) -> Interval | None:
        def resampled(indices: Any) -> Any:
            return figure(np.moveaxis(counts[indices].sum(-2), -1, 0))

        return bootstrap(len(counts), resampled, method="percentile", seed=seed)

    total = [int(n) for n in counts.sum(0)]
    supported, unsupported = total[0] + total[3], total[1] + total[2]
    return Decisions(
        Confusion(*total),
        total[0] / supported if supported else None,
        _rate_interval(decisions, labels, among=True),
        total[2] / unsupported if unsupported else None,
        _rate_interval(decisions, labels, among=False),
        interval(lambda c: (_sensitivity(c) + _specificity(c)) / 2) if supported and unsupported else None,
        interval(_kappa) if supported and unsupported else None,
    )


def _rate_interval(decisions: Sequence[bool], labels: Sequence[HumanLabel], *, among: bool) -> Interval | None:
    rows = [
        (float(d == among), lab.article) for d, lab in zip(decisions, labels, strict=True) if lab.supported == among
    ]
    return share_interval(grid([(right, 1.0) for right, _ in rows], [article for _, article in rows])) if rows else None


def _sensitivity(cells: Any) -> Any:
    return cells[0] / (cells[0] + cells[3])


def _specificity(cells: Any) -> Any:
    return cells[2] / (cells[1] + cells[2])


def _kappa(cells: Any) -> Any:
    n = sum(cells)
    yes, truly = (cells[0] + cells[1]) / n, (cells[0] + cells[3]) / n
    chance = yes * truly + (1 - yes) * (1 - truly)
    return ((cells[0] + cells[2]) / n - chance) / (1 - chance)


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
