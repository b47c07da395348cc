"""Question and passages → drafted sentences, streamed. Drafts only: nothing here is checked yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from rag.citations import DraftParser, DraftSentence
from rag.errors import ContextOverflow
from rag.messages import ChatModel, Message, Piece, StructuredChatModel
from rag.prompting import REFUSAL, Prompt, build_answer_prompt, build_repair_prompt
from rag.records import Retrieved, Turn
from rag.settings import Settings
from rag.structured_reply import SCHEMA, StructuredParser
from rag.tokens import tokens
from rag.visible import visible

_THINKING, _THOUGHT = "<think>", "</think>"
_REPLY_SHARE = 4
"""At most a quarter of the window is left to the reply."""
REPEATS = "repeats"
_MOST_REPEATS = 3


@dataclass(frozen=True, slots=True)
class DraftEnd:
    """How a draft ended.

    Attributes:
        finish: See `Piece.finish`, or "repeats": the model said the same again and again and was stopped.
            Only "stop" is a complete draft.
        usage: Tokens as the server counted them; empty when it did not say.
        refused: The model wrote that the articles do not answer, and nothing else.
        passages_used: How many of the best passages the model was shown; its markers are valid up to this rank.
    """

    finish: str
    usage: Mapping[str, int] = field(default_factory=dict)
    refused: bool = False
    passages_used: int = 0


class Generator:
    """Drafts answers with a chat model."""

    def __init__(self, model: ChatModel, settings: Settings) -> None:
        self.model = model
        self._reply_tokens = min(settings.llm_max_tokens, model.context_window // _REPLY_SHARE)

    def draft(
        self,
        question: str,
        retrieved: Sequence[Retrieved],
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
    ) -> Iterator[DraftSentence | DraftEnd]:
        """Sentences as the model writes them, then the end.

        If the model says that the prompt is too long, it is asked once more with half of the passages.

        Raises:
            ModelError: The model said nothing at all; see `ChatModel.stream`.
        """

        def build(passages: Sequence[Retrieved]) -> Prompt:
            return build_answer_prompt(
                question,
                passages,
                history=history,
                date=date,
                window=self.model.context_window,
                reply_tokens=self._reply_tokens,
            )

        best_first = sorted(retrieved, key=lambda found: found.rank)
        prompt = build(best_first)
        try:
            yield from self._sentences(prompt)
        except ContextOverflow:
            if prompt.passages_used < 2:
                raise
        else:
            return
        yield from self._sentences(build(best_first[: prompt.passages_used // 2]))

    def repair(
        self,
        question: str,
        retrieved: Sequence[Retrieved],
        failed: Sequence[tuple[str, str]],
        *,
        date: str | None = None,
    ) -> Iterator[DraftSentence | DraftEnd]:
        """A second draft, whose writer is shown the sentences that failed and why.

        Args:
            retrieved: The passages of the first draft, those it used.
            failed: Sentences, each with the verifier's reason.

        Raises:
            ModelError: As for `draft`; a prompt that is too long is not tried again.
        """
        prompt = build_repair_prompt(
            question,
            retrieved,
            failed,
            date=date,
            window=self.model.context_window,
            reply_tokens=self._reply_tokens,
        )
        yield from self._sentences(prompt)

    def _pieces(self, messages: Sequence[Message]) -> Iterator[Piece]:
        if isinstance(self.model, StructuredChatModel):
            return self.model.stream_structured(messages, max_tokens=self._reply_tokens, schema=SCHEMA)
        return self.model.stream(messages, max_tokens=self._reply_tokens)

    def _sentences(self, prompt: Prompt) -> Iterator[DraftSentence | DraftEnd]:
        reply = _Reply(self._pieces(prompt.messages))
        said: set[str] = set()
        refused = False
        repeats = 0
        for sentence in map(_seen, _parsed(reply.texts())):
            if not sentence.text:
                continue
            if is_refusal(sentence.text):
                refused = True
            elif sentence.text not in said:
                said.add(sentence.text)
                yield _of_shown(sentence, prompt.passages_used)
            elif (repeats := repeats + 1) == _MOST_REPEATS:
                reply.finish = REPEATS
                break
        yield DraftEnd(reply.finish, reply.usage, refused and not said, prompt.passages_used)


def _parsed(texts: Iterator[str]) -> Iterator[DraftSentence]:
    """The sentences of a reply, JSON or plain text, whichever it begins as."""
    begin = ""
    for text in texts:
        begin += text
        if begin.strip():
            break
    parser = StructuredParser() if begin.lstrip().startswith("{") else DraftParser()
    for text in chain((begin,), texts):
        yield from parser.feed(text)
    yield from parser.finish()


def _seen(sentence: DraftSentence) -> DraftSentence:
    """The sentence as a reader sees it: what is printed must neither act on a terminal nor hide from an eye."""
    malformed = tuple(map(visible, sentence.malformed))
    return replace(sentence, text=visible(sentence.text).strip(), malformed=malformed)


def _of_shown(sentence: DraftSentence, shown: int) -> DraftSentence:
    """The sentence with markers only for passages the model was shown; it cannot have read the others."""
    beyond = tuple(f"[{number}]" for number in sentence.markers if number > shown)
    markers = tuple(number for number in sentence.markers if number <= shown)
    return replace(sentence, markers=markers, malformed=(*sentence.malformed, *beyond)) if beyond else sentence


class _Reply:
    """A model's reply: its texts, without what it thought aloud first, and how it ended."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self.finish = "lost"
        self.usage: Mapping[str, int] = {}
        self._pieces = pieces

    def texts(self) -> Iterator[str]:
        """Each text as it arrives."""
        head: str | None = ""  # until it is known whether the reply begins with thinking
        for piece in self._pieces:
            self.finish = piece.finish or self.finish
            self.usage = piece.usage or self.usage
            if head is None:
                yield piece.text
                continue
            head += piece.text
            begin = head.lstrip()
            if begin.startswith(_THINKING):
                _, closed, answer = begin.partition(_THOUGHT)
                head = None if closed else head
                yield answer
            elif not _THINKING.startswith(begin[: len(_THINKING)]):
                head = None
                yield begin
        if head is not None and not head.lstrip().startswith(_THINKING):
            yield head


def is_refusal(text: str) -> bool:
    """True for the phrase of refusal, whatever its quotes, case and punctuation."""
    return tokens(text) == tokens(REFUSAL)
