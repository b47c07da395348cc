"""Fits and measures the default verifier on human-labelled claims.

    python benchmarks/verifier.py [--data FOLDER] [--fit]

Data, never part of this repository: `qags-xsum.jsonl` (X: summary sentences of news articles, label by
majority of three) and `wice-dev-claim.jsonl.gz` (W: Wikipedia claims against the whole cited page, supported
against the rest). No figure is measured on what its model was fitted on: models are fitted on the other set,
or on the other set and the other folds. `--fit` stores a model fitted on both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata

from rag.answer_records import VerdictState
from rag.claims.texts import read, read_claim, read_sources
from rag.grounding import compare, judge
from rag.support_model import COEFFICIENTS, FEATURES
from rag.tokens import content_stems

Floats = NDArray[np.float64]
SIGNS: Floats = np.array([feature.sign for feature in FEATURES.values()], dtype=np.float64)
FOLDS, REPEATS, RESAMPLES = 5, 10, 2000
PENALTY = 0.02
MOST_WEIGHT = 400
SOURCE_HEADING = re.compile(r"^(?:\(meta data\) TITLE:|#+)\s*")


@dataclass(frozen=True, slots=True)
class Claim:
    """One labelled claim; `article` numbers its source, the unit of resampling and of folds."""

    text: str
    source: str
    supported: bool
    article: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A set as numbers: features (claims × features), labels, articles, and the states given."""

    features: Floats
    labels: NDArray[np.bool_]
    articles: NDArray[np.int64]
    states: Sequence[VerdictState]
    reasons: Sequence[str]
    milliseconds: float


# ------------------------------------------------------------------ data
def read_sets(folder: Path) -> dict[str, list[Claim]]:
    """The sets by letter. Raises OSError when one is absent."""
    with (folder / "qags-xsum.jsonl").open(encoding="utf-8") as lines:
        x = [(s["text"], d["source"], s["label"] == 1) for d in map(json.loads, lines) for s in d["claim_sentences"]]
    with gzip.open(folder / "wice-dev-claim.jsonl.gz", "rt", encoding="utf-8") as lines:
        w = [(d["claim"], _page(d), d["label"] == "supported") for d in map(json.loads, lines)]
    return {"X": _numbered(x), "W": _numbered(w)}


def _page(case: Mapping[str, Any]) -> str:
    lines = (SOURCE_HEADING.sub("", line) for line in case["evidence_sentences"])
    return "\n".join(line for line in lines if len(line.split()) > 1)


def _numbered(rows: Sequence[tuple[str, str, bool]]) -> list[Claim]:
    numbers: dict[str, int] = {}
    return [Claim(text, source, label, numbers.setdefault(source, len(numbers))) for text, source, label in rows]


def inverse_frequency(sets: Mapping[str, Sequence[Claim]]) -> Callable[[str], float]:
    """ln((N + 1) / (df + 1)) over the sources of all sets; no label is used."""
    sources = {claim.source for claims in sets.values() for claim in claims}
    counts = Counter(stem for source in sources for stem in set(content_stems(source)))
    return lambda stem: math.log((len(sources) + 1) / (counts[stem] + 1))


def measure(claims: Sequence[Claim], idf: Callable[[str], float]) -> Measured:
    """Features, states, and the time they take once the source has been read."""
    rows, verdicts, seconds = [], [], 0.0
    for claim in claims:
        cited = read_sources((claim.source,))
        started = time.process_time()
        evidence = compare(read_claim(claim.text), cited, idf)
        rows.append([feature.measure(evidence) for feature in FEATURES.values()])
        verdicts.append(judge(evidence, read(claim.text)))
        seconds += time.process_time() - started
    return Measured(
        np.array(rows),
        np.array([claim.supported for claim in claims]),
        np.array([claim.article for claim in claims]),
        [state for state, _ in verdicts],
        [why for _, why in verdicts],
        1000 * seconds / len(claims),
    )


