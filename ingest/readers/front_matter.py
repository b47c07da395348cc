"""The `---` block of `key: value` lines at the top of a text or Markdown file."""

from __future__ import annotations

import re

from ingest.records import Found

_BLOCK = re.compile(r"\A\s*---[ \t]*\n(?P<lines>.{0,10000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(r"^(?P<key>[A-Za-z][\w .-]{0,30}?)[ \t]*:[ \t]+(?P<value>\S.*)$", re.MULTILINE)
KEYS = {
    "id": "id",
    "title": "title",
    "headline": "title",
    "outlet": "outlet",
    "source": "outlet",
    "publisher": "outlet",
    "site": "outlet",
    "published": "published",
    "date": "published",
    "updated": "updated",
    "modified": "updated",
    "lastmod": "updated",
    "author": "author",
    "authors": "author",
    "byline": "author",
    "url": "url",
    "link": "url",
    "canonical": "url",
    "language": "language",
    "lang": "language",
}
"""Names a file may use for a field, lower-cased, and the field they mean."""


def split_front_matter(text: str) -> tuple[dict[str, Found], str]:
    """Fields and the text after the block; no fields and the whole text when there is no block.

    The first value of a field wins. Keys that are no article field are ignored.
    """
    block = _BLOCK.match(text)
    if not block:
        return {}, text
    lines = list(_LINE.finditer(block["lines"]))
    if not any(line["key"].lower() in KEYS for line in lines):
        return {}, text
    fields: dict[str, Found] = {}
    for line in lines:
        name = KEYS.get(line["key"].lower())
        if name and (value := _plain_value(line["value"])):
            fields.setdefault(name, Found(value, "front matter"))
    return fields, text[block.end() :]


def _plain_value(value: str) -> str:
    """A scalar without its quotes; a `[list, of, names]` as "list, of, names"."""
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(part.strip().strip("\"'") for part in value[1:-1].split(","))
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
