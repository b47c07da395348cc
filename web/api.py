"""POST /ask: one question in, the answer document out, for programs. Described by /openapi.json and /docs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from rag.errors import AnswerTimeout, GroundwireError, LibraryError, ModelError, QuestionError, TooManyQuestions
from rag.records import Turn
from web.chatbots import Chatbots
from web.choices import parse_date, parse_filters

WAIT_SECONDS = 20.0
"""How long a request waits for its turn before it is told to come back."""
MAX_HISTORY = 50
MAX_TEXT = 20_000

STATUS: tuple[tuple[type[GroundwireError], int], ...] = (
    (QuestionError, 422),
    (TooManyQuestions, 429),
    (AnswerTimeout, 503),
    (ModelError, 503),
    (LibraryError, 503),
    (GroundwireError, 500),
)
"""First match wins."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EarlierTurn(_Strict):
    """One earlier question with the answer that was given."""

    question: str = Field(max_length=MAX_TEXT)
    answer: str = Field(default="", max_length=MAX_TEXT)


class AskFilters(_Strict):
    """Which articles may answer; an empty list means all."""

    outlets: list[str] = Field(default=[], max_length=100)
    authors: list[str] = Field(default=[], max_length=100)
    languages: list[str] = Field(default=[], max_length=100)
    since: str | None = Field(default=None, description="ISO date, inclusive: 2019, 2019-10 or 2019-10-08")
    until: str | None = Field(default=None, description="ISO date, inclusive")


class AskRequest(_Strict):
    """A question, and what is needed to understand it."""

    question: str = Field(description="In words; its longest length is a setting", max_length=MAX_TEXT)
    history: list[EarlierTurn] = Field(default=[], description="Earlier turns, oldest first", max_length=MAX_HISTORY)
    date: str | None = Field(default=None, description="ISO date that “now” means in the question")
    filters: AskFilters = AskFilters()


class Problem(BaseModel):
    """What went wrong, in one line that says what to do."""

    error: str


def ask_router(chatbots: Chatbots, wait_seconds: float = WAIT_SECONDS) -> APIRouter:
    """The route, answering with the chatbot the page was started with."""
    router = APIRouter()

    @router.post(
        "/ask",
        summary="Answer one question from the articles",
        response_description="The answer with its sentences, their verdicts and their citations (schema 1)",
        response_model=dict[str, Any],
        responses={status: {"model": Problem} for status in (422, 429, 500, 503)},
    )
    def ask(request: AskRequest) -> Any:
        """Every sentence was checked against what it cites; a quote is its article's text from start to end."""
        try:
            with chatbots.turns.turn(wait_seconds):
                return _answered(chatbots, request)
        except GroundwireError as error:
            return _problem(next(status for kind, status in STATUS if isinstance(error, kind)), str(error))

    return router


def explain_refusals(app: FastAPI) -> None:
    """Makes a request of another form end in one line too; what it holds is not repeated."""

    @app.exception_handler(RequestValidationError)
    def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
        return _problem(422, f"{where}: {first['msg']}. /docs describes what may be asked.")


def _answered(chatbots: Chatbots, request: AskRequest) -> dict[str, Any]:
    wanted = request.filters
    return chatbots.first.ask(
        request.question,
        history=[Turn(turn.question, turn.answer) for turn in request.history],
        date=parse_date(request.date, "date"),
        filters=parse_filters(wanted.outlets, wanted.authors, wanted.languages, wanted.since, wanted.until),
    ).to_json()


def _problem(status: int, words: str) -> JSONResponse:
    headers = {"retry-after": "5"} if status == 429 else None
    return JSONResponse({"error": words}, status, headers)
