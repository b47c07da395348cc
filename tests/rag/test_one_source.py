from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer_records import Answer, Citation, Disagreement, Method, Sentence, Side, VerdictState
from rag.one_source import one_source
from rag.records import Copy


def citation(marker: int, story: str, outlet: str | None = "Bay Herald", *copies: str) -> Citation:
    also_in = tuple(Copy(name, name) for name in copies)
    return Citation(marker, f"a{marker}", "Port", outlet, "2021-03-05", None, 0, 4, "Port", also_in, story)


def answer(*citations: Citation, shown: tuple[int, ...] | None = None) -> Answer:
    markers = tuple(c.marker for c in citations) if shown is None else shown
    sentences = tuple(
        Sentence("Port.", (c.marker,), VerdictState.QUOTED, 1.0, shown=c.marker in markers) for c in citations
    )
    return Answer("q", "q", "Port.", Method.EXTRACTED, sentences, citations)


@pytest.mark.parametrize(
    ("given", "stories", "said"),
    [
        (answer(citation(1, "s")), 1, "One source: Bay Herald, 5 Mar 2021"),
        (answer(citation(1, "s"), citation(2, "s")), 1, "One source: Bay Herald, 5 Mar 2021"),
        (
            answer(citation(1, "s", "Bay Herald", "Coast Post", "Metro")),
            1,
            "One source, carried by 3 outlets: Bay Herald, 5 Mar 2021",
        ),
        (answer(citation(1, "s"), citation(2, "t")), 2, "One outlet: Bay Herald"),
        (answer(citation(1, "s"), citation(2, "t", "Coast Post")), 2, None),
        (answer(citation(1, "s", None), citation(2, "t", None)), 2, None),
        (answer(citation(1, ""), citation(2, "", "Coast Post")), 2, None),
        (answer(citation(1, "s"), citation(2, "t", "Coast Post"), shown=(1,)), 1, "One source: Bay Herald, 5 Mar 2021"),
        (answer(), 0, None),
    ],
)
def test_what_rests_on_one_report_says_so(given: Answer, stories: int, said: str | None) -> None:
    assert given.stories == stories
    assert one_source(given) == said


def test_a_disagreement_brings_in_the_reports_of_its_sides() -> None:
    sides = tuple(Side("Port.", None, None, None, None, marker) for marker in (1, 2))
    one = answer(citation(1, "s"), citation(2, "t", "Coast Post"), shown=(1,))
    assert one_source(replace(one, disagreements=(Disagreement("claim", "port", sides),))) is None


def test_an_abstention_rests_on_nothing() -> None:
    assert one_source(replace(answer(citation(1, "s")), method=Method.ABSTAINED)) is None
