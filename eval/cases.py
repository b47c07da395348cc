"""Gold file → gold cases. Strict: a wrong line is named with its field and the fix."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from eval.lines import json_lines
from rag.errors import GoldSetError
from rag.records import Turn

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that holds the answer: `article.text[start:end] == text` where it was labelled."""

    article: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class GoldSide:
    """What one side says where the articles disagree.

    Attributes:
        by: Who says so: a speaker, an office or an outlet.
        value: The disputed figure as one of the quotes writes it; None where claims, not figures, differ.
        quotes: One or more passages that say so.
    """

    by: str
    value: str | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class GoldCase:
    """One question with what a right answer is and where it stands.

    Attributes:
        answer: None exactly when the articles do not answer the question.
        support: Articles that hold the answer, best first.
        maybe_support: Articles that may hold it: neither hit nor miss.
        question_date: ISO date on which it is asked.
        withheld: The true answer and its aliases to an unanswerable question, kept from the articles
            so that an answer from the model's memory can be seen.
        sides: Two or more where the articles disagree, else none.
    """

    id: str
    question: str
    answerable: bool
    answer: str | None = None
    aliases: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    maybe_support: frozenset[str] = frozenset()
    question_date: str | None = None
    history: tuple[Turn, ...] = ()
    tags: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    sides: tuple[GoldSide, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The answer and its aliases."""
        return ((self.answer,) if self.answer else ()) + self.aliases

    @property
    def asked(self) -> str:
        """Twelve hex digits of all that the chatbot is shown: question, history and date."""
        shown = repr((self.question, [(t.question, t.answer) for t in self.history], self.question_date))
        return hashlib.sha256(shown.encode()).hexdigest()[:12]


def load_cases(path: str | Path) -> list[GoldCase]:
    """The cases of a gold file (JSON Lines, also .gz or .xz), in its order.

    Keys beyond those of the command contract are ignored.

    Raises:
        GoldSetError: A key is missing or has the wrong type, an id repeats, or there is no case.
    """
    path = Path(path)
    cases: dict[str, GoldCase] = {}
    lines: dict[str, int] = {}
    for number, document in json_lines(path):
        case = read_case(document, f"{path}:{number}")
        if case.id in cases:
            raise GoldSetError(
                f"{path}:{number}: id {case.id!r} is that of line {lines[case.id]}. Give each case its own."
            )
        cases[case.id], lines[case.id] = case, number
    if not cases:
        raise GoldSetError(f"{path}: holds no case. Write one JSON object per line.")
    return list(cases.values())


def read_case(document: Mapping[str, Any], where: str) -> GoldCase:
    """One line of a gold file; `where` (path:line) opens every error.

    Raises:
        GoldSetError: Naming place, field and fix.
    """
    fields = _Fields(document, where)
    answerable = fields.required("answerable", bool, "true or false")
    answer = fields.optional("answer", str, "a string, or null when not answerable")
    if answerable and not (answer or "").strip():
        fields.refuse(
            "answer", "is missing although answerable is true", "write the answer, or set answerable to false"
        )
    if not answerable and answer is not None:
        fields.refuse("answer", "is given although answerable is false", "move it to withheld_answer")
    withheld = fields.optional("withheld_answer", str, "a string")
    return GoldCase(
        id=fields.text("id"),
        question=fields.text("question"),
        answerable=answerable,
        answer=answer,
        aliases=fields.texts("answer_aliases"),
        support=tuple(dict.fromkeys(fields.texts("support"))),
        quotes=fields.quotes("support_quotes"),
        maybe_support=frozenset(fields.texts("maybe_support")),
        question_date=fields.date("question_date"),
        history=tuple(fields.turn(i, t) for i, t in enumerate(fields.objects("history"))),
        tags=fields.texts("tags"),
        withheld=((withheld,) if withheld else ()) + fields.texts("withheld_aliases"),
        sides=fields.sides("sides"),
    )


def case_json(case: GoldCase) -> dict[str, Any]:
    """The line of a gold file that `read_case` reads as this case."""
    sides = [{"by": s.by, "value": s.value, "quotes": _quotes_json(s.quotes)} for s in case.sides]
    return {
        "id": case.id,
        "question": case.question,
        "answer": case.answer,
        "answer_aliases": list(case.aliases),
        "answerable": case.answerable,
        "support": list(case.support),
        "support_quotes": _quotes_json(case.quotes),
        "maybe_support": sorted(case.maybe_support),
        "question_date": case.question_date,
        "history": [{"question": t.question, "answer": t.answer} for t in case.history],
        "tags": list(case.tags),
        "withheld_answer": case.withheld[0] if case.withheld else None,
        "withheld_aliases": list(case.withheld[1:]),
        **({"sides": sides} if sides else {}),
    }


def _quotes_json(quotes: Sequence[Quote]) -> list[dict[str, Any]]:
    return [{"article": q.article, "start": q.start, "end": q.end, "text": q.text} for q in quotes]


def gold_digest(cases: Sequence[GoldCase]) -> str:
    """Twelve hex digits that change with any case."""
    return hashlib.sha256(repr([case_json(c) for c in cases]).encode()).hexdigest()[:12]


class _Fields:
    """Typed access to one line; each refusal says place, field, fault and fix."""

    def __init__(self, document: Mapping[str, Any], where: str) -> None:
        self.document, self.where = document, where

    def refuse(self, field: str, fault: str, fix: str) -> NoReturn:
        raise GoldSetError(f"{self.where}: {field!r} {fault}: {fix}.")

    def required(self, field: str, kind: type, wanted: str) -> Any:
        if field not in self.document:
            self.refuse(field, "is missing", f"add it as {wanted}")
        return self.checked(field, self.document[field], kind, wanted)

    def optional(self, field: str, kind: type, wanted: str) -> Any:
        value = self.document.get(field)
        return None if value is None else self.checked(field, value, kind, wanted)

    def checked(self, field: str, value: Any, kind: type, wanted: str) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(field, f"is {type(value).__name__}", f"make it {wanted}")
        return value

    def text(self, field: str) -> str:
        value: str = self.required(field, str, "a string")
        if not value.strip():
            self.refuse(field, "is empty", "fill it in")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        values = self.optional(field, list, "a list of strings") or []
        return tuple(self.checked(f"{field}[{i}]", v, str, "a string") for i, v in enumerate(values))

    def objects(self, field: str) -> list[Mapping[str, Any]]:
        values = self.optional(field, list, "a list of objects") or []
        return [self.checked(f"{field}[{i}]", v, dict, "an object") for i, v in enumerate(values)]

    def date(self, field: str) -> str | None:
        value: str | None = self.optional(field, str, "an ISO date such as 2025-03-26")
        if value is None:
            return None
        try:
            if not _DATE.fullmatch(value):
                raise ValueError
            date.fromisoformat((value + "-01-01")[:10])
        except ValueError:
            self.refuse(field, f"is {value!r}", "write it as 2025-03-26, 2025-03 or 2025")
        return value

    def quotes(self, field: str) -> tuple[Quote, ...]:
        return tuple(self.quote(f"{field}[{i}]", q) for i, q in enumerate(self.objects(field)))

    def sides(self, field: str) -> tuple[GoldSide, ...]:
        sides = tuple(self.side(f"{field}[{i}]", s) for i, s in enumerate(self.objects(field)))
        if len(sides) == 1:
            self.refuse(field, "holds one side", "write two or more, or none where the articles agree")
        return sides

    def side(self, place: str, value: Mapping[str, Any]) -> GoldSide:
        inner = _Fields(value, f"{self.where}: {place}")
        side = GoldSide(inner.text("by"), inner.optional("value", str, "a string or null"), inner.quotes("quotes"))
        if not side.quotes:
            inner.refuse("quotes", "is empty", "write the passages that say so")
        return side

    def quote(self, place: str, value: Mapping[str, Any]) -> Quote:
        inner = _Fields(value, f"{self.where}: {place}")
        start, end = (inner.required(f, int, "an offset") for f in ("start", "end"))
        quote = Quote(inner.text("article"), start, end, inner.text("text"))
        if not 0 <= start < end or end - start != len(quote.text):
            inner.refuse("end", "minus 'start' is not the length of 'text'", "use code-point offsets, end exclusive")
        return quote

    def turn(self, index: int, value: Mapping[str, Any]) -> Turn:
        inner = _Fields(value, f"{self.where}: history[{index}]")
        return Turn(inner.text("question"), inner.optional("answer", str, "a string") or "")
