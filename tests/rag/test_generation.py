"""Drafts: what the model is asked, what comes of its reply, and how the end is told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest

from rag.citations import DraftSentence
from rag.errors import ContextOverflow, ModelUnavailable
from rag.generation import DraftEnd, Generator, is_refusal
from rag.llm import Message, Piece, open_chat_model
from rag.openai_llm import OpenAIChatModel
from rag.prompting import REFUSAL
from rag.records import ArticleHead, Passage, Retrieved, Turn
from rag.settings import Settings
from tests.fake_llm_server import FakeLlmServer, answer, error, script

Drafted = list[DraftSentence | DraftEnd]


class ScriptedModel:
    """A chat model that gives one scripted reply after another and keeps what it was asked."""

    name = "scripted"

    def __init__(self, *replies: Sequence[str | Piece] | Exception, context_window: int = 8192) -> None:
        self.context_window = context_window
        self.asked: list[list[Message]] = []
        self.max_tokens: list[int] = []
        self._replies = list(replies)

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Iterator[Piece]:
        self.asked.append(list(messages))
        self.max_tokens.append(max_tokens)
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        yield from (Piece(part) if isinstance(part, str) else part for part in reply)


STOP = Piece(finish="stop", usage={"total_tokens": 7})


def found(*texts: str) -> list[Retrieved]:
    return [
        Retrieved(
            Passage(f"a{rank}", 0, len(text), text, ((0, len(text)),)),
            ArticleHead(id=f"a{rank}", title="Prices", outlet="Harbour Post", published="2024-03-05"),
            rank,
            1.0 / rank,
        )
        for rank, text in enumerate(texts, start=1)
    ]


PASSAGES = found("Prices rose by 3 per cent.", "Rents fell in March.")


def draft(model: ScriptedModel, retrieved: Sequence[Retrieved] = PASSAGES) -> Drafted:
    return list(Generator(model, Settings()).draft("What rose?", retrieved))


def test_sentences_come_before_the_reply_ends() -> None:
    model = ScriptedModel(["Prices rose.[1] Re", "nts fell.[2]", STOP])
    drafted = Generator(model, Settings()).draft("What rose?", PASSAGES)
    assert next(drafted) == DraftSentence("Prices rose.", (1,))
    assert list(drafted) == [
        DraftSentence("Rents fell.", (2,)),
        DraftEnd("stop", {"total_tokens": 7}, refused=False, passages_used=2),
    ]


def test_model_is_asked_with_passages_history_and_date() -> None:
    model = ScriptedModel([STOP])
    list(Generator(model, Settings()).draft("And rents?", PASSAGES, history=[Turn("What rose?")], date="2024-03-06"))
    (messages,) = model.asked
    for part in ("[1] Harbour Post", "[2] Harbour Post", "Reader: What rose?", "2024-03-06", "Question: And rents?"):
        assert part in messages[1].content


@pytest.mark.parametrize("finish", ["length", "lost", "deadline", "content_filter"])
def test_a_cut_reply_keeps_its_text_and_tells_its_finish(finish: str) -> None:
    assert draft(ScriptedModel(["Prices rose.[1] Rents", Piece(finish=finish)])) == [
        DraftSentence("Prices rose.", (1,)),
        DraftSentence("Rents"),
        DraftEnd(finish, passages_used=2),
    ]


def test_a_model_that_never_tells_its_finish_counts_as_lost() -> None:
    assert draft(ScriptedModel(["Prices rose.[1]"]))[-1] == DraftEnd("lost", passages_used=2)


@pytest.mark.parametrize(
    "said", [REFUSAL, f"“{REFUSAL}” [1]", REFUSAL.upper(), f"- **{REFUSAL[:-1]}**", f"{REFUSAL}\n{REFUSAL}"]
)
def test_a_refusal_is_no_sentence(said: str) -> None:
    assert draft(ScriptedModel([said, STOP])) == [DraftEnd("stop", STOP.usage or {}, refused=True, passages_used=2)]


def test_a_refusal_beside_sentences_is_none() -> None:
    drafted = draft(ScriptedModel([f"{REFUSAL} Prices rose.[1]", STOP]))
    assert drafted == [DraftSentence("Prices rose.", (1,)), DraftEnd("stop", STOP.usage or {}, False, 2)]
    assert not is_refusal("The articles do answer this question.")


def test_a_model_that_repeats_itself_is_stopped() -> None:
    loop: list[str | Piece] = ["Prices rose.[1] ", *["Rents fell.[2] "] * 500, STOP]
    assert draft(ScriptedModel(loop)) == [
        DraftSentence("Prices rose.", (1,)),
        DraftSentence("Rents fell.", (2,)),
        DraftEnd("repeats", passages_used=2),
    ]


def test_one_sentence_said_twice_is_given_once() -> None:
    assert draft(ScriptedModel(["Prices rose.[1] Rents fell.[2] Prices rose.[1]", STOP])) == [
        DraftSentence("Prices rose.", (1,)),
        DraftSentence("Rents fell.", (2,)),
        DraftEnd("stop", STOP.usage or {}, False, 2),
    ]


def test_an_empty_reply_is_no_refusal() -> None:
    assert draft(ScriptedModel([STOP])) == [DraftEnd("stop", STOP.usage or {}, refused=False, passages_used=2)]


@pytest.mark.parametrize("cut", [1, 3, 200])
def test_thinking_aloud_is_no_answer(cut: int) -> None:
    reply = "\n<think>Rents? Maybe.[2] So.</think>\n\nPrices rose.[1]"
    pieces = [reply[i : i + cut] for i in range(0, len(reply), cut)]
    assert draft(ScriptedModel([*pieces, STOP]))[:-1] == [DraftSentence("Prices rose.", (1,))]


def test_thinking_without_end_leaves_nothing() -> None:
    assert draft(ScriptedModel(["<think>Prices rose.[1]", Piece(finish="length")])) == [
        DraftEnd("length", {}, False, 2)
    ]


@pytest.mark.parametrize("said", ["<thin rope.", "<", "<b>Prices</b>"])
def test_what_only_begins_like_thinking_is_kept(said: str) -> None:
    assert draft(ScriptedModel([said, STOP]))[0] == DraftSentence(said)


def test_markers_of_passages_the_model_was_not_shown_are_malformed() -> None:
    long = found(*("word " * 900 for _ in range(8)))
    first, end = draft(ScriptedModel(["Prices rose.[1][8][9]", STOP], context_window=4096), long)
    assert isinstance(end, DraftEnd)
    assert end.passages_used < 8
    assert first == DraftSentence("Prices rose.", (1,), ("[8]", "[9]"))


def test_overflow_is_tried_once_more_with_half_of_the_passages() -> None:
    model = ScriptedModel(ContextOverflow("too long"), ["Prices rose.[1]", STOP])
    drafted = draft(model, found("One.", "Two.", "Three.", "Four.")[::-1])
    assert drafted == [DraftSentence("Prices rose.", (1,)), DraftEnd("stop", STOP.usage or {}, False, 2)]
    assert "[4]" in model.asked[0][1].content
    assert "[2]" in model.asked[1][1].content
    assert "[3]" not in model.asked[1][1].content


def test_overflow_twice_or_with_one_passage_is_an_error() -> None:
    with pytest.raises(ContextOverflow):
        draft(ScriptedModel(ContextOverflow("too long"), ContextOverflow("too long")))
    with pytest.raises(ContextOverflow):
        draft(ScriptedModel(ContextOverflow("too long")), PASSAGES[:1])


def test_other_faults_pass_through() -> None:
    with pytest.raises(ModelUnavailable):
        draft(ScriptedModel(ModelUnavailable("down")))


def test_reply_takes_at_most_a_quarter_of_a_small_window() -> None:
    model = ScriptedModel([STOP], context_window=1200)
    draft(model)
    assert model.max_tokens == [300]


def test_repair_shows_the_failed_sentences() -> None:
    model = ScriptedModel(["Prices rose by 3 per cent.[1]", STOP])
    failed = [("Prices rose by 5 per cent.", "5 is not in the passage")]
    drafted = list(Generator(model, Settings()).repair("What rose?", PASSAGES, failed))
    assert drafted == [DraftSentence("Prices rose by 3 per cent.", (1,)), DraftEnd("stop", STOP.usage or {}, False, 2)]
    assert "- Prices rose by 5 per cent. (why: 5 is not in the passage)" in model.asked[0][1].content


# ------------------------------------------------------------------ over real connections
def over(server: FakeLlmServer) -> Generator:
    model = open_chat_model(Settings(llm="fake", llm_base_url=server.url))
    assert isinstance(model, OpenAIChatModel)
    return Generator(model, Settings())


def test_draft_over_a_connection_that_drops() -> None:
    with FakeLlmServer(script({"choices": [{"delta": {"content": "Prices rose.[1] Ren"}}]}, None)) as server:
        drafted = list(over(server).draft("What rose?", PASSAGES))
    assert drafted == [DraftSentence("Prices rose.", (1,)), DraftSentence("Ren"), DraftEnd("lost", passages_used=2)]


def test_overflow_over_a_connection() -> None:
    overflow = error(400, "the request exceeds the available context size", kind="exceed_context_size_error")
    with FakeLlmServer(overflow, answer("Prices rose.[1]")) as server:
        drafted = list(over(server).draft("What rose?", PASSAGES))
        assert len(server.asked) == 2
    assert drafted[-1] == DraftEnd("stop", passages_used=1)


def test_bundled_model_drafts_from_passages() -> None:
    """It answers badly; what counts is that the whole path runs, ends, and gives sentences."""
    model = open_chat_model(Settings(llm="local"))
    assert model is not None
    started = time.monotonic()
    *sentences, end = Generator(model, Settings(llm_max_tokens=24)).draft("What rose?", PASSAGES)
    assert time.monotonic() - started < 60
    assert isinstance(end, DraftEnd)
    assert end.finish in ("stop", "length")
    assert end.usage["prompt_tokens"] > 100
    assert sentences or end.refused
