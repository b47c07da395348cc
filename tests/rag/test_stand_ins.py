"""What is quoted in place of a drafted sentence tells a reader what the sentence says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer_records import VerdictState
from rag.citations import quote_span
from rag.composition import Quote
from rag.records import Retrieved
from rag.stand_ins import stand_ins
from tests.rag.scored import passage

OPENING = "Lindqvist Tools said on Monday that it would close its works at Norby. The union was shocked."
ASIDE = "Rain fell all day. The mayor was away."


def quotes(sentence: str, *items: Retrieved) -> list[Quote]:
    found = []
    for item in items:
        start, end = quote_span(sentence, item.passage)
        found.append(Quote(item, start, end, item.passage.text[start:end]))
    return found


def shown(sentence: str, *items: Retrieved, state: VerdictState = VerdictState.PARAPHRASE) -> list[str]:
    return [quote.text for quote in stand_ins(sentence, state, quotes(sentence, *items), lambda _: 3.0)]


def test_a_name_that_the_quotation_lacks_is_quoted_with_it_in_the_order_of_the_passage() -> None:
    item = passage(f"{OPENING} {ASIDE} About 300 workers at the site are to lose work by the autumn.")
    assert shown("By autumn about 300 workers of Lindqvist Tools are to lose work.", item) == [
        "Lindqvist Tools said on Monday that it would close its works at Norby.",
        "About 300 workers at the site are to lose work by the autumn.",
    ]


def test_a_further_sentence_that_touches_the_quotation_joins_it() -> None:
    item = passage("Lindqvist will close. About 300 workers at the Norby site are to lose work by the autumn.")
    assert shown("By autumn about 300 workers of Lindqvist at the Norby site are to lose work.", item) == [
        item.passage.text
    ]


def test_the_second_fact_of_a_sentence_is_quoted_from_the_other_passage() -> None:
    one = passage("About 300 workers at the Norby site are to lose work by the autumn. The mayor was away.")
    other = passage("Rain fell all day. The works at Ostby will not be sold.", "b")
    sentence = "By autumn about 300 workers at the Norby site are to lose work; Ostby is kept."
    assert shown(sentence, one, other) == [one.passage.sentence_texts()[0], other.passage.sentence_texts()[1]]


@pytest.mark.parametrize(
    "sentence",
    [
        "About 300 workers at the Norby site are to lose work by the autumn.",  # nothing is missing
        "About 300 workers at the Norby site are to lose work by the sad autumn.",  # one plain word
        "About 300 workers at the Norby site are to lose work by the autumn, Volvo fears.",  # in no passage
    ],
)
def test_nothing_more_is_quoted_than_says_something_of_the_rest(sentence: str) -> None:
    item = passage("About 300 workers at the Norby site are to lose work by the autumn. The mayor was away. A sad day.")
    assert shown(sentence, item) == [item.passage.sentence_texts()[0]]


def test_a_synonym_or_a_people_is_not_missing() -> None:
    item = passage("American tariffs on Chinese goods rise on May 15. Rain fell. The United States and China met.")
    assert shown("US tariffs on goods from China increase on May 15.", item) == [item.passage.sentence_texts()[0]]


def test_a_refuted_sentence_that_its_quotation_does_not_carry_has_nothing_quoted_in_its_place() -> None:
    item = passage(f"{OPENING} {ASIDE}")
    refuted = "Lindqvist Tools will hire 500 engineers in Ostby next year."
    assert shown(refuted, item, state=VerdictState.NOT_FOUND) == []
    assert shown(refuted, item) != []


WORDS = st.sampled_from("Norby Ostby 300 15 works close jobs union said tariffs he the firm mayor rose".split())
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: " ".join(words).capitalize() + ".")


@given(st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join), SENTENCES, st.sampled_from(list(VerdictState)))
def test_what_is_shown_stands_in_the_passage_once(text: str, sentence: str, state: VerdictState) -> None:
    item = passage(text)
    spans = sorted((q.start, q.end, q.text) for q in stand_ins(sentence, state, quotes(sentence, item), lambda _: 3.0))
    assert all(text[start:end] == quoted for start, end, quoted in spans)
    assert all(end <= start for (_, end, _), (start, _, _) in pairwise(spans))
