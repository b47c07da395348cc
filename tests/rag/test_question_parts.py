from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question_parts import question_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What did China say in 2019 and in 2025?", ["What did China say in 2019?", "What did China say in 2025?"]),
        (
            "How did they respond in October 2019 and March 2025?",
            ["How did they respond in October 2019?", "How did they respond in March 2025?"],
        ),
        ("How did rents change from 2019 to 2025?", ["How did rents change in 2019?", "How did rents change in 2025?"]),
        (
            "What was decided in 2019, 2021 and 2023?",
            ["What was decided in 2019?", "What was decided in 2021?", "What was decided in 2023?"],
        ),
        (
            "What did the US and China say about tariffs?",
            ["What did the US say about tariffs?", "What did China say about tariffs?"],
        ),
        (
            "What did Oslo, Lima and Rome report about the ferry?",
            [f"What did {city} report about the ferry?" for city in ("Oslo", "Lima", "Rome")],
        ),
        ("What did both the US and China announce?", ["What did the US announce?", "What did China announce?"]),
        ("Compare Norway's harvest with Sweden's harvest.", ["Norway's harvest", "Sweden's harvest"]),
        ("How does the first plan differ from the second one?", ["the first plan", "the second plan"]),
        ("What is the difference between the House bill and the Senate bill?", ["the House bill", "the Senate bill"]),
        (
            "What did Oslo announce and how did Lima respond?",
            ["What did Oslo announce", "how did Lima respond?"],
        ),
    ],
)
def test_parts(question: str, parts: list[str]) -> None:
    assert list(question_parts(question)) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who leads Huawei?",
        "How many companies did the October 2019 blacklist target?",
        "Who is the head of Johnson and Johnson?",
        "Which teams do Ann Bell and Carl Bell play for?",
        "Whom did she marry and what is her profession?",
        "Ann Bell, Carl Dunn and which other leader were left out?",
        "When did Anna and the King open?",
        "How are Trinidad and Tobago affected?",
        "",
        "?",
    ],
)
def test_one_thing_asked_is_not_cut(question: str) -> None:
    assert question_parts(question) == ()


@given(st.text(max_size=200))
def test_any_text_gives_none_or_several_parts(question: str) -> None:
    parts = question_parts(question)
    assert len(parts) == 0 or 2 <= len(parts) <= 4
    assert len(set(parts)) == len(parts)
