"""Transcript → outcomes of every metric, and outcomes → summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.cases import GoldCase
from eval.claims import Splitter, check_claims
from eval.evidence import Evidence, gather
from eval.judgements import judge_answer
from eval.judges.judge import Judge
from eval.metrics.catalog import METRICS
from eval.metrics.metric import Metric
from eval.outcomes import Outcome, Scored, Unscored
from eval.price import Price
from eval.statistics import Summary, summarise
from eval.support import Articles, Support
from eval.transcripts import Transcript

Cluster = Literal["question", "article"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case with its transcript and its outcome under every metric.

    Attributes:
        evidence: None when the question raised an error.
    """

    case: GoldCase
    transcript: Transcript
    evidence: Evidence | None
    outcomes: Mapping[str, Outcome]

    def value(self, metric: str) -> float | None:
        """The value of a metric, None unless scored."""
        outcome = self.outcomes[metric]
        return outcome.value if isinstance(outcome, Scored) else None


def score_case(
    case: GoldCase, transcript: Transcript, support: Support, judge: Judge, articles: Articles | None,
    *, splitter: Splitter | None = None, price: Price | None = None,
) -> CaseResult:  # fmt: skip
    """Judge an answer and apply every metric. An error scores 0 as `completed` and leaves the rest unscored.

    Args:
        splitter: Splits answers into claims for the claim metrics, which do not apply without one.
        price: Of the model's tokens, for `model_cost`.
    """
    answer = transcript.answer
    if answer is None:
        failed: dict[str, Outcome] = {m.name: Unscored(f"no answer: {transcript.error}") for m in METRICS}
        return CaseResult(case, transcript, None, failed | {"completed": Scored(0.0, detail=transcript.error)})
    claims = check_claims(case, answer, judge, splitter) if splitter else None
    judgement = judge_answer(answer, judge)
    evidence = gather(case, answer, support, judgement, articles, transcript.seconds, claims=claims, price=price)
    return CaseResult(case, transcript, evidence, {metric.name: metric.score(evidence) for metric in METRICS})


def summarise_all(results: Sequence[CaseResult], cluster: Cluster = "question", seed: int = 0) -> dict[str, Summary]:
    """Every metric over all cases, in the order of the catalog."""
    clusters = [cluster_of(r.case, cluster) for r in results]
    return {m.name: summarise(m, [r.outcomes[m.name] for r in results], clusters, seed) for m in METRICS}


def reported(summaries: Mapping[str, Summary]) -> list[Metric]:
    """The metrics worth a line: all but the optional ones that no case has."""
    found = []
    for metric in METRICS:
        summary = summaries[metric.name]
        if not metric.optional or summary.scored or summary.unscored:
            found.append(metric)
    return found


def cluster_of(case: GoldCase, cluster: Cluster) -> str:
    """What a case is resampled with: itself, or the cases whose best support is the same article."""
    return case.support[0] if cluster == "article" and case.support else f"case {case.id}"


def by_tag(results: Sequence[CaseResult]) -> dict[str, list[CaseResult]]:
    """Tag → its cases, most frequent first; untagged cases are left out."""
    groups: dict[str, list[CaseResult]] = {}
    for result in results:
        for tag in dict.fromkeys(result.case.tags):
            groups.setdefault(tag, []).append(result)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))
