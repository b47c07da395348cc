"""An object or row with named values → a raw document; shared by JSON and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.mojibake import repair_mojibake
from ingest.readers.front_matter import KEYS
from ingest.records import Found, Kind, RawDocument, Unreadable

FIELD_NAMES = {
    **KEYS,
    "publication": "outlet",
    "published_at": "published",
    "publishedat": "published",
    "publish_date": "published",
    "updated_at": "updated",
    "updatedat": "updated",
}
"""Names a file may use for a field, lower-cased, and the field they mean."""
TEXT_NAMES = ("text", "content", "body")
"""Names a file may use for the text; the first there is taken."""


def from_mapping(source: str, stem: str, kind: Kind, item: dict[str, Any]) -> RawDocument:
    """A document from an object or row.

    Raises:
        Unreadable: No text, a value of the wrong type, or half a surrogate pair.
    """
    key, text = _text(item)
    if not isinstance(text, str):
        raise Unreadable(f"field {key!r} is {kind_of(text)}, not a string")
    fields = _fields({name: value for name, value in item.items() if name != key})
    for value in (text, *(found.value for found in fields.values())):
        _refuse_surrogates(value)
    text, repaired = repair_mojibake(text)
    return RawDocument(source, stem, kind, text, fields, {"repaired_mojibake": str(repaired)} if repaired else {})


def kind_of(value: Any) -> str:
    """What a JSON value is, for a message."""
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}
    return names.get(type(value), "an object")


def _text(item: dict[str, Any]) -> tuple[str, Any]:
    lowered = {key.strip().lower(): key for key in reversed(item)}
    for name in TEXT_NAMES:
        if name in lowered and item[lowered[name]] is not None:
            return lowered[name], item[lowered[name]]
    raise Unreadable("no text (field 'text' is missing or empty)")


def _fields(item: Mapping[str, Any]) -> dict[str, Found]:
    fields: dict[str, Found] = {}
    # A field under its own name comes before one under another name for it: "outlet" before "source".
    for key, value in sorted(item.items(), key=lambda pair: FIELD_NAMES.get(pair[0].lower()) != pair[0]):
        name = FIELD_NAMES.get(key.strip().lower())
        if name and value is not None and (text := _as_text(key, value)):
            fields.setdefault(name, Found(repair_mojibake(text)[0], "file field"))
    return fields


def _as_text(key: str, value: Any) -> str:
    """A field's value as text; numbers are written out, names of people are joined."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return str(value["name"])
    raise Unreadable(f"field {key!r} is {kind_of(value)}, not a string")


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Unreadable("text holds half of a surrogate pair, which is no character") from None
