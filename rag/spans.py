"""What a quotation is while it is chosen: whole sentences of one found passage."""

from __future__ import annotations

from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeVar

from rag.records import Retrieved


class Span(Protocol):
    """Whole sentences of a found passage: `article.text[start:end] == text`. A frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def retrieved(self) -> Retrieved: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


SpanT = TypeVar("SpanT", bound=Span)
