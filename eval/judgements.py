"""Transcript → judgement: what a judge finds for each shown sentence, asked once for all metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.judges.judge import NO_SOURCE, Judge, JudgeVerdict
from rag.answer_records import MARKER, Answer, Citation, Sentence
from rag.records import Passage

MAX_CITATIONS = 3
"""Quotes of a sentence that count for `in_quotes` and `citations`, as in ALCE (`at_most_citations`)."""


@dataclass(frozen=True, slots=True)
class CitationJudgement:
    """One citation of one sentence.

    Attributes:
        alone: Whether its quote alone supports the sentence.
        rest: Whether the other quotes do; None where it does not matter (see `metrics.citations`).
    """

    marker: int
    alone: JudgeVerdict
    rest: JudgeVerdict | None = None


@dataclass(frozen=True, slots=True)
class SentenceJudgement:
    """One shown sentence.

    Attributes:
        in_quotes: Whether its quotes together support it.
        in_passages: Whether the retrieved passages around the quotes do, with title, outlet and date. They
            contain the quotes, so what the quotes support they support.
    """

    text: str
    in_quotes: JudgeVerdict
    in_passages: JudgeVerdict
    citations: tuple[CitationJudgement, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge's verdicts on the shown sentences of an answer, in order."""

    judge: str
    sentences: tuple[SentenceJudgement, ...]


def judge_answer(answer: Answer, judge: Judge) -> Judgement:
    """Ask the judge about every shown sentence."""
    passages = {c.marker: passage_around(c, answer) for c in answer.citations}
    quotes = {c.marker: c.quote for c in answer.citations}
    shown = (s for s in answer.sentences if s.shown)
    return Judgement(judge.name, tuple(_judge_sentence(s, quotes, passages, judge) for s in shown))


def holding_passage(citation: Citation, answer: Answer) -> Passage | None:
    """The best retrieved passage that holds the whole quote."""
    for r in answer.retrieved:
        p = r.passage
        if p.article_id == citation.article_id and p.start <= citation.start and citation.end <= p.end:
            return p
    return None


def passage_around(citation: Citation, answer: Answer) -> str:
    """Title, outlet and date as the reader sees them with the citation, then the passage around the quote."""
    head = ". ".join(part for part in (citation.title, citation.outlet, citation.published) if part)
    passage = holding_passage(citation, answer)
    return f"{head}.\n{passage.text if passage else citation.quote}"


def plain_claim(sentence: Sentence) -> str:
    """The sentence without citation markers."""
    return " ".join(MARKER.sub("", sentence.text).split())


def _judge_sentence(
    sentence: Sentence, quotes: Mapping[int, str], passages: Mapping[int, str], judge: Judge
) -> SentenceJudgement:
    claim = plain_claim(sentence)
    markers = [m for m in dict.fromkeys(sentence.citations) if m in quotes]
    around = list(dict.fromkeys(passages[m] for m in markers))
    markers = markers[:MAX_CITATIONS]
    cited = [quotes[m] for m in markers]
    in_quotes = judge.supported(claim, cited) if cited else NO_SOURCE
    in_passages = in_quotes if in_quotes.supported or not cited else judge.supported(claim, around)
    return SentenceJudgement(claim, in_quotes, in_passages, _judge_citations(claim, markers, cited, in_quotes, judge))


def _judge_citations(
    claim: str, markers: Sequence[int], cited: Sequence[str], together: JudgeVerdict, judge: Judge
) -> tuple[CitationJudgement, ...]:
    if len(markers) < 2 or not together.supported:
        return tuple(CitationJudgement(m, together) for m in markers)
    found = []
    for index, marker in enumerate(markers):
        alone = judge.supported(claim, [cited[index]])
        others = [*cited[:index], *cited[index + 1 :]]
        found.append(CitationJudgement(marker, alone, None if alone.supported else judge.supported(claim, others)))
    return tuple(found)
