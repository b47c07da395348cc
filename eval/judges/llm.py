"""Any language model as judge, with a strict parse: an unclear reply is unscored, never a guess."""

from __future__ import annotations

import hashlib
import random
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
ATTEMPTS = 2
NO_REPLY = JudgeVerdict(None, None, "no reply")

_VARIABLE = re.compile(r"\{([a-z]+)\}")
_VERDICT = re.compile(r"^[ \t*]*VERDICT:[ \t*]*(SUPPORTED|NOT_SUPPORTED)[ \t*.]*$", re.MULTILINE)
_MAX_REASON = 300


class LlmJudge:
    """Asks for a reason and a verdict line; only a single verdict on the last line counts.

    Sources are shown in an order drawn from their digest, so that no rank is favoured and a repeat is the same. An
    unclear or cut reply is asked for again, in another order, up to `ATTEMPTS` times. A model that fails (no
    connection, window too small) leaves the claim unscored with the error as reason.
    """

    def __init__(self, model: ChatModel) -> None:
        self.name = f"llm:{model.name}"
        self.model = model

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The model's verdict; the score is 1 or 0."""
        verdict = NO_REPLY
        for attempt in range(ATTEMPTS):
            try:
                verdict = read_verdict(self._reply(judge_prompt(claim, shuffled(claim, sources, attempt))))
            except ModelReplyInvalid as error:
                verdict = JudgeVerdict(None, None, f"{type(error).__name__}: {error}")
            except ModelError as error:
                return JudgeVerdict(None, None, f"{type(error).__name__}: {error}")
            if verdict.supported is not None:
                break
        return verdict

    def _reply(self, prompt: str) -> str:
        pieces = list(self.model.stream([Message("user", prompt)], max_tokens=MAX_TOKENS))
        finish = pieces[-1].finish if pieces else "empty"
        if finish != "stop":
            raise ModelReplyInvalid(
                f"the judge's reply did not end ({finish}). Repeat the run, or choose another judge."
            )
        return "".join(piece.text for piece in pieces)


def shuffled(claim: str, sources: Sequence[str], attempt: int = 0) -> list[str]:
    """The sources in an order that depends on nothing but them, the claim and the attempt."""
    seed = hashlib.sha256("\0".join([claim, *sources, str(attempt)]).encode()).digest()
    return random.Random(seed).sample(list(sources), len(sources))


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
