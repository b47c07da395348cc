"""Endpoint → the models it offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.deadline import Deadline
from rag.endpoint import Endpoint
from rag.model_faults import Fault, FaultReader
from rag.openai_llm import Limits, http_client


def list_models(endpoint: Endpoint, limits: Limits | None = None) -> list[str]:
    """The model ids an endpoint offers.

    Raises:
        ModelError: It cannot be reached, refuses, or answers with something else.
    """
    import httpx

    limits = limits or Limits()
    faults = FaultReader("", endpoint)
    fault: Fault
    try:
        with Deadline(limits.connect) as deadline, http_client(endpoint, limits, deadline) as http:
            reply = http.get(f"{endpoint.url}/models", headers={"Authorization": f"Bearer {endpoint.key}"})
            document: Any = reply.json() if reply.is_success else None
        if reply.is_success:
            return [name for name in _model_ids(document) if endpoint.redact(name) == name]  # none that repeats the key
        fault = faults.status(reply.status_code, None, reply.headers)
    except (httpx.HTTPError, OSError, ValueError) as error:
        fault = faults.read(error)
    raise fault.error


def _model_ids(document: object) -> list[str]:
    rows = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        raise ValueError("no list of models")
    return [row["id"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)]
