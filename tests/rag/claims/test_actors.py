from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.actors import actors, check_actors
from rag.claims.evidence import Evidence
from rag.claims.texts import read

Beside = Callable[..., Evidence]
TWO = "The minister said rents are too high. The union said wages are too low."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("The union said rents are too high.", TWO, id="speaker_of_the_next_sentence"),
        pytest.param("The minister said wages are too low.", TWO, id="speaker_of_the_sentence_before"),
        pytest.param("Orla won the regatta.", "Orla runs a bakery. Finn won the regatta.", id="fused_sentences"),
        pytest.param("The airline sued the union.", "The union sued the airline.", id="swapped_roles"),
        pytest.param(
            "According to Brandt, rents are too high.",
            "Rents are too high, said Lund. Later, in Cork, Brandt left.",
            id="according_to",
        ),
    ],
)
def test_another_actor(beside: Beside, claim: str, source: str) -> None:
    assert check_actors(beside(claim, source)) is not None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("The union said wages are too low.", TWO, id="right_speaker"),
        pytest.param("The ministry said rents fell.", "Wen Ku of the ministry spoke. Wen said rents fell.", id="tied"),
        pytest.param("Brandt said rents fell.", "Brandt left. He said rents fell.", id="pronoun"),
        pytest.param("Lund said rents fell.", "Rents fell, the report showed.", id="no_speaker_in_the_source"),
        pytest.param(
            "MIIT said rents fell.", "The Ministry of Industry and Information Trade said rents fell.", id="short"
        ),
        pytest.param("Finn met Orla.", "Orla met Finn.", id="mutual"),
        pytest.param("The airline was sued by the union.", "The union sued the airline.", id="passive"),
    ],
)
def test_no_other_actor(beside: Beside, claim: str, source: str) -> None:
    assert check_actors(beside(claim, source)) is None


def test_the_reason_names_both(beside: Beside) -> None:
    why = check_actors(beside("The union said rents are too high.", TWO))
    assert why == 'has "the union" as the one who said it where the cited passage has "the minister"'


def test_actors_are_names_and_nouns_before_their_verb() -> None:
    [sentence] = read("Rents fell, Orla Brandt has said, and the mayor resigned.")
    assert [(actor.shown, actor.act) for actor in actors(sentence)] == [
        ("Orla Brandt", "says"),
        ("Rents", "fall"),
        ("the mayor", "resign"),
    ]


def test_a_capital_speaks_for_its_government(beside: Beside) -> None:
    source = "Washington runs late. {} sued the airline."
    assert check_actors(beside("Washington sued the airline.", source.format("Finn"))) is not None
    assert check_actors(beside("Washington sued the airline.", source.format("America"))) is None
