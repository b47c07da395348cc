"""`--judge` → a judge."""

from __future__ import annotations

from collections.abc import Callable

from eval.judges.judge import Judge
from eval.judges.lexical import LexicalJudge
from eval.judges.llm import LlmJudge
from eval.judges.nli import open_nli
from eval.judges.verifier import VerifierJudge
from rag.errors import ModelMissing
from rag.grounding import LexicalVerifier
from rag.llm import open_chat_model
from rag.settings import Settings

SPECIFICATIONS = "lexical, verifier, nli:NAME_OR_DIRECTORY, llm:MODEL"


def open_judge(specification: str, settings: Settings, idf: Callable[[str], float] | None = None) -> Judge:
    """The judge that `--judge` names, see `SPECIFICATIONS`.

    Args:
        idf: Rarity of a stem in the library for the verifier; every stem counts the same without one.

    Raises:
        ModelMissing: There is no such judge, or its model is not on this machine.
    """
    kind, _, name = specification.partition(":")
    match kind, bool(name):
        case "lexical", False:
            return LexicalJudge()
        case "verifier", False:
            return VerifierJudge(LexicalVerifier(idf))
        case "nli", True:
            return open_nli(name)
        case "llm", True:
            model = open_chat_model(settings.model_copy(update={"llm": name}))
            if model is not None:
                return LlmJudge(model)
    raise ModelMissing(f"judge {specification!r} is unknown. Choose one of: {SPECIFICATIONS}.")
