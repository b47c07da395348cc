"""Every metric, in the order of reports. To add one: write its module, list it here, add it to docs/metrics.md."""

from __future__ import annotations

from functools import partial

from eval.metrics import (
    abstention,
    citations,
    claims,
    completion,
    correctness,
    effort,
    exactness,
    groundedness,
    leak,
    retrieval,
    sides,
    spans,
    unsupported,
)
from eval.metrics.metric import Metric

_CLAIM_METRICS = (
    ("claim_precision", "claims that the gold answer supports", claims.precision, False),
    ("claim_recall", "gold claims that the answer states", claims.recall, False),
    ("claim_f1", "F1 of the two", claims.f1, False),
    ("context_claim_recall", "gold claims that some passage states", claims.context_recall, False),
    ("context_precision", "passages that state a gold claim", claims.context_precision, False),
    ("context_utilization", "retrieved gold claims that the answer states", claims.context_utilization, False),
    ("claim_faithfulness", "claims that some passage supports", claims.faithfulness, False),
    ("ragas_faithfulness", "claims that the passages together support", claims.ragas_faithfulness, False),
    ("claim_hallucination", "claims neither correct nor in a passage", claims.hallucination, True),
    ("self_knowledge", "correct claims in no passage", claims.self_knowledge, True),
    ("noise_relevant", "wrong claims from relevant passages", partial(claims.noise, relevant=True), True),
    ("noise_irrelevant", "wrong claims from irrelevant passages only", partial(claims.noise, relevant=False), True),
)

METRICS: tuple[Metric, ...] = (
    Metric("completed", "an answer came back, whole", completion.completed),
    *(Metric(f"hit@{k}", f"a gold article among the first {k}", retrieval.hit_at(k)) for k in (1, 3, 5, 10)),
    Metric("mrr", "1 / rank of the first gold article", retrieval.reciprocal_rank),
    Metric("ndcg@10", "gold articles near the top", retrieval.ndcg_at_10),
    *(Metric(f"recall@{k}", f"gold articles found in the first {k}", retrieval.recall_at(k)) for k in (5, 10)),
    Metric("gold_span_hit", "a shown citation overlaps a gold quote", spans.gold_span_hit),
    Metric("sides_shown", "gold sides of a disagreement that are quoted", sides.sides_shown),
    Metric("disagreement_set_out", "two gold sides set side by side", sides.disagreement_set_out),
    Metric("citation_exact", "citations that are the stored text, character for character", exactness.citation_exact),
    Metric("groundedness", "shown sentences that their cited passages support", groundedness.groundedness),
    Metric("citation_recall", "shown sentences that their quotes alone support", citations.citation_recall),
    Metric("citation_precision", "citations that do some work", citations.citation_precision),
    Metric("answer_correct", "gold answer in the shown text; abstaining is wrong", correctness.answer_correct),
    Metric(
        "answer_correct_when_answered",
        "gold answer in the shown text, where it answered",
        correctness.answer_correct_when_answered,
    ),
    Metric("answer_f1", "token F1 with the gold answer", correctness.answer_f1),
    Metric("answer_recall", "gold answer's tokens in the shown text", correctness.answer_recall),
    Metric("followup_correct", "answer_correct over the follow-up questions", correctness.followup_correct),
    Metric("unsupported_numbers", "numbers that are not in the quotes", unsupported.unsupported_numbers, "lower"),
    Metric("unsupported_names", "names that are not in the quotes", unsupported.unsupported_names, "lower"),
    Metric(
        "abstention_precision",
        "abstentions that were right",
        abstention.abstention_precision,
        pairing="either",
    ),
    Metric("abstention_recall", "unanswerable questions it abstained on", abstention.abstention_recall),
    Metric("abstention_f1", "F1 of the two", abstention.abstention_f1, pairing="either"),
    Metric("answered_unanswerable", "unanswerable questions it answered", abstention.answered_unanswerable, "lower"),
    Metric("abstained_answerable", "answerable questions it abstained on", abstention.abstained_answerable, "lower"),
    Metric("memory_leak", "withheld answers said without grounds", leak.memory_leak, "lower"),
    Metric("latency_p50", "median seconds per question", effort.latency, "lower", "seconds", "p50"),
    Metric("latency_p95", "95th percentile of seconds per question", effort.latency, "lower", "seconds", "p95"),
    Metric("answer_sentences", "shown sentences per answer", effort.answer_sentences, "neither", "sentences"),
    Metric("model_tokens", "prompt and completion tokens per question", effort.model_tokens, "lower", "tokens"),
    Metric("model_cost", "price of those tokens per question", effort.model_cost, "lower", "money", optional=True),
    *(
        Metric(name, meaning, claims.claim_metric(formula), "lower" if lower else "higher", optional=True)
        for name, meaning, formula, lower in _CLAIM_METRICS
    ),
)

BY_NAME = {metric.name: metric for metric in METRICS}
