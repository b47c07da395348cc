"""Ids of articles, best first → what the evaluation's metrics read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from eval.cases import GoldCase  # noqa: E402
from eval.evidence import Evidence, gather  # noqa: E402
from eval.judgements import Judgement  # noqa: E402
from eval.support import Articles, Support, find_support  # noqa: E402
from rag.answer_records import Answer, Method  # noqa: E402
from rag.records import ArticleHead, Passage, Retrieved  # noqa: E402


def ranking_evidence(
    case: GoldCase, ids: Sequence[str], articles: Articles, *, support: Support | None = None, seconds: float = 0.0
) -> Evidence:
    """A case with the ranking of a system, repeated ids at their first rank; `support` is looked up when not given."""
    answer = Answer(case.question, case.question, "", Method.ABSTAINED, retrieved=tuple(_ranking(ids)))
    support = support or find_support(case, articles)
    return gather(case, answer, support, Judgement("none", ()), articles, seconds)


def _ranking(ids: Sequence[str]) -> list[Retrieved]:
    first = dict.fromkeys(ids)
    return [
        Retrieved(Passage(id, 0, 0, "", ()), ArticleHead(id, ""), rank, 0.0) for rank, id in enumerate(first, start=1)
    ]
