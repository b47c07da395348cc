from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.claims.evidence import Evidence
from rag.claims.names import check_names, names
from rag.claims.texts import read

Beside = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("Former mayor Orla Brandt met Finn in Cork.", ["Orla Brandt", "Finn", "Cork"], id="mid_sentence"),
        pytest.param("Orla Brandt spoke.", ["Orla Brandt"], id="opening_pair"),
        pytest.param("Brandt said so.", ["Brandt"], id="opening_speaker"),
        pytest.param("Despite Brandt, it closed.", ["Brandt"], id="opening_preposition"),
        pytest.param("Officials said so.", [], id="opening_plural"),
        pytest.param("Sales rose.", [], id="opening_noun"),
        pytest.param("President Brandt came.", ["Brandt"], id="title"),
        pytest.param("A 5G phone by MIIT.", ["5G", "MIIT"], id="figures_and_capitals"),
        pytest.param("They paid 16km or 7nm or 5p.", [], id="amounts"),
        pytest.param("Mill Shuts Doors In Cork Today", [], id="title_case"),
    ],
)
def test_names_of_a_sentence(sentence: str, expected: list[str]) -> None:
    assert [name.shown for name in names(read(sentence)[0])] == expected


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("The MIIT agreed.", "The Ministry of Industry and Information Technology agreed.", id="short"),
        pytest.param("The Ministry of Industry and Information Technology agreed.", "MIIT agreed.", id="long"),
        pytest.param("A Chinese firm won.", "A firm from China won.", id="demonym"),
        pytest.param("The American firm won.", "The U.S. firm won.", id="country"),
        pytest.param("The United States agreed.", "The US agreed.", id="united_states"),
        pytest.param("It was Orla's idea, Brandt's too.", "It was the idea of Orla Brandt.", id="possessive"),
        pytest.param("It happened to Huawei.", "it happened to huawei.", id="lower_case_source"),
        pytest.param("It fell in October.", "It fell. 2019-10-08", id="iso_month"),
        pytest.param("It is in Zürich.", "It is in Zurich.", id="accent"),
    ],
)
def test_same_name(beside: Beside, claim: str, source: str) -> None:
    assert check_names(beside(claim, source)) is None


@pytest.mark.parametrize(
    ("claim", "source", "missing"),
    [
        ("The man is Wen Ku.", "The man is Ku.", 'the name "Wen Ku" is not in the cited passage'),
        ("They met Orla and Finn.", "They met.", 'the name "Orla and Finn" is not in the cited passage'),
        ("They met Orla in Cork.", "They met.", 'the names "Orla", "Cork" are not in the cited passage'),
        ("It is a 4G phone.", "It is a 5G phone.", 'the name "4G" is not in the cited passage'),
        ("It closed on Friday.", "It closed on Monday.", 'the name "Friday" is not in the cited passage'),
        ("It met WHO and US aides.", "It met us, who are aides.", 'the name "WHO and US" is not in the cited passage'),
    ],
)
def test_another_name(beside: Beside, claim: str, source: str, missing: str) -> None:
    assert check_names(beside(claim, source)) == missing
