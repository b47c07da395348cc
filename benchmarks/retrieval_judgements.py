"""hit@10 on news-large with the articles that were read and judged.

The shipped labels were found by word overlap: an article without one may hold the answer all the same. So the top
tens of missed questions were read, as TREC does with unjudged documents; an article whose text states the answer
counts as support. This mends misses only; how many hits rest on a wrong label is seen in a sample of them.
Offsets are those of the articles as the library stores them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.rankings import ranking_evidence  # noqa: E402
from eval.cases import GoldCase  # noqa: E402
from eval.evidence import Evidence  # noqa: E402
from eval.lines import json_lines  # noqa: E402
from eval.metrics.catalog import BY_NAME  # noqa: E402
from eval.metrics.retrieval import ranked_stories  # noqa: E402
from eval.outcomes import Outcome, Scored  # noqa: E402
from eval.statistics import Summary, summarise  # noqa: E402
from eval.support import Articles  # noqa: E402
from rag.errors import GoldSetError  # noqa: E402

FILE = Path(__file__).parent / "sets" / "news_large_judgements.jsonl"
METRIC = BY_NAME["hit@10"]
DEPTH = 10
HITS = "hits"
_FIELDS = {"question", "article", "relevant", "start", "end", "sample"}


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Whether an article states the answer to a question, as a reader judged.

    Attributes:
        span: Where it does, as offsets into the stored article; None exactly when it does not.
        sample: "hits" for the best support article of a hit drawn at random; None for the top ten of a miss.
    """

    question: str
    article: str
    span: tuple[int, int] | None
    sample: str | None = None

    @property
    def relevant(self) -> bool:
        """The article states the answer."""
        return self.span is not None


@dataclass(frozen=True, slots=True)
class Rescored:
    """One system.

    Attributes:
        shipped: hit@10 of every case with the labels as they are.
        judged: The same with judged articles as support.
        unjudged: Articles that nobody has read among the top tens of questions missed by the shipped labels.
    """

    name: str
    shipped: tuple[Outcome, ...]
    judged: tuple[Outcome, ...]
    unjudged: int

    @property
    def missed(self) -> int:
        """Questions without a labelled article among the first ten."""
        return sum(isinstance(o, Scored) and o.value == 0 for o in self.shipped)


# ------------------------------------------------------------------ file
def load_judgements(path: Path = FILE) -> list[JudgedPair]:
    """The judged pairs of a file.

    Raises:
        GoldSetError: A line is malformed or repeats a pair.
    """
    pairs: dict[tuple[str, str], JudgedPair] = {}
    for number, row in json_lines(path):
        where = f"{path.name}:{number}"
        pair = _pair(row, where)
        if (pair.question, pair.article) in pairs:
            raise GoldSetError(f"{where}: {pair.question} with {pair.article} was judged before. Keep one of the lines")
        pairs[pair.question, pair.article] = pair
    return list(pairs.values())


def _pair(row: Mapping[str, Any], where: str) -> JudgedPair:
    if unknown := set(row) - _FIELDS:
        raise GoldSetError(f"{where}: unknown field {min(unknown)!r}. Only ids and offsets belong here")
    for name in ("question", "article"):
        if not isinstance(row.get(name), str) or not row[name]:
            raise GoldSetError(f"{where}: {name!r} must be an id")
    if not isinstance(row.get("relevant"), bool):
        raise GoldSetError(f"{where}: 'relevant' must be true or false")
    if row.get("sample") not in (None, HITS):
        raise GoldSetError(f"{where}: 'sample' can only be {HITS!r}")
    start, end = row.get("start"), row.get("end")
    if not row["relevant"]:
        if start is not None or end is not None:
            raise GoldSetError(f"{where}: an article that is not relevant has no 'start' and 'end'")
        return JudgedPair(row["question"], row["article"], None, row.get("sample"))
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise GoldSetError(f"{where}: a relevant article needs 0 <= start < end, where it states the answer")
    return JudgedPair(row["question"], row["article"], (start, end), row.get("sample"))