# ------------------------------------------------------------------ model
@dataclass(frozen=True, slots=True)
class Model:
    """Logistic regression on signed z-scores with weights >= 0."""

    intercept: float
    weights: Floats
    mean: Floats
    deviation: Floats

    def support(self, features: Floats) -> Floats:
        """Estimated support of each row, in 0..1."""
        z = (features - self.mean) / self.deviation * SIGNS @ self.weights + self.intercept
        return np.asarray(1 / (1 + np.exp(-z)))


def fit(parts: Sequence[tuple[Floats, NDArray[np.bool_]]]) -> Model:
    """Fit on sets that weigh alike (up to 400 claims) and whose classes weigh alike.

    Loss: mean log-loss + 0.02 x sum of squared weights. A feature that is constant in the data gets weight 0.
    """
    features = np.concatenate([f for f, _ in parts])
    labels = np.concatenate([y for _, y in parts])
    share = np.concatenate([_class_weights(y) for _, y in parts])
    share /= share.sum()
    mean = share @ features
    deviation = np.sqrt(share @ (features - mean) ** 2)
    varies = deviation > 1e-9
    z = np.where(varies, (features - mean) / np.where(varies, deviation, 1), 0) * SIGNS

    def loss(theta: Floats) -> tuple[float, Floats]:
        logit = z @ theta[1:] + theta[0]
        error = share * (1 / (1 + np.exp(-logit)) - labels)
        value = share @ np.logaddexp(0, np.where(labels, -logit, logit)) + PENALTY * np.sum(theta[1:] ** 2)
        return float(value), np.concatenate([[error.sum()], z.T @ error + 2 * PENALTY * theta[1:]])

    start = np.concatenate([[0.0], np.full(len(SIGNS), 0.05)])
    bounds = [(None, None)] + [(0, None)] * len(SIGNS)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Model(float(found[0]), found[1:] * varies, mean, np.where(varies, deviation, 1))


def _class_weights(labels: NDArray[np.bool_]) -> Floats:
    half = min(len(labels), MOST_WEIGHT) / 2
    weights: Floats = np.where(labels, half / max(1, labels.sum()), half / max(1, (~labels).sum()))
    return weights


def out_of_fold(own: Measured, other: Measured) -> Floats:
    """Mean support of each claim by models fitted on the other set and on the other articles' folds."""
    random = np.random.default_rng(0)
    total = np.zeros(len(own.labels))
    for _ in range(REPEATS):
        fold = random.integers(0, FOLDS, own.articles.max() + 1)[own.articles]
        for number in range(FOLDS):
            kept = fold != number
            model = fit([(own.features[kept], own.labels[kept]), (other.features, other.labels)])
            total[~kept] += model.support(own.features[~kept])
    return total / REPEATS


def by_state(support: Floats, states: Sequence[VerdictState]) -> Floats:
    """The score as shipped: halves for a copy and a refutation."""
    quoted = np.array([state is VerdictState.QUOTED for state in states])
    refuted = np.array([state is VerdictState.NOT_FOUND for state in states])
    return np.where(quoted, (1 + support) / 2, np.where(refuted, support / 2, support))


