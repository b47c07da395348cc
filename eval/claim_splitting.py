"""`--claims` → a splitter: by sentence, or by a language model."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from eval.claims import ClaimsUnclear, Splitter, split_by_sentence
from rag.errors import ModelError, ModelMissing
from rag.llm import open_chat_model
from rag.messages import ChatModel, Message
from rag.prompting import neutralise
from rag.settings import Settings

PROMPT = (Path(__file__).parent / "judges" / "llm_splitter.md").read_text(encoding="utf-8")
MAX_TOKENS = 800
_VARIABLE = re.compile(r"\{([a-z]+)\}")


def open_splitter(specification: str, settings: Settings) -> Splitter:
    """The splitter that `--claims` names: "sentences" or "llm:MODEL".

    Raises:
        ModelMissing: There is no such splitter, or its model is not there.
    """
    kind, _, name = specification.partition(":")
    if kind == "sentences" and not name:
        return split_by_sentence
    model = open_chat_model(settings.model_copy(update={"llm": name})) if kind == "llm" and name else None
    if model is None:
        raise ModelMissing(f"claim splitter {specification!r} is unknown. Choose sentences or llm:MODEL.")
    return LlmSplitter(model)


class LlmSplitter:
    """Asks a model for a list; a reply that is anything but a list is refused, never repaired."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def __call__(self, question: str, text: str) -> list[str]:
        """The claims of a text.

        Raises:
            ClaimsUnclear: The model failed, or its reply is no list.
        """
        fence = hashlib.sha256(f"{question}\0{text}".encode()).hexdigest()[:16]
        values = {"fence": fence, "question": neutralise(question), "answer": neutralise(text)}
        prompt = _VARIABLE.sub(lambda match: values[match[1]], PROMPT)
        try:
            pieces = list(self.model.stream([Message("user", prompt)], max_tokens=MAX_TOKENS))
        except ModelError as error:
            raise ClaimsUnclear(f"{type(error).__name__}: {error}") from None
        if not pieces or pieces[-1].finish != "stop":
            raise ClaimsUnclear("the splitter's reply did not end")
        return read_claims("".join(piece.text for piece in pieces))


def read_claims(reply: str) -> list[str]:
    """The claims of a reply whose every line begins with "- ".

    Raises:
        ClaimsUnclear: It has another line, or no claim.
    """
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    if not lines or any(not line.startswith("- ") or not line[2:].strip() for line in lines):
        raise ClaimsUnclear(f"no list of claims in the reply: {' '.join(reply.split())[:120]!r}")
    return [line[2:].strip() for line in lines]
