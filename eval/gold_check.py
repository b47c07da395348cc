"""Gold cases x library → what is wrong or doubtful about the cases, before anything is measured with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.cases import GoldCase
from eval.metrics.normalising import canonical_tokens, contains
from eval.metrics.spans import same_text
from eval.support import find_support
from rag.answer_records import Answer
from rag.chatbot import Chatbot
from rag.sentences import split_sentences
from rag.tokens import content_stems

Level = Literal["error", "warning"]

MIN_SHARED = 0.5
"""Share of a question's content words in one sentence, from which an unanswerable question looks answerable."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (a label that cannot be used) or doubt (for a person to look at) about a case.

    Attributes:
        passage: The text that raised the doubt, else empty.
    """

    case_id: str
    level: Level
    text: str
    passage: str = ""


def check_gold(cases: Sequence[GoldCase], chatbot: Chatbot | None = None) -> list[Finding]:
    """All findings, in the order of the cases.

    Without a chatbot only what the file itself shows: duplicates, and answers that are not in their quotes.
    """
    found = _duplicates(cases)
    for case in cases:
        found += _answer_in_quotes(case)
        if chatbot is not None:
            found += _spans(case, chatbot)
            found += [] if case.answerable else _looks_answerable(case, chatbot)
    order = {case.id: index for index, case in enumerate(cases)}
    return sorted(found, key=lambda finding: order[finding.case_id])


def _duplicates(cases: Sequence[GoldCase]) -> list[Finding]:
    seen: dict[tuple[object, ...], str] = {}
    found = []
    for case in cases:
        asked = (tuple(canonical_tokens(case.question)), case.history, case.question_date)
        if asked in seen:
            found.append(Finding(case.id, "error", f"asks the same as {seen[asked]!r}"))
        seen.setdefault(asked, case.id)
    return found


def _answer_in_quotes(case: GoldCase) -> list[Finding]:
    if not case.quotes or not case.answers:
        return []
    quotes = [canonical_tokens(quote.text) for quote in case.quotes]
    if any(contains(quote, canonical_tokens(answer)) for quote in quotes for answer in case.answers):
        return []
    text = "no quote holds the answer or an alias word for word: look whether they belong together"
    return [Finding(case.id, "warning", text, case.quotes[0].text)]


def _spans(case: GoldCase, chatbot: Chatbot) -> list[Finding]:
    support = find_support(case, chatbot.library)
    found = [Finding(case.id, "error", f"support article {key!r} is not in the library") for key in support.missing]
    found += [Finding(case.id, "error", reason) for reason in support.lost]
    for quote in case.quotes:
        moved = next((q for q in support.quotes if q.article == quote.article and same_text(q.text, quote.text)), None)
        if moved and moved != quote:
            text = f"the quote stands at {moved.start}:{moved.end} of {quote.article}, not {quote.start}:{quote.end}"
            found.append(Finding(case.id, "warning", text, moved.text))
    return found


def _looks_answerable(case: GoldCase, chatbot: Chatbot) -> list[Finding]:
    answer = chatbot.ask(case.question, history=case.history, date=case.question_date)
    for retrieved in answer.retrieved:
        said = canonical_tokens(retrieved.passage.text)
        for withheld in case.withheld:
            if contains(said, canonical_tokens(withheld)):
                text = f"the withheld answer {withheld!r} stands in article {retrieved.passage.article_id}"
                return [Finding(case.id, "warning", text, retrieved.passage.text)]
    if not answer.abstained and answer.citations:
        quote = answer.citations[0]
        return [Finding(case.id, "warning", f"the chatbot answers it from article {quote.article_id}", quote.quote)]
    return _closest(case, answer)


def _closest(case: GoldCase, answer: Answer) -> list[Finding]:
    wanted = set(content_stems(answer.standalone_question))
    best, share, article = "", 0.0, ""
    for retrieved in answer.retrieved:
        for sentence in split_sentences(retrieved.passage.text):
            shared = len(wanted & set(content_stems(sentence))) / max(1, len(wanted))
            if shared > share:
                best, share, article = sentence, shared, retrieved.passage.article_id
    if len(wanted) < 3 or share < MIN_SHARED:
        return []
    text = f"one sentence of article {article} has {share:.0%} of the question's words"
    return [Finding(case.id, "warning", text, best)]