# ------------------------------------------------------------------ figures
def auc(labels: NDArray[np.bool_], scores: Floats) -> float:
    """ROC AUC x 100; ties count half. NaN when a class is absent."""
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        return math.nan
    ranks = rankdata(scores)
    return float(100 * (ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def interval(measured: Measured, scores: Floats) -> str:
    """AUC with a 95 % percentile bootstrap interval over articles."""
    random = np.random.default_rng(0)
    rows = [np.flatnonzero(measured.articles == article) for article in range(measured.articles.max() + 1)]
    drawn = []
    for _ in range(RESAMPLES):
        sample = np.concatenate([rows[i] for i in random.integers(0, len(rows), len(rows))])
        drawn.append(auc(measured.labels[sample], scores[sample]))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return f"{auc(measured.labels, scores):.1f} ({low:.1f}-{high:.1f})"


def at_threshold(labels: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> str:
    """F1 of "supported" and balanced accuracy, each x 100."""
    hits = int((labels & chosen).sum())
    f1 = 2 * hits / max(1, int(labels.sum() + chosen.sum()))
    balanced = (labels[chosen].sum() / labels.sum() + (~labels[~chosen]).sum() / (~labels).sum()) / 2 if hits else 0.5
    return f"F1 {100 * f1:.1f}, balanced accuracy {100 * balanced:.1f}"


def best_threshold(labels: NDArray[np.bool_], scores: Floats) -> float:
    """Threshold with the highest balanced accuracy."""
    return float(max(np.unique(scores), key=lambda t: np.mean(scores[labels] >= t) + np.mean(scores[~labels] < t)))


def share(labels: NDArray[np.bool_], chosen: Sequence[bool]) -> str:
    """Share supported (n)."""
    picked = labels[np.array(chosen, dtype=bool)]
    return f"{picked.mean():.2f} ({len(picked)})" if len(picked) else "- (0)"


# ------------------------------------------------------------------ report
def report(name: str, own: Measured, other: Measured) -> None:
    """Print every figure of one set."""
    y = own.labels
    model = fit([(other.features, other.labels)])
    transferred = by_state(model.support(own.features), own.states)
    folded = by_state(out_of_fold(own, other), own.states)
    print(f"\n{name}: {len(y)} claims of {own.articles.max() + 1} articles, {y.mean():.2f} supported")
    print(f"  AUC, content found alone       {interval(own, own.features[:, 0])}")
    print(f"  AUC, model of the other set    {interval(own, model.support(own.features))}")
    print(f"  AUC, the same with states      {interval(own, transferred)}")
    print(f"  AUC, cross-validated, states   {interval(own, folded)}")
    threshold = best_threshold(other.labels, by_state(model.support(other.features), other.states))
    print(f"  at the other set's threshold {threshold:.2f}: {at_threshold(y, transferred >= threshold)}")
    print(f"  all supported: {at_threshold(y, np.ones(len(y), dtype=bool))}")
    print("  share supported (n) by state and by kind of reason")
    for state in VerdictState:
        print(f"    {state:16s} {share(y, [s is state for s in own.states])}")
    for kind in sorted({_kind(why) for why in own.reasons}):
        print(f"      {kind:14s} {share(y, [_kind(why) == kind for why in own.reasons])}")
    print(f"  {own.milliseconds:.2f} ms a claim with known sources")


def _kind(why: str) -> str:
    """The first two words of a reason tell its kind."""
    if why.startswith("says "):
        return "says otherwise"
    return " ".join(why.split()[:2]).replace("numbers", "number").replace("names", "name")


def store(sets: Mapping[str, Measured]) -> None:
    """Fit on all sets and write the coefficients with how they were fitted."""
    model = fit([(m.features, m.labels) for m in sets.values()])
    columns = zip(FEATURES, model.weights, model.mean, model.deviation, strict=True)
    document = {
        "fitted_on": {"X": "QAGS-XSum", "W": "WiCE dev, claims"},
        "claims": {name: len(m.labels) for name, m in sets.items()},
        "supported": {name: int(m.labels.sum()) for name, m in sets.items()},
        "date": date.today().isoformat(),
        "intercept": round(model.intercept, 4),
        "features": {
            name: {"weight": round(float(w), 4), "mean": round(float(m), 4), "sd": round(float(s), 4)}
            for name, w, m, s in columns
        },
    }
    COEFFICIENTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and store a fitted model if asked to. Returns 1 when the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/verify"))
    parser.add_argument("--fit", action="store_true", help=f"write {COEFFICIENTS.name}")
    options = parser.parse_args(arguments)
    try:
        claims = read_sets(options.data)
    except OSError as error:
        print(f"the labelled claims cannot be read: {error}; name their folder with --data", file=sys.stderr)
        return 1
    idf = inverse_frequency(claims)
    sets = {name: measure(rows, idf) for name, rows in claims.items()}
    if options.fit:
        store(sets)
    report("X (QAGS-XSum)", sets["X"], sets["W"])
    report("W (WiCE dev)", sets["W"], sets["X"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
