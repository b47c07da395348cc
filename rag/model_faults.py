"""Whatever a language model's client or server does wrong → one of our errors, and whether to try again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from rag.endpoint import Endpoint
from rag.errors import ContextOverflow, ModelError, ModelMissing, ModelRefused, ModelReplyInvalid, ModelUnavailable

OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size|context (?:length|size|window)|too many tokens"
    r"|(?:prompt|input) is too long|maximum (?:prompt|input) length",
    re.IGNORECASE,
)
"""How OpenAI, llama.cpp, vLLM and others say that the prompt does not fit."""

_FILTERED = re.compile(r"content[_ ](?:filter|policy|management)|content_policy_violation", re.IGNORECASE)
_NO_QUOTA = re.compile(r"insufficient_quota|billing|exceeded your current quota|insufficient (?:balance|credit)", re.I)
_UNKNOWN_MODEL = re.compile(r"model_not_found|model\W.{0,200}?\b(?:not (?:be )?found|does not exist)", re.IGNORECASE)
_OPTIONAL = ("stream_options", "include_usage", "max_tokens", "temperature")
_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed request.

    Attributes:
        retry: True when the same request may succeed later.
        wait: Seconds the server asked to wait; None when it did not.
        rejected: True when the server would not take the request as it was put.
        parameter: The optional parameter it names then; None when it names none.
    """

    error: ModelError
    retry: bool = False
    wait: float | None = None
    rejected: bool = False
    parameter: str | None = None


class FaultReader:
    """Reads the faults of one model at one endpoint; no message ever holds a key."""

    def __init__(self, model: str, endpoint: Endpoint) -> None:
        self._model = model
        self._endpoint = endpoint

    def read(self, error: Exception) -> Fault:
        """The fault behind an exception of openai, httpx or a decoder."""
        import httpx
        import openai

        if isinstance(error, openai.APIStatusError):
            return self.status(error.status_code, error.body, error.response.headers)
        if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
            return Fault(self._error(ModelUnavailable, "did not answer in time. Is it overloaded?"), retry=True)
        if isinstance(error, openai.APIConnectionError | httpx.HTTPError | OSError):
            why = self._short(str(error.__cause__ or error) or type(error).__name__)
            return Fault(self._error(ModelUnavailable, f"cannot be reached: {why}. Is it running?"), retry=True)
        if isinstance(error, openai.APIError):  # an error event inside the stream
            return self.status(200, error.body)
        if isinstance(error, openai.OpenAIError):
            return Fault(self._error(ModelUnavailable, f"failed: {type(error).__name__}."))
        return self.unreadable(type(error).__name__)

    def unreadable(self, why: str) -> Fault:
        """The reply is not what the protocol says."""
        text = f"sent a reply that cannot be read ({why}). Is the URL that of an OpenAI-compatible API, ending in /v1?"
        return Fault(self._error(ModelReplyInvalid, text))

    def silent(self, why: str, *, retry: bool) -> Fault:
        """The reply ended before its first word."""
        return Fault(self._error(ModelUnavailable, f"{why} before the first word. Try again."), retry=retry)

    def filtered(self) -> Fault:
        """The provider's content filter let nothing through."""
        return Fault(self._error(ModelRefused, "withheld the answer: content filter. Ask in other words."))

    def status(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> Fault:
        """The fault behind an HTTP status and its decoded body (the `error` object, text, or None)."""
        code, detail = _code_and_detail(body)
        said = f"{code} {detail}"
        if status in (401, 403) or "invalid_api_key" in said:  # these bodies may repeat the key: say none of it
            return Fault(self._error(ModelRefused, f"refused the key (HTTP {status}). Check OPENAI_API_KEY."))
        if status == 402 or _NO_QUOTA.search(said):
            return Fault(self._error(ModelRefused, "has no quota left for this key. Check its billing."))
        if status == 413 or OVERFLOW.search(said):
            return Fault(self._error(ContextOverflow, "says the prompt is longer than the model's window."))
        if _FILTERED.search(said):
            return self.filtered()
        if status == 404 or _UNKNOWN_MODEL.search(said):
            return Fault(self._missing(status))
        if status in (408, 409, 425, 429) or status >= 500 or status == 200:
            return self._passing(status, detail, headers or {})
        if 300 <= status < 400:
            return Fault(self._error(ModelReplyInvalid, f"redirects (HTTP {status}). Set OPENAI_BASE_URL to its goal."))
        return self._rejected(status, said, detail)

    def _rejected(self, status: int, said: str, detail: str) -> Fault:
        parameter = next((name for name in _OPTIONAL if name in said), None)
        fix = " Set GROUNDWIRE_LLM_TEMPERATURE=1." if parameter == "temperature" else ""
        error = self._error(ModelRefused, f"refused the request (HTTP {status}): {self._short(detail)}{fix}")
        return Fault(error, rejected=True, parameter=parameter)

    def _passing(self, status: int, detail: str, headers: Mapping[str, str]) -> Fault:
        what = "takes no more requests for now" if status == 429 else "failed"
        where = f" (HTTP {status})" if status != 200 else ""
        error = self._error(ModelUnavailable, f"{what}{where}: {self._short(detail)} Try again later.")
        return Fault(error, retry=True, wait=retry_after(headers))

    def _short(self, detail: str) -> str:
        safe = self._endpoint.redact(detail)  # before cutting: half a key is one too
        return (safe[: _DETAIL_CHARS - 1] + "…" if len(safe) > _DETAIL_CHARS else safe) or "no reason given."

    def _missing(self, status: int) -> ModelError:
        url = self._endpoint.shown
        text = (
            f"has no model {self._model!r} or no chat API (HTTP {status}). `curl {url}/models` lists its models: "
            "choose one with --llm, and check that OPENAI_BASE_URL ends in /v1."
        )
        return self._error(ModelMissing, text)

    def _error(self, kind: type[ModelError], text: str) -> ModelError:
        return kind(self._endpoint.redact(f"{self._endpoint.shown} {text}"))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until a server wants to be asked again, from `Retry-After` (seconds or a date) or its -ms variant."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        return seconds if 0 <= seconds < float("inf") else None
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (date - datetime.now(UTC)).total_seconds()) if date.tzinfo else None


def _code_and_detail(body: object) -> tuple[str, str]:
    """Code and type, and the message, of an error body. Bodies that are no JSON object, such as proxies' pages, count
    as silent: their text says nothing to a reader."""
    if not isinstance(body, Mapping):
        return "", ""
    inner = body.get("error")
    if isinstance(inner, str):
        return "", inner
    fields = inner if isinstance(inner, Mapping) else body
    named = [fields.get(key) for key in ("code", "type", "param")]
    message = fields.get("message") or fields.get("detail") or ""
    return " ".join(str(value) for value in named if value), str(message)
