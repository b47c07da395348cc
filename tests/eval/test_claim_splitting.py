from __future__ import annotations

import pytest

from eval.claim_splitting import LlmSplitter, open_splitter, read_claims
from eval.claims import ClaimsUnclear, split_by_sentence
from rag.errors import ModelMissing, ModelUnavailable
from rag.messages import Piece
from rag.settings import Settings
from tests.scripted_model import ScriptedModel


def test_a_model_splits_an_answer_and_sees_question_and_answer_as_data() -> None:
    model = ScriptedModel("- The board met.\n- The board approved 4.2 million euros.\n")
    assert LlmSplitter(model)("What did it do?", "It met and approved 4.2 million euros.") == [
        "The board met.",
        "The board approved 4.2 million euros.",
    ]
    assert "What did it do?" in model.asked[0]
    assert model.asked[0].count("=====") == 6


@pytest.mark.parametrize("reply", ["", "The board met.", "- \n", "Claims:\n- The board met."])
def test_a_reply_that_is_no_list_is_unclear(reply: str) -> None:
    with pytest.raises(ClaimsUnclear, match="no list of claims"):
        read_claims(reply)


def test_a_model_that_fails_or_is_cut_is_unclear() -> None:
    with pytest.raises(ClaimsUnclear, match="ModelUnavailable: down"):
        LlmSplitter(ScriptedModel(ModelUnavailable("down")))("q", "a")
    with pytest.raises(ClaimsUnclear, match="did not end"):
        LlmSplitter(ScriptedModel([Piece("- A."), Piece(finish="length")]))("q", "a")


def test_splitters_are_opened_by_name() -> None:
    assert open_splitter("sentences", Settings()) is split_by_sentence
    with pytest.raises(ModelMissing, match="sentences or llm:MODEL"):
        open_splitter("words", Settings())
