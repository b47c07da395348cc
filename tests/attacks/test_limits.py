"""Every limit ends in one line that names what was given and the setting, at every entrance, and in time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag import Filters, Turn, as_llamaindex_query_engine, as_llamaindex_retriever, open_chatbot
from rag.__main__ import main
from rag.batch import BatchLimits, read_batch
from rag.chatbot import Chatbot
from rag.errors import AnswerTimeout, GroundwireError, QuestionError, TooManyQuestions
from rag.grounding import LexicalVerifier
from rag.messages import Message, Piece
from rag.settings import load_settings
from rag.time_limit import within
from tests.attacks.checking import check_plain
from tests.web.test_ask_tab import Page
from web.api import ask_router, explain_refusals
from web.chatbots import Chatbots
from web.exchange import Stage
from web.turns import Turns

QUESTION = "How many companies did the October 2019 blacklist target?"
LONG = "Why? " * 500
SLACK = 5.0
"""Seconds a loaded machine may add."""


def says(error: object, *words: str) -> None:
    """One line that holds the words and is fit to be shown."""
    line = str(error)
    check_plain(line)
    assert "\n" not in line
    assert len(line) < 400
    for word in words:
        assert word in line, line


class Slow:
    """Takes its time before its first word, whoever asks."""

    name = "slow"
    context_window = 4096

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        self.asked += 1
        time.sleep(self.seconds)
        yield Piece("Late.", finish="stop")

    def embed(self, texts: Sequence[str]) -> Any:
        time.sleep(self.seconds)
        return np.zeros((len(texts), 384), dtype=np.float32)


@pytest.fixture(scope="module")
def opened(sample_library: Path) -> Chatbot:
    return open_chatbot(sample_library, llm="none")


def limited(bot: Chatbot, model: Any = None, embedder: Any = None, **settings: Any) -> Chatbot:
    """The chatbot with other limits; nothing is opened anew."""
    chosen = load_settings(library=bot.library.directory, llm="none", **settings)
    return Chatbot(bot.library, chosen, embedder or bot.embedder, LexicalVerifier(bot.library.idf), model)


# ------------------------------------------------------------------ length of questions, at every entrance
def test_a_long_question_is_refused_at_every_entrance(
    opened: Chatbot, sample_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("2499 characters", "limit is 2000", "setting max_question_chars")
    bot = opened
    for ask in (
        bot.ask,
        lambda question: list(bot.stream(question)),
        as_llamaindex_retriever(bot).retrieve,
        as_llamaindex_query_engine(bot).query,
    ):
        with pytest.raises(QuestionError) as refused:
            ask(LONG)
        says(refused.value, *words)
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"question": LONG}) + "\n")
    library = ["--library", str(sample_library)]
    assert main(["ask", LONG, *library]) == main(["search", LONG, *library]) == 3
    assert main(["search", "--batch", str(batch), *library]) == 3
    for line in capsys.readouterr().err.splitlines():
        says(line, *words)
    assert main(["ask", "--batch", str(batch), "--json", "--llm", "none", *library]) == 1
    says(json.loads(capsys.readouterr().out)["error"], *words)
    refusal = posted(bot, {"question": LONG})
    assert refusal[0] == 422
    says(refusal[1], *words)


def posted(bot: Chatbot, request: dict[str, Any]) -> tuple[int, str]:
    api = FastAPI()
    api.include_router(ask_router(Chatbots(bot, lambda settings: bot)))
    explain_refusals(api)
    response = TestClient(api).post("/ask", json=request)
    return response.status_code, response.json()["error"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"question": "x" * 20_001}, ("question", "20000 characters")),
        ({"history": [{"question": "q"}] * 51}, ("history", "50 items")),
        ({"filters": {"outlets": ["x"] * 101}}, ("filters.outlets", "100 items")),
        ({"history": [{"question": "q" * 2001}]}, ("an earlier question", "setting max_question_chars")),
        ({"nonsense": "secret-value"}, ("nonsense", "not permitted")),
        ({"filters": {"since": "x" * 100_000}}, ("From", "write a date")),
    ],
)
def test_programs_are_told_in_one_line_and_nothing_is_repeated(
    opened: Chatbot, more: dict[str, Any], words: tuple[str, ...]
) -> None:
    status, problem = posted(opened, {"question": QUESTION, **more})
    assert status == 422
    says(problem, *words)
    assert "secret-value" not in problem


def test_history_and_filters_have_limits(opened: Chatbot) -> None:
    bot = limited(opened, max_history_chars=50, max_filter_values=3, max_question_chars=60)
    with pytest.raises(QuestionError) as long_answer:
        bot.ask("Why?", history=[Turn("What?", "x" * 51)])
    says(long_answer.value, "an earlier answer has 51 characters", "limit is 50", "setting max_history_chars")
    assert bot.ask("Why?", history=[Turn("What?", "x" * 51)] + [Turn("Who?", "He.")] * 10)  # which no longer counts
    for name in ("outlets", "authors", "languages", "article_ids", "story_ids"):
        four: dict[str, Any] = {name: ("x",) * 4}
        three: dict[str, Any] = {name: ("x",) * 3}
        with pytest.raises(QuestionError) as many:
            bot.ask("Why?", filters=Filters(**four))
        says(many.value, f"filter {name} names 4 values", "setting max_filter_values")
        assert bot.ask("Why?", filters=Filters(**three)).abstained


def test_passages_have_limits(sample_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", QUESTION, "-k", "1000000", "--library", str(sample_library)]) == 3
    says(capsys.readouterr().err.strip(), "1000000 passages", "1 to 100", "setting candidates")
    with pytest.raises(GroundwireError) as wrong:
        load_settings(top_k=51)
    says(wrong.value, "top_k", "less than or equal to 50")


# ------------------------------------------------------------------ batches
def test_batches_have_limits(tmp_path: Path, sample_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = tmp_path / "b.jsonl"
    batch.write_text('{"question": "Why?"}\n\n{"question": "How?"}\n')
    for limits, words in (
        (BatchLimits(file=20), ("b.jsonl", "20 bytes", "setting max_batch_bytes")),
        (BatchLimits(lines=1), ("b.jsonl", "1 questions", "setting max_batch_lines")),
        (BatchLimits(line=19), ("b.jsonl:1", "19 bytes", "setting max_line_bytes")),
    ):
        with pytest.raises(QuestionError) as refused:
            list(read_batch(batch, limits))
        says(refused.value, *words)
    assert len(list(read_batch(batch, BatchLimits(file=43, lines=2, line=20)))) == 2
    monkeypatch.setenv("GROUNDWIRE_MAX_BATCH_LINES", "1")
    assert main(["ask", "--batch", str(batch), "--library", str(sample_library), "--llm", "none"]) == 3


def test_an_endless_batch_is_not_read_to_its_end() -> None:
    with pytest.raises(QuestionError, match="setting max_batch_bytes"):
        list(read_batch(Path("/dev/zero"), BatchLimits(file=1000)))


# ------------------------------------------------------------------ time
@pytest.mark.parametrize("slow", ["model", "embedder"])
def test_an_answer_ends_at_its_deadline_quoted_or_generated(opened: Chatbot, slow: str) -> None:
    bot = limited(opened, **{slow: Slow(3.0)}, answer_deadline=0.3)
    if slow == "embedder":
        bot.embedder.dimensions = 384
    started = time.monotonic()
    with pytest.raises(AnswerTimeout) as late:
        bot.ask(QUESTION)
    assert time.monotonic() - started < 2.5
    says(late.value, "0.3 s", "setting answer_deadline")


def test_every_line_of_a_batch_has_its_own_deadline(
    sample_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text(f'{{"id": 1, "question": "{QUESTION}"}}\n' * 2)
    monkeypatch.setenv("GROUNDWIRE_ANSWER_DEADLINE", "0.000001")
    assert main(["ask", "--batch", str(batch), "--json", "--library", str(sample_library), "--llm", "none"]) == 1
    errors = [json.loads(line)["error"] for line in capsys.readouterr().out.splitlines()]
    assert len(errors) == 2
    for line in errors:
        says(line, "setting answer_deadline")


def test_what_came_in_time_is_kept_and_the_rest_is_not_waited_for() -> None:
    closed = threading.Event()

    def numbers() -> Iterator[int]:
        try:
            yield 1
            yield 2
            time.sleep(0.5)
            yield 3
        finally:
            closed.set()

    got: list[int] = []
    with pytest.raises(AnswerTimeout):
        got.extend(within(0.2, numbers(), lambda: AnswerTimeout("late")))
    assert got == [1, 2]
    assert closed.wait(5)
    assert list(within(9, iter("ab"), lambda: AnswerTimeout("late"))) == ["a", "b"]
    with pytest.raises(ZeroDivisionError):
        list(within(9, (1 // n for n in (1, 0)), lambda: AnswerTimeout("late")))


# ------------------------------------------------------------------ turns
def test_few_answers_at_once_few_wait_and_one_more_is_told_at_once() -> None:
    turns, gate, inside = Turns(2, 1, 30.0), threading.Event(), threading.Semaphore(0)
    done: list[str] = []

    def answer() -> None:
        with turns.turn():
            inside.release()
            gate.wait(20)
            done.append("answered")

    threads = [threading.Thread(target=answer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        assert inside.acquire(timeout=10)
    _until(lambda: turns._waiting == 1)
    started = time.monotonic()
    with pytest.raises(TooManyQuestions) as refused, turns.turn():
        raise AssertionError
    assert time.monotonic() - started < 1
    says(refused.value, "2 questions are being answered and 1 wait", "answers_at_once", "answers_waiting")
    assert not inside.acquire(blocking=False)
    gate.set()
    for thread in threads:
        thread.join(10)
    assert done == ["answered"] * 3
    with turns.turn():
        pass  # and all is free again


def test_waiting_ends() -> None:
    turns = Turns(1, 5, 0.05)
    with turns.turn(), pytest.raises(TooManyQuestions), turns.turn():
        raise AssertionError
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 // 0
    with turns.turn():
        pass


def _until(condition: Any) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_page_and_programs_share_their_turns(opened: Chatbot) -> None:
    bot = limited(opened, answers_at_once=1, answers_waiting=0)
    chatbots = Chatbots(bot, lambda settings: bot)
    api = FastAPI()
    api.include_router(ask_router(chatbots))
    with chatbots.turns.turn():  # as the page does
        refused = TestClient(api).post("/ask", json={"question": QUESTION})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    says(refused.json()["error"], "answers_waiting")
    assert TestClient(api).post("/ask", json={"question": QUESTION}).status_code == 200


def test_a_reader_of_the_page_is_told_and_not_left_waiting() -> None:
    page = Page()
    page.bot.settings = load_settings(answers_at_once=1, answers_waiting=0)
    page.tab._chatbots.turns = Turns(1, 0, 30.0)
    with page.tab._chatbots.turns.turn():
        started = time.monotonic()
        page.ask("When?")
        assert time.monotonic() - started < SLACK
    (told,) = page.exchanges
    assert told.stage is Stage.FAILED
    says(told.problem, "questions are being answered", "answers_waiting")
    page.retry()
    assert page.exchanges[-1].stage is Stage.DONE
