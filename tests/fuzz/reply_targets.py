"""What a model or its server sends → drafted sentences, checked answers, pieces of a reply."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ingest.indexing import ingest
from rag.chatbot import Chatbot
from rag.citations import DraftParser, DraftSentence, quote_span, resolve
from rag.embedder import open_embedder
from rag.errors import ModelError
from rag.grounding import LexicalVerifier
from rag.index.library import open_library
from rag.settings import load_settings
from rag.structured_reply import StructuredParser
from tests.attacks.checking import check_answer, check_page, check_terminal, exchange_of
from tests.attacks.obeying import Reciting
from tests.attacks.remembering import RememberingEmbedder
from tests.attacks.replies import REPLIES
from tests.attacks.world import FACT, QUESTION, TRUTH, as_json
from tests.fake_llm_server import Connection, FakeLlmServer, chunk
from tests.fuzz.running import Target, text_of
from tests.rag.model_talk import assert_safe, model_at, said
from tests.web.fakes import article, found

_PASSAGES = [
    found(article("a", f"{FACT} Lorries may use it."), 1),
    found(article("b", "The ferry left. It rained."), 2),
]
_LONGEST = 3000


def _marked(data: bytes, folder: Path) -> None:
    """The same sentences, in whatever pieces a reply comes."""
    text = text_of(data).encode("utf-8", "replace").decode()
    parser = DraftParser()
    whole = parser.feed(text) + parser.finish()
    step = 1 + len(data) % 7
    assert _in_pieces(DraftParser(), text, step) == whole, f"in pieces of {step}"
    for sentence in whole:
        shown, _ = resolve(sentence, _PASSAGES)
        for passage in {r.passage for r in [*shown, *_PASSAGES]}:
            start, end = quote_span(sentence.text, passage)
            assert passage.start <= start < end <= passage.end


def _formed(data: bytes, folder: Path) -> None:
    text = text_of(data)
    parser = StructuredParser()
    whole = parser.feed(text) + parser.finish()
    assert _in_pieces(StructuredParser(), text, 1 + len(data) % 7) == whole
    for sentence in whole:
        resolve(sentence, _PASSAGES)
        sentence.text.encode()


def _in_pieces(parser: DraftParser | StructuredParser, text: str, step: int) -> list[DraftSentence]:
    done: list[DraftSentence] = []
    for start in range(0, len(text), step):
        done += parser.feed(text[start : start + step])
    return done + parser.finish()


# ------------------------------------------------------------------ whole answers
@cache
def _opened(folder: Path) -> tuple[Chatbot, ...]:
    """Chatbots in both policies over the true reports; each recites what it is given next."""
    inbox = folder / "inbox"
    inbox.mkdir()
    for name, report in TRUTH.items():
        (inbox / name).write_bytes(as_json(report))
    settings = load_settings(library=folder / "library", llm="none")
    ingest([inbox], settings)
    library = open_library(settings.library)
    embedder = RememberingEmbedder(open_embedder())
    verifier = LexicalVerifier(library.idf)
    return tuple(
        Chatbot(
            library, load_settings(library=settings.library, llm="none", policy=policy), embedder, verifier, _SPEAKER
        )
        for policy in ("verbatim", "balanced", "strict")
    )


class _Speaker(Reciting):
    """Recites what it was given last."""

    def give(self, reply: str) -> None:
        self._reply = reply


_SPEAKER = _Speaker("")


def _answered(data: bytes, folder: Path) -> None:
    """A hostile reply goes all the way to the page, as in tests/attacks/test_replies.py."""
    _SPEAKER.give(text_of(data)[:_LONGEST])
    for bot in _opened(folder):
        exchange, answer = exchange_of(QUESTION, bot.stream(QUESTION))
        check_answer(answer, bot.library, bot.settings.policy)
        check_terminal(answer)
        check_page(exchange, bot.library)


# ------------------------------------------------------------------ servers
@cache
def _server() -> FakeLlmServer:
    """One server for all inputs; daemon threads, so nothing has to stop it."""
    return FakeLlmServer(_send).__enter__()


_SENT: list[bytes] = [b""]


def _send(connection: Connection) -> None:
    """The first line says whether the head is the input's own."""
    kind, _, content = _SENT[0].partition(b"\n")
    if kind != b"raw":
        connection.head()
    connection.send(content)


def _streamed(data: bytes, folder: Path) -> None:
    """Bytes of an event stream, or of a whole HTTP reply, end in text, a marked end or one of our errors."""
    _SENT[0] = data
    try:
        text, finish = said(model_at(_server().url))
    except ModelError as error:
        assert_safe(error)
    else:
        assert finish in ("stop", "length", "content_filter", "lost", "deadline")
        assert len(text) <= 50 * 20 + len(data)


def _events(*documents: object) -> bytes:
    return b"".join(b"data: " + json.dumps(document).encode() + b"\n\n" for document in documents)


def _spoken() -> Sequence[bytes]:
    good = _events(chunk(f"{FACT} [1]"), chunk(" It rained."), chunk(finish="stop"))
    usage = _events({**chunk(), "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})
    fault = _events({"error": {"message": "no luck", "type": "server_error", "code": 500}})
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(good), good)
    streams = [good + usage + b"data: [DONE]\n\n", good, fault, usage, b": ping\n\n" + good]
    heads = [head + b"\r\n" + good, head + chunked, b"HTTP/1.1 500 Oops\r\nRetry-After: 0\r\n\r\n" + fault[6:]]
    plain = head.replace(b"text/event-stream", b"application/json") + b"\r\n" + fault[6:]
    return [b"stream\n" + stream for stream in streams] + [b"raw\n" + reply for reply in (*heads, plain)]


_REPLIES = [
    text.replace("TRUE", FACT)[:_LONGEST].encode("utf-8", "surrogatepass")
    for k in REPLIES.values()
    for text in k.values()
]
_JSON = json.dumps({"sentences": [{"text": f"{FACT} [1]", "passages": [1, 2]}, {"text": "It rained.", "passages": []}]})

TARGETS = (
    Target("draft", _REPLIES, _marked),
    Target("structured", [_JSON.encode(), *_REPLIES], _formed),
    Target("answer", [*_REPLIES, f"{FACT} [1] The ferry left. [3]".encode()], _answered),
    Target("server", _spoken(), _streamed),
)
