from __future__ import annotations

import json

from rag.citations import DraftSentence
from rag.endpoint import Endpoint
from rag.generation import DraftEnd, Generator
from rag.openai_llm import Limits, OpenAIChatModel
from rag.settings import Settings
from tests.fake_llm_server import FakeLlmServer, answer, error
from tests.rag.model_talk import KEY
from tests.rag.scored import passage

FOUND = [passage("Washington listed 28 bodies on Monday. Beijing protested.")]
REPLY = json.dumps({"sentences": [{"text": "Washington listed 28 bodies.", "passages": [1, 7]}]})


def drafted(server: FakeLlmServer, times: int = 1) -> list[DraftSentence | DraftEnd]:
    model = OpenAIChatModel(
        "fake-model",
        lambda: Endpoint(server.url, KEY),
        context_window=4096,
        limits=Limits(deadline=60, pause=0.01),
        structured=True,
    )
    generator = Generator(model, Settings())
    return [item for _ in range(times) for item in generator.draft("What did Washington list?", FOUND)]


def test_sentences_are_asked_for_as_json_and_markers_to_unseen_passages_are_malformed() -> None:
    with FakeLlmServer(answer(REPLY)) as server:
        sentence, end = drafted(server)
    assert sentence == DraftSentence("Washington listed 28 bodies.", (1,), ("[7]",))
    assert isinstance(end, DraftEnd)
    assert end.finish == "stop"
    assert server.requests[0].body["response_format"]["json_schema"]["strict"] is True


def test_a_server_that_refuses_the_form_is_asked_for_plain_text_from_then_on() -> None:
    refusal = error(400, "Unknown parameter: 'response_format'.")
    plain = answer("Washington listed 28 bodies. [1]")
    with FakeLlmServer(refusal, plain, plain) as server:
        found = drafted(server, times=2)
    assert [s.markers for s in found if isinstance(s, DraftSentence)] == [(1,), (1,)]
    assert ["response_format" in r.body for r in server.requests] == [True, False, False]


def test_a_server_that_ignores_the_form_is_read_as_plain_text() -> None:
    with FakeLlmServer(answer("Washington listed 28 bodies. [1]")) as server:
        sentence, _ = drafted(server)
    assert sentence == DraftSentence("Washington listed 28 bodies.", (1,))
