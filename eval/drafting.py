"""Articles → drafts of gold cases, for a person to accept, mend or throw away.

By rule: a sentence that states a number or a name becomes a question in which that is a gap. With a language model: the
model writes the question for the same sentence and answer. Either way the answer and its span are the article's own
characters; what is drafted is only the question.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import GoldCase, Quote, case_json
from rag.messages import ChatModel, Message
from rag.prompting import neutralise
from rag.records import Article
from rag.sentences import sentence_spans

PROMPT = (Path(__file__).parent / "judges" / "llm_question.md").read_text(encoding="utf-8")
MAX_TOKENS = 120
GAP = "____"
_NUMBER = re.compile(
    r"(?<![\w.,])(?:[$€£]\s?)?\d[\d,]*(?:\.\d+)?(?:\s?(?:%|percent|per cent|million|billion|trillion))?(?![\w])"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+")
_POINTING = re.compile(r"^(?:he|she|it|they|this|that|these|those|his|her|their|but|and|so|here|there)\b", re.I)
_WORDS = range(8, 41)
_VARIABLE = re.compile(r"\{([a-z]+)\}")

Ask = Callable[[str, str, Article], str | None]
"""(sentence, answer, article) → a question, None when none came out."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed case; `by` says who wrote the question: "gap" or the model's name."""

    case: GoldCase
    by: str

    def to_json(self) -> dict[str, Any]:
        """A line of a gold file with `"status": "draft"`, to be set to "accepted" by a person."""
        return {**case_json(self.case), "status": "draft", "drafted_by": self.by}


def draft_cases(
    articles: Sequence[Article], count: int, model: ChatModel | None = None, *, seed: int = 0
) -> list[Draft]:
    """At most `count` drafts, one of each article before a second of any, in an order drawn from the seed."""
    ask, by = (_model_question(model), model.name) if model else (_gap_question, "gap")
    order = sorted(articles, key=lambda a: a.id)
    random.Random(seed).shuffle(order)
    candidates = [_candidates(article, seed) for article in order]
    drafts: list[Draft] = []
    while candidates and len(drafts) < count:
        still = []
        for article, found in zip(order, candidates, strict=True):
            tried = (_draft(article, quote, answer, kind, ask, by) for quote, answer, kind in found)
            draft = next((d for d in tried if d), None)
            if draft:
                drafts.append(draft)
                still.append((article, found))
        order, candidates = [a for a, _ in still], [f for _, f in still]
    return drafts[:count]


def _candidates(article: Article, seed: int) -> Iterator[tuple[Quote, str, str]]:
    spans = [s for s in sentence_spans(article.text) if _stands_alone(article.text[s[0] : s[1]])]
    random.Random(f"{seed}{article.id}").shuffle(spans)
    for start, end in spans:
        sentence = article.text[start:end]
        number, name = _NUMBER.search(sentence), _NAME.search(sentence)
        found = number or name
        if found and sentence.count(found[0]) == 1:
            yield Quote(article.id, start, end, sentence), found[0].strip(), "number" if number else "name"


def _stands_alone(sentence: str) -> bool:
    return len(sentence.split()) in _WORDS and sentence[-1:] in '.!”"' and not _POINTING.match(sentence)


def _draft(article: Article, quote: Quote, answer: str, kind: str, ask: Ask, by: str) -> Draft | None:
    question = ask(quote.text, answer, article)
    if question is None:
        return None
    name = hashlib.sha256(f"{quote.article}:{quote.start}:{quote.end}".encode()).hexdigest()[:8]
    case = GoldCase(
        id=f"draft-{name}",
        question=question,
        answerable=True,
        answer=answer,
        support=(article.id,),
        quotes=(quote,),
        tags=("draft", kind),
    )
    return Draft(case, by)


def _gap_question(sentence: str, answer: str, article: Article) -> str | None:
    return f"Which words fill the gap: {sentence.replace(answer, GAP, 1)}"


def _model_question(model: ChatModel) -> Ask:
    def ask(sentence: str, answer: str, article: Article) -> str | None:
        fence = hashlib.sha256(f"{sentence}\0{answer}".encode()).hexdigest()[:16]
        values = {"fence": fence, "sentence": neutralise(sentence), "answer": neutralise(answer)}
        values |= {"title": neutralise(article.title), "date": article.published or "unknown"}
        prompt = _VARIABLE.sub(lambda match: values[match[1]], PROMPT)
        pieces = list(model.stream([Message("user", prompt)], max_tokens=MAX_TOKENS))
        return usable_question("".join(piece.text for piece in pieces), answer)

    return ask


def usable_question(reply: str, answer: str) -> str | None:
    """The reply if it is one line that asks and does not give the answer away, else None."""
    question = reply.strip()
    fits = question.endswith("?") and "\n" not in question and len(question) <= 300
    return question if fits and answer.lower() not in question.lower() else None
