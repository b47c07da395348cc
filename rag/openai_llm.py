"""A chat model behind any OpenAI-compatible endpoint.

The client's own retries are off: it would retry what cannot succeed, wait past our deadline, and raise raw
httpx and decoder errors. What a dropped, cut or trickling stream does is decided here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from rag.deadline import Deadline
from rag.endpoint import NO_KEY, Endpoint
from rag.messages import Message, Piece
from rag.model_faults import Fault, FaultReader
from rag.redaction import StreamRedactor, quieten_clients

if TYPE_CHECKING:
    import ssl

    import httpx

_FINISHES = {"stop": "stop", "eos": "stop", "end_turn": "stop", "length": "length", "content_filter": "content_filter"}
_USAGE = ("prompt_tokens", "completion_tokens", "total_tokens")
_CHARS_PER_TOKEN = 16
"""More than any tokenizer averages: a reply beyond it ignores `max_tokens`."""
_MAX_PLAIN_BODY = 65_536
_RESPONSE_FORMAT = "response_format"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds a request may take, and how often it is tried before its first word.

    Attributes:
        deadline: For one answer, all tries together.
        read: Longest silence; a model on this machine's CPU gets `read_local`.
        grace: After the finish reason, for the server to send its usage and close.
        pause: Before the first retry; doubles each time.
    """

    deadline: float = 180.0
    connect: float = 5.0
    read: float = 60.0
    read_local: float = 300.0
    write: float = 10.0
    pool: float = 5.0
    grace: float = 5.0
    retries: int = 2
    pause: float = 0.5


