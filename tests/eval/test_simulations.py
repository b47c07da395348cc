"""Quick versions of benchmarks/intervals.py and benchmarks/mutations.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.intervals import World, coverage, false_positives, part, skewed, yes_or_no
from benchmarks.mutations import BUGS, markdown, missed, mutation_table
from eval.cases import GoldCase, load_cases
from rag.answer_records import Answer
from rag.chatbot import Chatbot
from rag.records import Turn

GOLD = Path(__file__).resolve().parents[2] / "samples" / "gold.jsonl"


# 400 draws: the simulation's own error is 2 points, so the bounds are wider than the 93-97 of the benchmark.
@pytest.mark.parametrize("world", [yes_or_no(0.9), part(0.8)], ids=lambda world: world.name)
@pytest.mark.parametrize("questions", [60, 200])
def test_intervals_of_shares_cover(world: World, questions: int) -> None:
    assert 0.92 <= coverage(world, questions, 400).rate <= 0.98


def test_intervals_of_means_cover() -> None:
    assert 0.92 <= coverage(skewed(), 60, 300).rate <= 0.98


def test_the_paired_test_has_its_false_positive_rate() -> None:
    assert 0.02 <= false_positives(part(0.8), 60, 300).rate <= 0.08


def test_every_seeded_bug_is_caught_by_its_metric(sample_bot: Chatbot) -> None:
    cases = load_cases(GOLD)
    chosen = [c for c in cases if c.answerable and not c.history][:16] + [c for c in cases if not c.answerable]
    kept: dict[str, Answer] = {}

    def ask(question: str, *, history: Sequence[Turn] = (), date: str | None = None) -> Answer:
        if question not in kept:
            kept[question] = sample_bot.ask(question, history=history, date=date)
        return kept[question]

    table = mutation_table(chosen, ask, sample_bot.library)
    assert missed(table) == []
    assert len(markdown(table).splitlines()) > len(BUGS)
    sound = replace(BUGS[0], breaks=_as_it_is)
    assert missed(mutation_table(chosen[:12], ask, sample_bot.library, [sound]), [sound]) == [sound.name]


def _as_it_is(answer: Answer, case: GoldCase, articles: object) -> Answer:
    return answer
