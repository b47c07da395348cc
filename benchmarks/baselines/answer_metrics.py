"""What the benchmark of whole answers measures beyond the evaluation's own metrics."""

from __future__ import annotations

from functools import partial

from eval.evidence import Evidence
from eval.judgements import passage_around, plain_claim
from eval.judges.judge import Judge
from eval.metrics.metric import Metric
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored, share


def own_metrics(judge: Judge) -> tuple[Metric, ...]:
    """The metrics of this module, with their judge."""
    return (
        Metric("supported_at_all", "shown sentences that the passages found support", partial(supported_at_all, judge)),
        Metric("abstention_accuracy", "questions answered or abstained on as they should be", abstention_accuracy),
    )


def supported_at_all(judge: Judge, evidence: Evidence) -> Outcome:
    """Shown sentences that the passages found support together, cited or not / shown sentences."""
    if not evidence.shown:
        return NotApplicable("no sentence is shown")
    answer = evidence.answer
    texts = [f"{r.article.title}. {r.article.outlet}. {r.article.published}.\n{r.passage.text}"
             for r in answer.retrieved]  # fmt: skip
    texts += [passage_around(citation, answer) for citation in evidence.shown_citations]
    verdicts = [judge.supported(plain_claim(sentence), texts) for sentence in evidence.shown]
    if any(verdict.supported is None for verdict in verdicts):
        return Unscored("the judge could not say")
    return share(sum(bool(v.supported) for v in verdicts), len(verdicts))


def abstention_accuracy(evidence: Evidence) -> Outcome:
    """1 when an answerable question was answered, rightly or wrongly, or an unanswerable one abstained on."""
    return Scored(float(evidence.answer.abstained != evidence.case.answerable))