class OpenAIChatModel:
    """Streams replies of one model at one endpoint; every fault ends as `rag.errors` or a last piece says.

    Args:
        connect: Gives the endpoint; called for each reply, so that it may start a server first.
        structured: Ask for JSON when a schema is given; a server that refuses is asked for plain text from then on.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], Endpoint],
        *,
        context_window: int,
        temperature: float = 0.0,
        limits: Limits | None = None,
        structured: bool = False,
    ) -> None:
        self.name = name
        self.context_window = context_window
        self._connect = connect
        self._temperature = temperature
        self._limits = limits or Limits()
        self._unsupported: set[str] = set() if structured else {_RESPONSE_FORMAT}

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        """See `ChatModel.stream`. Before the first text a passing fault is tried again."""
        return self._stream(messages, max_tokens, None)

    def stream_structured(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Mapping[str, Any]
    ) -> Iterator[Piece]:
        """See `StructuredChatModel.stream_structured`."""
        return self._stream(messages, max_tokens, schema)

    def _stream(
        self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, Any] | None
    ) -> Iterator[Piece]:
        endpoint = self._connect()
        tries = 0
        with Deadline(self._limits.deadline) as deadline:
            while True:
                attempt = _Attempt(self.name, endpoint, self._limits, deadline)
                with closing(attempt.texts(self._request(messages, max_tokens, schema), max_tokens)) as texts:
                    for text in texts:
                        yield Piece(text)
                if attempt.last is not None:
                    yield attempt.last
                    return
                assert attempt.fault is not None
                if not self._adapt(attempt.fault, schema is not None):
                    tries += 1
                    self._wait_or_raise(attempt.fault, tries, deadline)

    def _request(
        self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        limit = "max_completion_tokens" if "max_tokens" in self._unsupported else "max_tokens"
        request: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "temperature": self._temperature,
            limit: max_tokens,
            "stream": True,
        }
        if schema is not None and _RESPONSE_FORMAT not in self._unsupported:
            named = {"name": "answer", "strict": True, "schema": schema}
            request[_RESPONSE_FORMAT] = {"type": "json_schema", "json_schema": named}
        if "stream_options" not in self._unsupported:
            request["stream_options"] = {"include_usage": True}
        return request

    def _adapt(self, fault: Fault, structured: bool) -> bool:
        """True when the request can be put in another way that means the same. A refused temperature cannot."""
        if not fault.rejected or fault.parameter == "temperature":
            return False
        named = [fault.parameter] if fault.parameter in ("max_tokens", "stream_options") else []
        guessed = ([_RESPONSE_FORMAT] if structured else []) + ["stream_options"]
        parameter = next((p for p in named or guessed if p not in self._unsupported), None)
        if parameter is None:
            return False
        self._unsupported.add(parameter)
        return True

    def _wait_or_raise(self, fault: Fault, tries: int, deadline: Deadline) -> None:
        pause = self._limits.pause * 2 ** (tries - 1) if fault.wait is None else fault.wait
        if not fault.retry or tries > self._limits.retries or pause >= deadline.remaining():
            raise fault.error
        time.sleep(pause)


class _Attempt:
    """One request. Once its texts are read, it has a `last` piece, or a `fault` and there was no text."""

    def __init__(self, model: str, endpoint: Endpoint, limits: Limits, deadline: Deadline) -> None:
        self.last: Piece | None = None
        self.fault: Fault | None = None
        self._endpoint = endpoint
        self._limits = limits
        self._deadline = deadline
        self._faults = FaultReader(model, endpoint)
        self._redactor = StreamRedactor("" if endpoint.key == NO_KEY else endpoint.key)
        self._chars = 0
        self._chunks = 0
        self._finish: str | None = None
        self._usage: dict[str, int] | None = None

    def texts(self, request: dict[str, Any], max_tokens: int) -> Generator[str, None, None]:
        """The texts of the reply, as they arrive. Raises nothing."""
        import httpx
        import openai

        broken = (openai.OpenAIError, httpx.HTTPError, httpx.StreamError, OSError)
        garbled = (ValueError, TypeError, AttributeError, LookupError, RecursionError)  # from decoding its bytes
        try:
            with http_client(self._endpoint, self._limits, self._deadline) as http:
                client = openai.OpenAI(
                    base_url=self._endpoint.url, api_key=self._endpoint.key, http_client=http, max_retries=0
                )
                with client.chat.completions.create(**request) as stream:
                    self.fault = self._not_a_stream(stream.response)
                    if self.fault is None:
                        for text in self._read(stream, max_tokens * _CHARS_PER_TOKEN):
                            if safe := self._redactor.feed(text):
                                yield safe
        except (*broken, *garbled) as error:
            self._close(self._faults.read(error))
        else:
            self._close(self.fault or self._wordless())
        if rest := self._redactor.rest():
            yield rest

    def _read(self, chunks: Iterator[object], max_chars: int) -> Iterator[str]:
        for chunk in chunks:
            self._chunks += 1
            text, finish, usage = read_chunk(chunk)
            self._usage = usage or self._usage
            if finish and not self._finish:
                self._finish = finish
                self._deadline.restart(min(self._limits.grace, self._deadline.remaining()))
            if text:
                self._chars += len(text)
                yield text
            if self._chars > max_chars:
                self._finish = "length"
            if self._deadline.passed or self._chars > max_chars:
                return

    def _close(self, fault: Fault) -> None:
        """Settle on a last piece, or on a fault if nothing was said."""
        finish = self._finish or ("deadline" if self._deadline.passed else "lost")
        if self._chars or self._finish in ("stop", "length"):
            self.fault, self.last = None, Piece(finish=finish, usage=self._usage)
        elif self._finish == "content_filter":
            self.fault = self._faults.filtered()
        elif self._deadline.passed:
            self.fault = self._faults.silent(f"was silent for {self._limits.deadline:g} s", retry=False)
        else:
            self.fault = fault

    def _wordless(self) -> Fault:
        """The stream ended in an orderly way, but without a word or a finish reason."""
        if self._chunks:
            return self._faults.unreadable("no text in it")
        return self._faults.silent("closed the connection", retry=True)

    def _not_a_stream(self, response: httpx.Response) -> Fault | None:
        """The fault of a reply that is a web page or one JSON document, although its status is 200."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/json"):
            return None
        body = b""
        for part in response.iter_bytes():
            body += part
            if len(body) > _MAX_PLAIN_BODY or self._deadline.passed:
                break
        if kind == "application/json":
            document = json.loads(body)
            if isinstance(document, dict) and document.get("error"):
                return self._faults.status(200, document)
        return self._faults.unreadable(f"{kind} instead of an event stream")


def read_chunk(chunk: object) -> tuple[str, str | None, dict[str, int] | None]:
    """Text, finish reason and usage of a chunk, whose fields may be missing or of any type."""
    choices = getattr(chunk, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    content = getattr(getattr(choice, "delta", None), "content", None)
    reason = getattr(choice, "finish_reason", None)
    usage = getattr(chunk, "usage", None)
    counts = {name: getattr(usage, name, None) for name in _USAGE}
    return (
        content if isinstance(content, str) else "",
        _FINISHES.get(str(reason), "lost") if reason else None,
        {name: count for name, count in counts.items() if isinstance(count, int)} or None,
    )


def http_client(endpoint: Endpoint, limits: Limits, deadline: Deadline) -> httpx.Client:
    """A client for one request, whose connections the deadline may shut.

    It follows no redirect, so that the key goes where it was meant to go, and uses no proxy for this machine.
    """
    import httpx

    def traced(request: httpx.Request) -> None:
        request.extensions["trace"] = deadline.watch

    quieten_clients()
    read = limits.read_local if endpoint.loopback else limits.read
    timeout = httpx.Timeout(
        connect=min(limits.connect, deadline.remaining()),
        read=min(read, deadline.remaining()),
        write=limits.write,
        pool=limits.pool,
    )
    return httpx.Client(
        timeout=timeout, verify=_certificates(), trust_env=not endpoint.loopback, event_hooks={"request": [traced]}
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Loaded once, because that takes longer than all else a client needs."""
    import httpx

    return httpx.create_ssl_context()
