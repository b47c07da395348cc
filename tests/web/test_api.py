from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.errors import GroundwireError, LibraryBusy, ModelUnavailable, QuestionError
from rag.events import Event
from rag.records import Filters, Turn
from tests.web.fakes import FakeChatbot, FakeLibrary, Script, answered, article, cite, script, sentence
from tests.web.test_escaping import PAYLOADS
from web.api import ask_router
from web.api_docs import api_docs_html
from web.chatbots import Chatbots

SOURCE = article("a1", "The port reopened on Monday. Cranes moved at noon.")
ANSWER = answered("When?", SOURCE, [sentence()], [cite(SOURCE, "The port reopened on Monday.")])


def app_for(bot: FakeChatbot, wait_seconds: float = 5.0) -> FastAPI:
    app = FastAPI(title="Groundwire", description="About it.")
    app.include_router(ask_router(Chatbots(bot, lambda settings: bot), wait_seconds))
    return app


def post(*scripts: Script, **document: Any) -> tuple[int, Any, FakeChatbot]:
    bot = FakeChatbot(FakeLibrary(SOURCE), list(scripts) or [script(ANSWER)])
    response = TestClient(app_for(bot)).post("/ask", json=document)
    return response.status_code, response.json(), bot


def test_a_question_gets_the_answer_document() -> None:
    status, document, bot = post(
        question="When?",
        history=[{"question": "What?", "answer": "The port."}],
        date="2021-03-05",
        filters={"outlets": ["Bay Herald"], "authors": ["Ana Roe"], "languages": ["en"], "since": "2019"},
    )
    assert status == 200
    assert document == json.loads(json.dumps(ANSWER.to_json()))
    filters = Filters(outlets=("Bay Herald",), authors=("Ana Roe",), languages=("en",), since="2019")
    assert bot.asked == [("When?", (Turn("What?", "The port."),), "2021-03-05", filters)]


@pytest.mark.parametrize(
    "document",
    [{}, {"question": 3}, {"question": "x", "shiny": 1}, {"question": "x" * 20_001}, {"question": "x", "date": "soon"},
     {"question": "x", "filters": {"since": "2021", "until": "2019"}}, {"question": "x", "history": [{}]},
     {"question": "x", "history": [{"question": "y"}] * 51}],
)  # fmt: skip
def test_a_request_that_cannot_be_understood_is_422_and_not_asked(document: dict[str, Any]) -> None:
    status, reply, bot = post(**document)
    assert status == 422
    assert reply
    assert bot.asked == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(QuestionError("the question is empty."), 422), (ModelUnavailable("no model."), 503), (LibraryBusy("busy."), 503),
     (GroundwireError("odd."), 500)],
)  # fmt: skip
def test_every_error_is_one_line_with_a_status(error: GroundwireError, status: int) -> None:
    code, reply, _ = post([error], question="When?")
    assert (code, reply) == (status, {"error": str(error)})


class WaitingChatbot(FakeChatbot):
    """Answers when the gate is opened, and counts who is inside."""

    opened = threading.Event()
    inside = threading.Semaphore(0)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Iterator[Event]:
        self.inside.release()
        assert self.opened.wait(20)
        return super().stream(question, history=history, date=date, filters=filters)


def test_more_questions_than_there_are_slots_are_told_to_come_back() -> None:
    bot = WaitingChatbot(FakeLibrary(SOURCE), [script(ANSWER)])
    app, statuses = app_for(bot, wait_seconds=0.05), []

    def ask() -> None:
        statuses.append(TestClient(app).post("/ask", json={"question": "When?"}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(bot.settings.answers_at_once)]
    for thread in threads:
        thread.start()
        assert bot.inside.acquire(timeout=10)
    refused = TestClient(app).post("/ask", json={"question": "When?"})
    bot.opened.set()
    for thread in threads:
        thread.join(10)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert statuses == [200] * bot.settings.answers_at_once
    ask()
    assert statuses[-1] == 200, "the slots are given back"


def test_the_description_names_every_field_and_needs_no_network() -> None:
    page = api_docs_html(app_for(FakeChatbot(FakeLibrary(SOURCE), [])).openapi(), "http://127.0.0.1:7860")
    for field in ("question", "history.answer", "filters.since", "date"):
        assert f"<code>{field}</code>" in page
    assert "curl http://127.0.0.1:7860/ask" in page
    assert "<script" not in page
    assert "https://" not in page


@pytest.mark.parametrize("payload", PAYLOADS[:4])
def test_the_description_escapes_what_it_describes(payload: str) -> None:
    schema = {
        "info": {"description": payload},
        "paths": {payload: {payload: {"responses": {payload: {"description": payload}}}}},
    }
    assert payload not in api_docs_html(schema, "http://127.0.0.1")
