"""What reading yields: a raw document with its metadata as found, or a typed reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag.errors import SourceError
from rag.visible import visible

Kind = Literal["text", "markdown", "html", "pdf", "docx", "mail", "feed", "json"]


@dataclass(frozen=True, slots=True)
class Found:
    """A metadata value and the place it was found in, such as Found("2019-10-08", "json-ld")."""

    value: str
    where: str


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One article as its file has it, before cleaning.

    Attributes:
        source: The resolved path, or "path#line" in a file of many articles; printable. In an archive, its
            path, "!/" and the path within.
        stem: File name without its extensions, for an id of last resort.
        text: Decoded text; characters and lines are not cleaned yet.
        fields: Any of id, title, outlet, author, published, updated, url, language, unchecked.
        notes: What reading had to change, such as {"replaced_bytes": "2"}.
        fallback: Fields that count only where neither `fields` nor the text states any.
    """

    source: str
    stem: str
    kind: Kind
    text: str
    fields: Mapping[str, Found] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    fallback: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A source that gave no article, and why, for a person to read: one line, without what acts on a terminal."""

    source: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", " ".join(visible(self.reason).split()))  # it may quote the source


class Unreadable(SourceError):
    """One document cannot be read; its text is the reason of the `Skipped` that reports it."""
