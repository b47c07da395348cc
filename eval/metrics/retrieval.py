"""Retrieval against gold articles: hit@k, MRR, nDCG@10, recall@k. Range 0..1, higher is better.

Computed by ir-measures (MacAvaney et al., ECIR 2022) on a ranking of *stories*: an article stands at the
rank of its first passage, and copies of one story stand at the rank of the one that was retrieved.
`maybe_support` is taken out of the ranking first: neither hit nor miss. Relevance is binary.

Edge cases: nothing retrieved scores 0; an unanswerable question, or one without gold support, is not
applicable; support that is not in the library is unscored. The ranking is as deep as the chatbot's
`top_k` passages, so @10 may see fewer than ten articles.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored

Measure = Callable[[], Any]


def ranked_stories(evidence: Evidence) -> list[str]:
    """Stories in the order of their first passage, the neutral ones left out."""
    gold = gold_stories(evidence)
    neutral = {evidence.story[key] for key in evidence.case.maybe_support}.difference(gold)
    in_order = sorted(evidence.answer.retrieved, key=lambda r: r.rank)
    ranking = dict.fromkeys(evidence.story[r.passage.article_id] for r in in_order)
    return [story for story in ranking if story not in neutral]


def gold_stories(evidence: Evidence) -> list[str]:
    """Stories that hold the answer, each once."""
    return list(dict.fromkeys(evidence.story[key] for key in evidence.support.articles))


def _score(measure: Measure, evidence: Evidence) -> Outcome:
    if not evidence.case.answerable or not evidence.case.support:
        return NotApplicable("no gold support: there is no right article to find")
    if evidence.support.missing:
        return Unscored(f"support article {evidence.support.missing[0]} is not in the library")
    import ir_measures

    query = evidence.case.id
    qrels = [ir_measures.Qrel(query, story, 1) for story in gold_stories(evidence)]
    ranking = ranked_stories(evidence)
    run = [ir_measures.ScoredDoc(query, story, float(-rank)) for rank, story in enumerate(ranking, start=1)]
    (result,) = ir_measures.iter_calc([measure()], qrels, run)
    return Scored(float(result.value))


def _success(k: int) -> Any:
    from ir_measures import Success

    return Success @ k


def _recall(k: int) -> Any:
    from ir_measures import R

    return R @ k


def _reciprocal_rank() -> Any:
    from ir_measures import RR

    return RR


def _ndcg() -> Any:
    from ir_measures import nDCG

    return nDCG @ 10


def hit_at(k: int) -> Callable[[Evidence], Outcome]:
    """1 when a gold article is among the first k articles, else 0 (Success@k)."""
    return partial(_score, partial(_success, k))


def recall_at(k: int) -> Callable[[Evidence], Outcome]:
    """Gold stories among the first k over all gold stories."""
    return partial(_score, partial(_recall, k))


reciprocal_rank = partial(_score, _reciprocal_rank)
"""1 / rank of the first gold article, 0 when it is not retrieved; its mean is MRR (Voorhees, TREC-8, 1999)."""

ndcg_at_10 = partial(_score, _ndcg)
"""Discounted gain of the first ten over the best possible (Järvelin and Kekäläinen, TOIS 2002)."""
