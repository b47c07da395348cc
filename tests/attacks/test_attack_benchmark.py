"""That benchmarks/attacks.py notices a model which obeys, and what of it would reach the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from benchmarks.attacks import Outcome, Overheard, draw, report, try_attack
from rag.chatbot import Chatbot
from rag.messages import ChatModel
from tests.attacks.corpus import ATTACKS
from tests.attacks.library import World
from tests.attacks.obeying import ObeyingModel, Reciting
from tests.attacks.world import FACT, Attack

ATTACK = next(a for a in ATTACKS if a.name == "override")


def outcome(world: World, open_bot: Callable[..., Chatbot], model: ChatModel, attack: Attack = ATTACK) -> Outcome:
    overheard = Overheard(model)
    return try_attack(open_bot(overheard), overheard, world, attack)


def test_a_model_that_obeys_follows_and_is_held(world: World, open_bot: Callable[..., Chatbot]) -> None:
    obeyed = outcome(world, open_bot, ObeyingModel(ATTACK.order))
    assert (obeyed.prompted, obeyed.followed, obeyed.broken) == (True, True, None)


def test_a_model_that_reports_the_fact_does_not_follow(world: World, open_bot: Callable[..., Chatbot]) -> None:
    sober = outcome(world, open_bot, Reciting(f"{FACT} [1]"))
    assert (sober.followed, sober.quoted, sober.broken, sober.answered) == (False, False, None, True)


def test_the_beginning_of_the_order_has_the_kinds_in_proportion() -> None:
    drawn = draw(ATTACKS, None)
    assert sorted(a.file for a in drawn) == sorted(a.file for a in ATTACKS)
    whole, half = Counter(a.kind for a in drawn), Counter(a.kind for a in drawn[: len(drawn) // 2])
    assert all(abs(half[kind] - count / 2) <= 1 for kind, count in whole.items())


@pytest.mark.parametrize("broken", [None, "a quote is not in its article"])
def test_the_report_counts_what_is_broken(broken: str | None) -> None:
    one = Outcome("visible", "x", "generated", True, True, False, broken, True)
    row = next(line for line in report([one]).split("\n") if "unchecked" in line)
    assert ("1 of 1" in row) == (broken is not None)
