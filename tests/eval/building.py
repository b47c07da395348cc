"""A tiny invented news world, and a scripted chatbot that answers in real `Answer` records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eval.cases import GoldCase, Quote
from eval.evidence import Evidence, gather
from eval.judgements import Judgement, judge_answer
from eval.judges.judge import Judge, JudgeVerdict
from eval.support import find_support
from rag.answer_records import Answer, Citation, Method, Sentence, VerdictState
from rag.errors import GroundwireError
from rag.records import Article, Copy, Passage, Retrieved, Turn

HARBOUR = (
    "The harbour board approved a budget of 4.2 million euros on Monday. "
    "Director Ana Lopez said the money will repair two bridges. "
    "Work starts in May."
)
FERRY = "The ferry to Brackwater was cancelled on Friday. Waves of five metres were measured. Nobody was hurt."
MARKET = "Fish prices rose by 12 percent in a year. Traders blamed fuel."

ARTICLES = {
    "harbour": Article(
        id="harbour",
        title="Board passes budget",
        outlet="Courier",
        published="2024-05-06",
        text=HARBOUR,
        story_id="harbour",
    ),
    "wire": Article(id="wire", title="Budget passed", outlet="Wire", text=HARBOUR, story_id="harbour"),
    "ferry": Article(
        id="ferry", title="Ferry cancelled", outlet="Ledger", published="2023-11-03", text=FERRY, story_id="ferry"
    ),
    "market": Article(id="market", title="Fish dearer", text=MARKET, story_id="market"),
}


class Shelf:
    """A library of `ARTICLES`, as far as the evaluation reads one."""

    def article(self, article_id: str) -> Article | None:
        return ARTICLES.get(article_id)


SHELF = Shelf()


def passage(article_id: str, rank: int = 1, also_in: Sequence[str] = ()) -> Retrieved:
    """The whole article as a retrieved passage."""
    article = ARTICLES[article_id]
    return Retrieved(
        passage=Passage(article_id, 0, len(article.text), article.text, ((0, len(article.text)),)),
        article=article.head,
        rank=rank,
        score=1 / rank,
        also_in=tuple(Copy(ARTICLES[key].outlet, key) for key in also_in),
    )


def ranking(*article_ids: str) -> tuple[Retrieved, ...]:
    """Whole articles in this order."""
    return tuple(passage(key, rank) for rank, key in enumerate(article_ids, start=1))


def cite(marker: int, article_id: str, quote: str) -> Citation:
    """A citation of words that stand in the article."""
    article = ARTICLES[article_id]
    start = article.text.index(quote)
    return Citation(
        marker, article_id, article.title, article.outlet, article.published, None, start, start + len(quote), quote
    )


def say(text: str, *markers: int, shown: bool = True) -> Sentence:
    """A drafted sentence."""
    state = VerdictState.QUOTED if shown else VerdictState.NOT_FOUND
    return Sentence(text, markers, state, 1.0, shown, None if shown else "not in the source")


def answer(
    *sentences: Sentence, citations: Sequence[Citation] = (), retrieved: Sequence[Retrieved] = (), **fields: Any
) -> Answer:
    """An answer of these sentences; extracted unless `method` says otherwise."""
    text = " ".join(f"{s.text} " + "".join(f"[{m}]" for m in s.citations) for s in sentences if s.shown)
    known: dict[str, Any] = {"question": "q", "standalone_question": "q", "answer": text, "method": Method.EXTRACTED}
    return Answer(**{**known, **fields}, sentences=sentences, citations=tuple(citations), retrieved=tuple(retrieved))


def abstain(**fields: Any) -> Answer:
    """An abstention that shows nothing."""
    return answer(method=Method.ABSTAINED, **{"answer": "The articles do not answer this question.", **fields})


def gold(text: str | None = "4.2 million euros", **fields: Any) -> GoldCase:
    """An answerable case about the harbour; with text None an unanswerable one."""
    known: dict[str, Any] = {"id": "c1", "question": "How large is the budget?", "answerable": text is not None}
    if text is not None:
        known["support"] = ("harbour",)
    return GoldCase(**{**known, "answer": text, **fields})


def quote(article_id: str, text: str) -> Quote:
    """A gold quote at its right place."""
    start = ARTICLES[article_id].text.index(text)
    return Quote(article_id, start, start + len(text), text)


def evidence(case: GoldCase, given: Answer, judge: Judge | None = None, *, articles: Shelf | None = SHELF) -> Evidence:
    """What the metrics see of an answer; without a judge nothing is judged."""
    judgement = judge_answer(given, judge) if judge else Judgement("none", ())
    return gather(case, given, find_support(case, articles), judgement, articles, seconds=0.5)


class ScriptedJudge:
    """Supports a claim when one of the given words stands in the joined sources; keeps what it was asked."""

    name = "scripted"

    def __init__(self, *words: str) -> None:
        self.words = words
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        self.asked.append((claim, tuple(sources)))
        found = any(word in " ".join(sources) for word in self.words)
        return JudgeVerdict(found, float(found), "found" if found else "not found")


class UndecidedJudge:
    """Cannot say."""

    name = "undecided"

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        return JudgeVerdict(None, None, "the reply had no verdict")


class ScriptedChatbot:
    """Answers by question; an error in the script is raised. `history` holds what it was asked."""

    def __init__(self, script: dict[str, Answer | GroundwireError]) -> None:
        self.script = script
        self.history: list[tuple[str, tuple[Turn, ...], str | None]] = []

    def ask(self, question: str, *, history: Sequence[Turn] = (), date: str | None = None) -> Answer:
        self.history.append((question, tuple(history), date))
        scripted = self.script[question]
        if isinstance(scripted, GroundwireError):
            raise scripted
        return replace(scripted, question=question, standalone_question=question)


BUDGET = quote("harbour", "The harbour board approved a budget of 4.2 million euros on Monday.")


def four_cases() -> list[GoldCase]:
    """A right answer, a wrong one, a right abstention and an invention."""
    return [
        gold(id="budget", quotes=(BUDGET,), tags=("number",)),
        gold(
            "two", id="bridges", question="How many bridges?", tags=("number", "fact"),
            quotes=(quote("harbour", "the money will repair two bridges"),),
        ),
        gold(None, id="mayor", question="Who is the mayor of <Oslo>?", tags=("unanswerable",), withheld=("Kim Berg",)),
        gold(None, id="fire", question="What burned?", tags=("unanswerable",), withheld=("the old mill",)),
    ]  # fmt: skip


def four_answers() -> dict[str, Answer | GroundwireError]:
    """Answers to `four_cases`."""
    found = ranking("harbour", "ferry")
    invented = "The old mill burned down on Friday."
    return {
        "How large is the budget?": answer(
            say(BUDGET.text, 1), citations=[cite(1, "harbour", BUDGET.text)], retrieved=found, confidence=0.9
        ),
        "How many bridges?": answer(
            say("Work starts in May.", 1),
            citations=[cite(1, "harbour", "Work starts in May.")],
            retrieved=found,
            confidence=0.7,
        ),
        "Who is the mayor of <Oslo>?": abstain(retrieved=found, confidence=0.1),
        "What burned?": answer(
            say(invented, 1),
            citations=[cite(1, "ferry", "The ferry to Brackwater was cancelled on Friday.")],
            retrieved=ranking("ferry"),
            confidence=0.8,
            method=Method.GENERATED,
            model="tiny",
        ),
    }
