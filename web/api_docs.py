"""OpenAPI document → one HTML page that describes it without script, font or network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from web.export import STYLE
from web.markup import escaped, inline, table_head

EXAMPLE = {"question": "What did the ministry reply?", "filters": {"since": "2025-03"}}

Document = Mapping[str, Any]


def api_docs_html(openapi: Document, address: str) -> str:
    """The page.

    Args:
        address: Of the server, for the example.
    """
    sections = "".join(
        _operation(openapi, method, path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    command = f"curl {address}/ask -H 'content-type: application/json' -d '{json.dumps(EXAMPLE)}'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Groundwire for programs</title>'
        f"<style>{STYLE}</style></head><body><main><h1>Groundwire for programs</h1>"
        f'<p>{inline(openapi["info"]["description"])} <a href="/openapi.json">OpenAPI document</a></p>'
        f"<pre>{escaped(command)}</pre>{sections}</main></body></html>\n"
    )


def _operation(openapi: Document, method: str, path: str, operation: Document) -> str:
    fields = "".join(_rows(openapi, _request_schema(operation), ""))
    table = f"<table>{table_head('Field', 'Type', 'Meaning')}<tbody>{fields}</tbody></table>" if fields else ""
    replies = "".join(
        f"<li>{inline(status)}: {inline(reply['description'])}</li>" for status, reply in operation["responses"].items()
    )
    return (
        f"<article><h2>{inline(method.upper())} {inline(path)}</h2><p>{inline(operation.get('summary', ''))}. "
        f"{inline(operation.get('description', ''))}</p>{table}<h3>Replies</h3><ul>{replies}</ul></article>"
    )


def _request_schema(operation: Document) -> Document:
    schema: Document = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _rows(openapi: Document, schema: Document, prefix: str) -> Iterator[str]:
    """A row for each field of an object, those of inner objects below it as "outer.inner"."""
    resolved = _resolved(openapi, schema)
    required = resolved.get("required", ())
    for name, field in resolved.get("properties", {}).items():
        inner = _resolved(openapi, field.get("items", field))
        meaning = field.get("description") or inner.get("description", "")
        need = ", required" if name in required else ""
        yield (
            f"<tr><td><code>{inline(prefix + name)}</code></td><td>{inline(_type(field))}{need}</td>"
            f"<td>{inline(meaning)}</td></tr>"
        )
        yield from _rows(openapi, inner, f"{prefix}{name}.")


def _resolved(openapi: Document, schema: Document) -> Document:
    """The schema a reference names, or the schema itself."""
    reference = schema.get("$ref", "")
    found: Document = openapi["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
    return found


def _type(field: Document) -> str:
    if "anyOf" in field:
        return " or ".join(_type(option) for option in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("type", "object"))
