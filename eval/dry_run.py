"""What a run would ask of the judge, before it costs anything.

Judges the answers that are already in the run directory with the lexical judge in the place of the one named, and
counts the questions it is asked; cases not answered yet are taken to be like the mean of those that are, or like
`ASSUMED` when none is. Tokens are estimated at four characters each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.cases import GoldCase
from eval.claims import Splitter, check_claims
from eval.judgements import judge_answer
from eval.judges.judge import JudgeVerdict
from eval.judges.lexical import LexicalJudge
from eval.judges.llm import judge_prompt
from eval.price import Price
from eval.transcripts import TranscriptFile

CHARACTERS_PER_TOKEN = 4
REPLY_TOKENS = 40
ASSUMED = (3.0, 3 * 600.0)
"""Judge calls and prompt tokens of a case of which nothing is known: two sentences, passages of 240 tokens."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """The estimate.

    Attributes:
        answered: Cases whose answer is in the run directory; the others would be asked first.
        cost: Of judging, in the currency of the prices; None without prices. A judge without a model costs nothing.
    """

    questions: int
    answered: int
    judge: str
    judge_calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None

    def __str__(self) -> str:
        cost = "" if self.cost is None else f", cost about {self.cost:.2f}"
        guess = "" if self.answered else " (nothing is answered yet: a guess)"
        return (
            f"{self.questions} questions, {self.answered} answered before. Judge {self.judge}: about "
            f"{self.judge_calls} calls, {self.prompt_tokens:,} prompt and {self.completion_tokens:,} reply tokens"
            f"{cost}{guess}."
        )


class CountingJudge:
    """The lexical judge, with a count of what it is asked."""

    name = "counting"

    def __init__(self) -> None:
        self.calls = 0
        self.characters = 0
        self._judge = LexicalJudge()

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The lexical verdict."""
        self.calls += 1
        self.characters += len(judge_prompt(claim, sources))
        return self._judge.supported(claim, sources)


def dry_run(
    cases: Sequence[GoldCase], transcripts: TranscriptFile, judge: str, *,
    splitter: Splitter | None = None, price: Price | None = None,
) -> DryRun:  # fmt: skip
    """Estimate what `judge` (its name) would be asked."""
    counting = CountingJudge()
    answers = [(c, t.answer) for c in cases if (t := transcripts.answered(c)) and t.answer]
    for case, answer in answers:
        judge_answer(answer, counting)
        if splitter:
            check_claims(case, answer, counting, splitter)
    known = (
        (counting.calls / len(answers), counting.characters / CHARACTERS_PER_TOKEN / len(answers)) if answers else None
    )
    calls, tokens = known or ASSUMED
    total_calls, total_tokens = round(calls * len(cases)), round(tokens * len(cases))
    with_model = judge.startswith("llm:")
    replies = total_calls * REPLY_TOKENS if with_model else 0
    return DryRun(
        questions=len(cases),
        answered=len(answers),
        judge=judge,
        judge_calls=total_calls,
        prompt_tokens=total_tokens if with_model else 0,
        completion_tokens=replies,
        cost=price.tokens(total_tokens, replies) if price and with_model else None,
    )
