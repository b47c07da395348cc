"""A second opinion on paraphrases: a judge that understands the sentence settles what comparing words cannot.

It turns a paraphrase into supported or not found. It never lifts what the first check refuted, and what was quoted
word for word needs no opinion.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from rag.answer_records import Verdict, VerdictState
from rag.errors import ModelError
from rag.grounding import Verifier
from rag.messages import ChatModel, Message
from rag.prompting import neutralise

PROMPT = Path(__file__).parent / "prompts" / "verify.md"
_VARIABLE = re.compile(r"\{(passages|sentence)\}")
_WORD = re.compile(r"^\W*(yes|no)\b\W*$", re.IGNORECASE)
_REPLY_TOKENS = 8
_LONGEST_REPLY = 60


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge says of a sentence.

    Attributes:
        supported: None when it could not say; `why` then tells the reason.
        why: For a person to read, without the judge's name.
    """

    supported: bool | None
    why: str


class SecondJudge(Protocol):
    """Says whether cited texts bear out a sentence; never raises for a single sentence."""

    @property
    def name(self) -> str:
        """Shown beside its opinion."""
        ...

    def opinion(self, sentence: str, sources: Sequence[str]) -> Opinion:
        """Its opinion on a sentence without markers, given at least one source."""
        ...


class SecondOpinion:
    """A verifier that asks a judge about what the first verifier calls a paraphrase, and about nothing else."""

    def __init__(self, verifier: Verifier, judge: SecondJudge) -> None:
        self._verifier = verifier
        self._judge = judge

    def verify(self, sentence: str, sources: Sequence[str]) -> Verdict:
        """The first finding, or the judge's on a paraphrase; see `Verifier`. An undecided judge changes no state."""
        first = self._verifier.verify(sentence, sources)
        if first.state is not VerdictState.PARAPHRASE:
            return first
        opinion = self._judge.opinion(sentence, sources)
        why = f"{self._judge.name}: {opinion.why}"
        if opinion.supported is None:
            return replace(first, why=f"{first.why}; {why}" if first.why else why)
        if opinion.supported:
            return Verdict(VerdictState.SUPPORTED, (1 + first.score) / 2, why)
        return Verdict(VerdictState.NOT_FOUND, first.score / 2, why)


class ModelJudge:
    """A chat model, asked in a conversation of its own for one word. An unclear reply or a fault is no opinion."""

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name
        self._model = model
        self._system, self._user = load_prompt()

    def opinion(self, sentence: str, sources: Sequence[str]) -> Opinion:
        """YES or NO of the model; see `SecondJudge`."""
        try:
            reply = self._reply(self._prompt(sentence, sources))
        except ModelError as error:
            return Opinion(None, f"gave no second opinion ({error})")
        found = _WORD.match(reply)
        if found is None:
            return Opinion(None, f'gave no clear second opinion ("{neutralise(reply, _LONGEST_REPLY)}")')
        if found[1].lower() == "yes":
            return Opinion(True, "finds every fact of it in the cited passage")
        return Opinion(False, "does not find every fact of it in the cited passage")

    def _prompt(self, sentence: str, sources: Sequence[str]) -> list[Message]:
        values = {
            "passages": "\n\n".join(neutralise(source) for source in sources),
            "sentence": neutralise(sentence),
        }
        user = _VARIABLE.sub(lambda match: values[match[1]], self._user)
        return [Message("system", self._system), Message("user", user)]

    def _reply(self, messages: Sequence[Message]) -> str:
        pieces = list(self._model.stream(messages, max_tokens=_REPLY_TOKENS))
        finished = bool(pieces) and pieces[-1].finish == "stop"
        return "".join(piece.text for piece in pieces) if finished else ""


def load_prompt(file: Path = PROMPT) -> tuple[str, str]:
    """System and user text. Raises ValueError when a part or a variable is missing."""
    parts = file.read_text(encoding="utf-8").split("\n---\n")
    if len(parts) != 2 or sorted(_VARIABLE.findall(parts[1])) != ["passages", "sentence"]:
        raise ValueError(f"prompts/{file.name}: expected two parts, the second with {{passages}} and {{sentence}} once")
    return parts[0].strip(), parts[1].strip()
