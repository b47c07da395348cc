"""Whatever a model writes, only checked sentences reach the reader, soon, and as text."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rag import Filters
from rag.chatbot import Chatbot
from tests.attacks.checking import check_answer, check_no_canary, check_page, check_terminal, exchange_of, never_shown
from tests.attacks.library import World
from tests.attacks.obeying import Reciting
from tests.attacks.replies import CANARIES, REPLIES
from tests.attacks.world import FACT, QUESTION, TRUE_IDS

MOST_SECONDS = 30.0
"""Some ten times the slowest; what grows with the square of a reply's length takes minutes."""
CASES = [
    pytest.param(reply, id=f"{kind}: {name}") for kind, replies in REPLIES.items() for name, reply in replies.items()
]


@pytest.mark.parametrize("reply", CASES)
@pytest.mark.parametrize("policy", ["verbatim", "balanced", "strict"])
def test_a_hostile_reply_is_held(world: World, open_bot: Callable[..., Chatbot], reply: str, policy: str) -> None:
    bot = open_bot(Reciting(reply.replace("TRUE", FACT)), policy=policy)
    started = time.perf_counter()
    exchange, answer = exchange_of(QUESTION, bot.stream(QUESTION, filters=Filters(article_ids=TRUE_IDS)))
    assert time.perf_counter() - started < MOST_SECONDS
    check_answer(answer, world.library, policy)
    check_no_canary(answer, world.library, CANARIES)
    assert never_shown(answer, CANARIES[0])
    check_terminal(answer)
    check_page(exchange, world.library)
    assert len(answer.answer) < 10_000
