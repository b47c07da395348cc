from __future__ import annotations

import pytest

from rag.answer_records import VerdictState
from rag.errors import ModelMissing, SettingsError
from rag.settings import Settings
from rag.verifier import open_verifier
from tests.scripted_model import ScriptedModel

SOURCE = "The ministry in Harbin said on Monday that it will answer the new American rules with measures of its own."
PARAPHRASE = "The Harbin ministry plans measures of its own in answer to the new American rules."


def idf(stem: str) -> float:
    return 1.0


def test_without_a_second_opinion_a_paraphrase_stays_one() -> None:
    verdict = open_verifier(Settings(), idf, None).verify(PARAPHRASE, [SOURCE])
    assert verdict.state is VerdictState.PARAPHRASE


def test_the_answering_model_can_be_asked() -> None:
    verifier = open_verifier(Settings(second_opinion="model"), idf, ScriptedModel("yes"))
    assert verifier.verify(PARAPHRASE, [SOURCE]).state is VerdictState.SUPPORTED


def test_a_model_that_is_not_there_cannot_be_asked() -> None:
    with pytest.raises(SettingsError, match="there is none"):
        open_verifier(Settings(second_opinion="model"), idf, None)


def test_a_cross_encoder_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelMissing, match="nowhere"):
        open_verifier(Settings(second_opinion="nowhere"), idf, None)