def check_judgements(pairs: Sequence[JudgedPair], cases: Sequence[GoldCase], articles: Articles) -> None:
    """Judgements must be about these questions and this library.

    Raises:
        GoldSetError: A question or an article is not there, or a span is beyond the article's end.
    """
    known = {case.id for case in cases}
    for pair in pairs:
        if pair.question not in known:
            raise GoldSetError(f"{FILE.name}: no question {pair.question!r} in the set. Judge the set at hand")
        article = articles.article(pair.article)
        if article is None:
            raise GoldSetError(f"{FILE.name}: no article {pair.article!r} in the library. Give that of news-large")
        if pair.span and pair.span[1] > len(article.text):
            raise GoldSetError(f"{FILE.name}: {pair.article} ends before {pair.span[1]}. Its text is another now")


# ------------------------------------------------------------------ scoring
def with_judged(case: GoldCase, pairs: Sequence[JudgedPair]) -> GoldCase:
    """The case with the articles judged to state its answer as support; the sample of hits changes nothing."""
    found = [p.article for p in pairs if p.question == case.id and p.relevant and p.sample is None]
    support = tuple(dict.fromkeys((*case.support, *found)))
    return replace(case, support=support, maybe_support=case.maybe_support.difference(support))


def rescore(
    name: str,
    rankings: Sequence[Sequence[str]],
    cases: Sequence[GoldCase],
    pairs: Sequence[JudgedPair],
    articles: Articles,
) -> Rescored:
    """A system's hit@10 before and after, from the ids it returned for each case."""
    shipped, judged, unjudged = [], [], 0
    for case, ids in zip(cases, rankings, strict=True):
        evidence = ranking_evidence(case, ids, articles)
        outcome = METRIC.score(evidence)
        shipped.append(outcome)
        if not (isinstance(outcome, Scored) and outcome.value == 0):
            judged.append(outcome)
            continue
        of_case = [pair for pair in pairs if pair.question == case.id]
        judged.append(METRIC.score(ranking_evidence(with_judged(case, of_case), ids, articles)))
        unjudged += len(_unread(evidence, {pair.article for pair in of_case}, articles))
    return Rescored(name, tuple(shipped), tuple(judged), unjudged)


def _unread(evidence: Evidence, read: set[str], articles: Articles) -> list[str]:
    """Articles down to the tenth that counts, neutral ones too, of which no copy was read."""
    first: dict[str, str] = {}
    for retrieved in evidence.answer.retrieved:
        first.setdefault(evidence.story[retrieved.passage.article_id], retrieved.passage.article_id)
    counted = ranked_stories(evidence)[:DEPTH]
    seen = list(first) if len(counted) < DEPTH else list(first)[: list(first).index(counted[-1]) + 1]
    read_stories = {_story(id, articles) for id in read}
    return [first[story] for story in seen if _story(first[story], articles) not in read_stories]


def _story(id: str, articles: Articles) -> str:
    article = articles.article(id)
    return (article.story_id if article else "") or id


# ------------------------------------------------------------------ report
def judged_table(systems: Sequence[Rescored], pairs: Sequence[JudgedPair], clusters: Sequence[str]) -> str:
    """hit@10 with either labels, and what the judgements rest on, as Markdown."""
    lines = ["| hit@10 | labels as shipped | judged articles too | missed as shipped | of their top tens unjudged |"]
    lines += ["|-|-|-|-|-|"]
    for s in systems:
        figures = [_figure(summarise(METRIC, outcomes, clusters)) for outcomes in (s.shipped, s.judged)]
        lines.append(f"| {s.name} | {' | '.join(figures)} | {s.missed} | {s.unjudged} |")
    misses = [p for p in pairs if p.sample is None]
    hits = [p for p in pairs if p.sample == HITS]
    lines += ["", f"{len(misses)} question-article pairs of misses judged, {sum(p.relevant for p in misses)} relevant."]
    if hits:
        lines[-1] += (
            f" Of {len(hits)} hits drawn at random, {sum(not p.relevant for p in hits)} rest on an article that does"
            " not state the answer: the judgements mend misses only."
        )
    return "\n".join(lines)


def _figure(summary: Summary) -> str:
    if summary.value is None:
        return "-"
    bounds = f" ({summary.interval.low:.3f}-{summary.interval.high:.3f})" if summary.interval else ""
    return f"{summary.value:.3f}{bounds}"
