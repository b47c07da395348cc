"""Any language model as judge, with a strict parse: an unclear reply is unscored, never a guess."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from eval.judges.judge import JudgeVerdict
from rag.errors import ModelError, ModelReplyInvalid
from rag.messages import ChatModel, Message
from rag.prompting import neutralise

PROMPT = Path(__file__).with_name("llm_judge.md").read_text(encoding="utf-8")
VARIABLES = {"fence", "sources", "claim"}
MAX_TOKENS = 300

_VARIABLE = re.compile(r"\{([a-z]+)\}")
_VERDICT = re.compile(r"^[ \t*]*VERDICT:[ \t*]*(SUPPORTED|NOT_SUPPORTED)[ \t*.]*$", re.MULTILINE)
_MAX_REASON = 300


class LlmJudge:
    """Asks for a reason and a verdict line; only a single verdict on the last line counts.

    A model that fails (no connection, window too small) leaves the claim unscored with the error as reason.
    """

    def __init__(self, model: ChatModel) -> None:
        self.name = f"llm:{model.name}"
        self.model = model

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The model's verdict; the score is 1 or 0."""
        try:
            return read_verdict(self._reply(judge_prompt(claim, sources)))
        except ModelError as error:
            return JudgeVerdict(None, None, f"{type(error).__name__}: {error}")

    def _reply(self, prompt: str) -> str:
        pieces = list(self.model.stream([Message("user", prompt)], max_tokens=MAX_TOKENS))
        finish = pieces[-1].finish if pieces else "empty"
        if finish != "stop":
            raise ModelReplyInvalid(
                f"the judge's reply did not end ({finish}). Repeat the run, or choose another judge."
            )
        return "".join(piece.text for piece in pieces)


def judge_prompt(claim: str, sources: Sequence[str]) -> str:
    """The prompt; its marker lines hold a digest of the texts, so that no text can forge one."""
    body = "\n\n".join(f"[{number}] {neutralise(source)}" for number, source in enumerate(sources, start=1))
    fence = hashlib.sha256(f"{claim}\0{body}".encode()).hexdigest()[:16]
    values = {"fence": fence, "sources": body, "claim": neutralise(claim)}
    return _VARIABLE.sub(lambda match: values[match[1]], PROMPT)


def read_verdict(reply: str) -> JudgeVerdict:
    """The verdict in a reply: one verdict line, at its end."""
    found = list(_VERDICT.finditer(reply))
    if len(found) != 1 or reply[found[-1].end() :].strip():
        return JudgeVerdict(None, None, f"no clear verdict line in the reply: {_excerpt(reply)!r}")
    supported = found[0][1] == "SUPPORTED"
    return JudgeVerdict(supported, float(supported), _excerpt(reply[: found[0].start()]) or "no reason given")


def _excerpt(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _MAX_REASON else plain[: _MAX_REASON - 1] + "…"
