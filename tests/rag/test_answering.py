"""A drafted sentence keeps the citations that bear it out, and no others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answer_records import Sentence, VerdictState
from rag.answering import Generating, ModelReply
from rag.composition import Composition
from rag.generation import Generator
from rag.grounding import LexicalVerifier
from rag.records import Article, Retrieved
from rag.settings import Settings
from tests.scripted_model import ScriptedModel
from tests.web.fakes import FakeLibrary, article, found

PORT = article("a1", "The port reopened on Monday. Cranes moved.", title="Harbour news")
VOTE = article("b2", "The council voted 7 to 2 for higher fees on Friday.", title="The port reopened on Sunday")
BOTH = article("c3", "Officials said the port reopened on Monday after a storm.", title="Storm ends")
ARTICLES = (PORT, VOTE, BOTH)


def drafted(
    reply: str, articles: Sequence[Article] = ARTICLES, policy: str = "balanced"
) -> tuple[Sentence, Composition]:
    """The first sentence of a model's reply, checked, and what it was composed into."""
    library = FakeLibrary(*articles)
    retrieved: list[Retrieved] = [found(a, rank) for rank, a in enumerate(articles, start=1)]
    composition = Composition(policy)
    generator = Generator(ScriptedModel(reply), Settings())
    generating = Generating(library, LexicalVerifier(), generator)  # type: ignore[arg-type]
    list(generating.answer("When did the port reopen?", retrieved, composition, ModelReply()))
    return composition.sentences[0], composition


def cited(sentence: Sentence, composition: Composition) -> list[str]:
    return [composition.citations[marker - 1].article_id for marker in sentence.citations]


def test_a_passage_that_does_not_say_it_is_not_cited() -> None:
    sentence, composition = drafted("The port reopened on Monday. [1][2]")
    assert sentence.verdict is VerdictState.QUOTED
    assert cited(sentence, composition) == ["a1"]
    assert [(r.marker, r.reason) for r in composition.rejected] == [
        ("[2]", "does not say: The port reopened on Monday.")
    ]


def test_all_that_bear_it_out_stay() -> None:
    sentence, composition = drafted("The port reopened on Monday. [1][3]")
    assert cited(sentence, composition) == ["a1", "c3"]
    assert not composition.rejected


def test_passages_that_bear_it_out_only_together_stay() -> None:
    sentence, composition = drafted("The port reopened on Monday and the council voted 7 to 2 on Friday. [1][2]")
    assert sorted(cited(sentence, composition)) == ["a1", "b2"]


def test_a_sentence_without_a_marker_is_cited_from_the_passage_that_bears_it_out_best() -> None:
    sentence, composition = drafted("The council voted 7 to 2 for higher fees on Friday.")
    assert sentence.verdict is VerdictState.QUOTED
    assert cited(sentence, composition) == ["b2"]
    _, composition = drafted(PARAPHRASE, [PORT, SAID], "verbatim")
    assert [s.text for s in composition.shown] == [SAID.text]


@pytest.mark.parametrize(
    "text",
    [
        "The council voted 8 to 1 for higher fees on Friday.",  # refuted
        "Ferries will sail to the northern islands again from next spring.",  # of something else
        "The answer is: Monday.",  # too little to tell where it is from
        "The council voted 7 to 2 for higher fees on Friday. [9]",  # a marker of no passage
    ],
)
def test_a_sentence_without_a_marker_that_no_passage_bears_out_cites_none(text: str) -> None:
    sentence, composition = drafted(text)
    assert (sentence.verdict, sentence.why) == (VerdictState.UNCHECKED, "cites no passage")
    assert composition.citations == []


def test_a_withheld_sentence_keeps_what_it_cited() -> None:
    sentence, composition = drafted("The port reopened on 9 May. [1][2]")
    assert not sentence.shown
    assert sorted(cited(sentence, composition)) == ["a1", "b2"]


