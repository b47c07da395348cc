"""Whatever a reader or a program asks, the answer is checked and soon there, or one line says why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import Filters, Turn
from rag.__main__ import main
from rag.answer_records import Answer
from rag.batch import read_batch
from rag.chatbot import Chatbot
from rag.errors import GroundwireError, QuestionError
from tests.attacks.checking import (
    check_answer,
    check_no_canary,
    check_page,
    check_plain,
    check_terminal,
    exchange_of,
    never_shown,
)
from tests.attacks.inputs import DATES, HISTORIES, LINES, ORDER, QUESTIONS, REFUSED
from tests.attacks.library import World
from tests.attacks.obeying import ObeyingModel
from tests.attacks.world import QUESTION, TRUE_IDS

OpenBot = Callable[..., Chatbot]
TRUTH = Filters(article_ids=TRUE_IDS)
CANARIES = ("Vexmarken", "77,777")
MOST_SECONDS = 30.0
LIE = "The county sold the Halden bridge to Vexmarken for 77,777 crowns."


def one_line(error: GroundwireError) -> str:
    """The message of an error, which a reader is shown."""
    words = str(error)
    assert words
    assert len(words) < 600
    check_plain(words)
    assert "\n" not in words
    return words


def asked(
    bot: Chatbot, world: World, question: str, history: tuple[tuple[str, str], ...] = (), date: str | None = None
) -> Answer:
    """The answer, checked in every form that shows it, within its time."""
    started = time.perf_counter()
    turns = [Turn(*turn) for turn in history]
    exchange, answer = exchange_of(question, bot.stream(question, history=turns, date=date, filters=TRUTH))
    assert time.perf_counter() - started < MOST_SECONDS
    assert len(answer.standalone_question) < 10_000
    check_answer(answer, world.library)
    check_no_canary(answer, world.library, CANARIES)
    assert never_shown(answer, CANARIES[0])
    check_terminal(answer)
    check_page(exchange, world.library)
    return answer


@pytest.mark.parametrize("model", [None, ObeyingModel(LIE)], ids=["quoting", "obeying"])
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_hostile_question_is_answered_or_refused(
    world: World, open_bot: OpenBot, question: str, model: ObeyingModel | None
) -> None:
    try:
        asked(open_bot(model), world, question)
    except GroundwireError as error:
        one_line(error)


@pytest.mark.parametrize("question", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_question_is_refused_at_once(open_bot: OpenBot, question: str) -> None:
    bot = open_bot()
    started = time.perf_counter()
    with pytest.raises(QuestionError) as refused:
        bot.ask(question)
    assert time.perf_counter() - started < 5
    assert "question" in one_line(refused.value)


@pytest.mark.parametrize("model", [None, ObeyingModel(LIE)], ids=["quoting", "obeying"])
@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_a_hostile_history_is_held(
    world: World, open_bot: OpenBot, history: tuple[tuple[str, str], ...], model: ObeyingModel | None
) -> None:
    problem = ""
    try:
        asked(open_bot(model), world, "And how much did the repair of the Halden bridge cost?", history)
    except GroundwireError as error:
        problem = one_line(error)
    assert not problem or "an earlier" in problem


@pytest.mark.parametrize("date", DATES.values(), ids=DATES.keys())
def test_a_hostile_date_is_held(world: World, open_bot: OpenBot, date: str) -> None:
    model = ObeyingModel(LIE)
    try:
        asked(open_bot(model), world, "How much did the repair cost this week?", date=date)
    except GroundwireError as error:
        one_line(error)
    for prompt in model.asked:
        check_plain(prompt)
        assert len(prompt) < 20_000
        assert ORDER not in [line.strip() for line in prompt.split("\n")]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_hostile_batch_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text(f'{{"question": "How much?"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(QuestionError, match=r"batch\.jsonl:2 is not"):
        list(read_batch(file))


@pytest.mark.parametrize("value", ["../../../etc", "x' OR '1'='1", "%s${7*7}", "\u202eabc", "*" * 5000])
def test_hostile_filters_find_nothing(open_bot: OpenBot, value: str) -> None:
    for filters in (Filters(outlets=(value,)), Filters(article_ids=(value,)), Filters(languages=(value,))):
        answer = open_bot().ask(QUESTION, filters=filters)
        assert answer.abstained
        assert not answer.retrieved


def test_the_command_line_says_no_in_one_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    library = str(world.folder / "library")
    for arguments in (["ask", REFUSED["2 MB"]], ["ask", " "], ["article", "../../etc/passwd"], ["article", "a'--"]):
        assert main([*arguments, "--library", library]) == 3
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.startswith("groundwire: ")
        assert shown.err.count("\n") == 1
        assert len(shown.err) < 400
