"""Settings → the verifier that checks drafted sentences."""

from __future__ import annotations

from collections.abc import Callable

from rag.entailment import open_entailment
from rag.errors import SettingsError
from rag.grounding import LexicalVerifier, Verifier
from rag.messages import ChatModel
from rag.second_opinion import ModelJudge, SecondOpinion
from rag.settings import Settings


def open_verifier(settings: Settings, idf: Callable[[str], float], model: ChatModel | None) -> Verifier:
    """The lexical verifier, with the second opinion that the settings name.

    Raises:
        ModelMissing: The cross-encoder is not there.
        SettingsError: The answering model is to be asked, and there is none.
    """
    verifier = LexicalVerifier(idf)
    if settings.second_opinion == "none":
        return verifier
    if settings.second_opinion != "model":
        return SecondOpinion(verifier, open_entailment(settings.second_opinion))
    if model is None:
        raise SettingsError("second_opinion 'model' asks the answering model, and there is none. Set llm as well.")
    return SecondOpinion(verifier, ModelJudge(model))