@pytest.mark.parametrize("marker", ["[2]", "[1][2]"])
def test_a_copied_headline_is_no_quotation(marker: str) -> None:
    sentence, _ = drafted(f"The port reopened on Sunday. {marker}")
    assert sentence.verdict is VerdictState.PARAPHRASE
    assert sentence.why == "stands in the headline, not in the text quoted"


def test_what_acts_on_a_terminal_is_no_text() -> None:
    sentence, _ = drafted("\x1b\u202e\u200bThe port reopened on Monday.\x00 [1]")
    assert sentence.text == "The port reopened on Monday."
    assert sentence.verdict is VerdictState.QUOTED


SAID = article(
    "d4", "The harbour office said on Monday that nine damaged cranes would be repaired by June.", title="Cranes"
)
PARAPHRASE = "Nine cranes that were damaged will see repair by June, said the harbour office on Monday."


def test_what_a_paraphrase_cites_is_quoted_in_its_place() -> None:
    paraphrase, composition = drafted(f"{PARAPHRASE} [1]", [SAID], "verbatim")
    assert paraphrase.verdict is VerdictState.PARAPHRASE
    assert not paraphrase.shown
    assert "quoted instead" in (paraphrase.why or "")
    (shown,) = composition.shown
    assert (shown.text, shown.verdict) == (SAID.text, VerdictState.QUOTED)
    assert shown.lead_in is not None
    assert composition.failed == []


def test_the_same_quotation_stands_in_for_two_paraphrases_once() -> None:
    other = "On Monday the harbour office said that by June nine damaged cranes would see repair."
    _, composition = drafted(f"{PARAPHRASE} [1] {other} [1]", [SAID], "verbatim")
    assert [s.text for s in composition.shown] == [SAID.text]


def test_of_several_passages_the_one_that_carries_the_paraphrase_is_quoted() -> None:
    aside = article("e5", "The harbour office said on Monday that damaged cranes would be looked at.")
    _, composition = drafted(f"{PARAPHRASE} [1][2]", [aside, SAID], "verbatim")
    assert [s.text for s in composition.shown] == [SAID.text]


def test_of_a_refuted_sentence_what_corrects_it_is_quoted() -> None:
    sentence, composition = drafted(
        "The harbour office said on Monday that nine damaged cranes would not be repaired by June. [1]",
        [SAID],
        "verbatim",
    )
    assert sentence.verdict is VerdictState.NOT_FOUND
    assert not sentence.shown
    assert "quoted instead" in (sentence.why or "")
    assert (sentence.why or "").split(":")[0] not in ("", "a paraphrase, which is not verified")
    assert [(s.text, s.verdict) for s in composition.shown] == [(SAID.text, VerdictState.QUOTED)]
    assert composition.failed == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The harbour office said that 12 damaged cranes would be repaired. [1]",  # a number the quotation lacks
        "The council voted to close the school on Friday. [1]",  # of something else
    ],
)
def test_what_does_not_carry_a_refuted_sentence_is_not_quoted_in_its_place(sentence: str) -> None:
    refuted, composition = drafted(sentence, [SAID], "verbatim")
    assert refuted.verdict is VerdictState.NOT_FOUND
    assert composition.shown == []
    assert composition.failed == [refuted]


def test_other_policies_quote_nothing_in_place_of_what_they_withhold() -> None:
    refuted = "The harbour office said on Monday that nine damaged cranes would not be repaired by June. [1]"
    for policy in ("strict", "balanced"):
        assert drafted(refuted, [SAID], policy)[1].shown == []


def test_a_quotation_in_place_of_a_paraphrase_says_who_it_speaks_of() -> None:
    told = article(
        "f6", "The harbour office met on Monday. It said that nine damaged cranes would be repaired by June."
    )
    _, composition = drafted(
        "Nine cranes that were damaged will see repair by June, said the harbour office. [1]", [told], "verbatim"
    )
    (shown,) = composition.shown
    assert shown.text == told.text
