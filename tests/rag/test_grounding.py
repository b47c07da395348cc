from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer_records import VerdictState
from rag.grounding import LexicalVerifier, Verifier, carries

QUOTED, PARAPHRASE = VerdictState.QUOTED, VerdictState.PARAPHRASE
NOT_FOUND, UNCHECKED = VerdictState.NOT_FOUND, VerdictState.UNCHECKED

ARTICLE = """Harbour works resume in Skagby
The Coastal Gazette
2021-06-09
The port of Skagby reopened its northern quay on Tuesday after 14 months of repairs, the harbour office said.
Storms had damaged 320 metres of the wall, and the town spent €4.2 million to rebuild it.
“We will not close the quay again,” harbour master Lena Orr told reporters.
The fishing union said landing fees are too high. Mayor Anton Brekke said the fees pay for the repairs.
Exports of herring rose by 7 per cent in May, while imports of timber fell.
The Ministry of Fisheries and Coastal Affairs may offer a loan for a second crane if the council agrees."""


def verdict(sentence: str, source: str = ARTICLE) -> VerdictState:
    return LexicalVerifier().verify(sentence, [source]).state


# ------------------------------------------------------------------ states
@pytest.mark.parametrize(
    "sentence",
    [
        "Storms had damaged 320 metres of the wall, and the town spent €4.2 million to rebuild it.",
        "Storms had damaged 320 metres of the wall",
        '"We will not close the quay again," harbour master Lena Orr told reporters.',
        "Mayor Anton Brekke said the fees pay for the repairs.",
        "The port of Skagby reopened its northern quay on Tuesday after 14 months of repairs.",
    ],
)
def test_copies_are_quoted(sentence: str) -> None:
    assert verdict(sentence) is QUOTED


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Skagby's northern quay is open again after 14 months of repairs.", id="free"),
        pytest.param("Herring exports rose 7% in May 2021.", id="percent_and_date_line"),
        pytest.param("The repair of more than 300 metres of wall cost €4,200,000.", id="rounded"),
        pytest.param("The quay in Skagby reopened on June 8.", id="weekday_resolved"),
        pytest.param(
            "The Ministry of Fisheries and Coastal Affairs may offer a loan for a second crane.", id="condition_cut"
        ),
        pytest.param("The MFCA may offer a loan for a crane.", id="abbreviation"),
        pytest.param(
            "The Ministry of Fisheries and Coastal Affairs will offer a loan for a second crane.", id="lost_hedge"
        ),
        pytest.param("Lena Orr said the quay will not close again.", id="reported"),
    ],
)
def test_what_nothing_contradicts_is_a_paraphrase(sentence: str) -> None:
    assert verdict(sentence) is PARAPHRASE


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Storms had damaged 45 metres of the wall.", "the number 45 metres is not in the cited passage"),
        ("The quay reopened after 320 months.", 'says "320 months" where the cited passage says "320 metres"'),
        ("Lena Orr and Wen Ku reopened the quay.", 'the name "Lena Orr and Wen Ku" is not in the cited passage'),
        (
            'Lena Orr said "we will never close the quay again".',
            'the words in quotation marks "we will never close the quay again" are not verbatim in the cited passage',
        ),
        (
            '"We will close the quay again," harbour master Lena Orr told reporters.',
            'the words in quotation marks "We will close the quay again" are not verbatim in the cited passage',
        ),
        (
            "The port of Skagby closed its northern quay on Tuesday.",
            'says "Skagby closed its" where the cited passage says "Skagby reopened its"',
        ),
        (
            "Exports of herring fell by 7 per cent in May.",
            'says "herring fell by" where the cited passage says "herring rose by"',
        ),
        (
            "The fishing union said the fees pay for the repairs.",
            'has "the union" as the one who said it where the cited passage has "Anton Brekke"',
        ),
        (
            "Skagby plans a shiny glass opera house.",
            'much of it is not in the cited passage: "plans", "shiny", "glass", "opera", "house"',
        ),
    ],
)
def test_what_the_sources_do_not_say_is_not_found(sentence: str, why: str) -> None:
    found = LexicalVerifier().verify(sentence, [ARTICLE])
    assert (found.state, found.why) == (NOT_FOUND, why)


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [("It was so.", [ARTICLE]), ("", [ARTICLE]), ("Storms came.", []), ("Storms came.", ["", " "])],
)
def test_nothing_to_compare_is_unchecked(sentence: str, sources: list[str]) -> None:
    found = LexicalVerifier().verify(sentence, sources)
    assert found.state is UNCHECKED
    assert found.why
    assert found.score == 0


def test_a_text_too_long_for_a_sentence_is_unchecked() -> None:
    assert verdict("storm " * 400) is UNCHECKED


# ------------------------------------------------------------------ reported errors of lexical checks
@pytest.mark.parametrize(
    ("source", "sentence", "states"),
    [
        pytest.param(
            "The bridge and the road will close on Monday.", "The bridge and the.", {PARAPHRASE}, id="cut_off"
        ),
        pytest.param(
            "Orla runs a bakery in Cork. Finn won the regatta.", "Orla won the regatta.", {NOT_FOUND}, id="fused"
        ),
        pytest.param("The mill fire may have been arson.", "The mill fire was arson.", {PARAPHRASE}, id="lost_hedge"),
        pytest.param(
            "It cut 60 jobs and closed 45 stores.", "It cut 45 jobs.", {NOT_FOUND}, id="number_from_elsewhere"
        ),
        pytest.param("The union sued the airline.", "The airline sued the union.", {NOT_FOUND}, id="role_swap"),
        pytest.param("Rents rose in Ahus and fell in Lund.", "Rents fell in Ahus.", {NOT_FOUND}, id="reversed"),
        pytest.param(
            "The carrier cut 60 jobs.", "The carrier cut 60 engineering jobs.", {PARAPHRASE}, id="added_detail"
        ),
        pytest.param(
            "The mayor called it a waste.", 'The mayor called it "a sheer waste".', {NOT_FOUND}, id="false_quote"
        ),
        pytest.param("The bank would not offer a loan.", "The bank would offer a loan.", {NOT_FOUND}, id="lost_not"),
        pytest.param("It sold 735, 000 cars.", "It sold 735,000 cars.", {QUOTED}, id="split_number"),
        pytest.param(
            "The loss-making carrier cut 1,180 jobs.",
            "The carrier cut more than 1,000 jobs.",
            {PARAPHRASE},
            id="rounding",
        ),
        pytest.param("The path is 10 miles long.", "The path is 16 km long.", {PARAPHRASE}, id="units"),
    ],
)
def test_known_errors_of_word_overlap(source: str, sentence: str, states: set[VerdictState]) -> None:
    assert verdict(sentence, source) in states


def test_scores_fall_from_quoted_to_not_found() -> None:
    verifier: Verifier = LexicalVerifier()
    sentences = [
        "Exports of herring rose by 7 per cent in May, while imports of timber fell.",
        "Herring exports rose 7% in May.",
        "Herring exports rose 9% in May.",
    ]
    found = [verifier.verify(sentence, [ARTICLE]) for sentence in sentences]
    assert [f.state for f in found] == [QUOTED, PARAPHRASE, NOT_FOUND]
    assert found[0].score > found[1].score > found[2].score


def test_rare_words_weigh_more_with_idf() -> None:
    sentence = "The harbour office of Skagby said herring was fine zirconium."
    common, rare = LexicalVerifier(lambda stem: 1.0), LexicalVerifier(lambda stem: 9.0 if stem == "zirconium" else 1.0)
    assert common.verify(sentence, [ARTICLE]).score > rare.verify(sentence, [ARTICLE]).score


def test_any_source_may_support_the_sentence() -> None:
    assert (
        LexicalVerifier().verify("Storms hit the old quay.", ["Nothing here.", "Storms hit the old quay."]).state
        is QUOTED
    )


# ------------------------------------------------------------------ properties
WORDS = "harbour storm quay council herring crane repair wall union fee timber town captain winter market loan".split()
VERBS = "damaged reopened rebuilt inspected praised funded visited measured".split()


@st.composite
def sources(draw: st.DrawFn) -> list[str]:
    """Sentences such as "The storm damaged the old quay in 1987 near the market"."""
    noun, verb = st.sampled_from(WORDS), st.sampled_from(VERBS)
    row = st.tuples(noun, verb, noun, st.integers(1000, 9999), noun, noun)
    rows = draw(st.lists(row, min_size=1, max_size=6))
    return [f"The {a} {v} the {b} with {n} tonnes near the {c} and a {d}." for a, v, b, n, c, d in rows]


@given(sources(), st.data())
def test_a_sentence_of_the_source_is_quoted(written: list[str], data: st.DataObject) -> None:
    assert verdict(data.draw(st.sampled_from(written)), " ".join(written)) is QUOTED


@given(sources(), st.data(), st.integers(10, 999))
def test_a_number_the_source_lacks_is_never_shown(written: list[str], data: st.DataObject, number: int) -> None:
    sentence = data.draw(st.sampled_from(written))
    words = [str(number) if word.isdigit() else word for word in sentence.split()]
    assert verdict(" ".join(words), " ".join(written)) is NOT_FOUND


@given(sources(), st.data())
def test_an_inserted_not_is_never_quoted(written: list[str], data: st.DataObject) -> None:
    words = data.draw(st.sampled_from(written)).split()
    words.insert(data.draw(st.integers(0, len(words) - 1)), "not")
    assert verdict(" ".join(words), " ".join(written)) is not QUOTED


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_gets_a_verdict(sentence: str, texts: list[str]) -> None:
    found = LexicalVerifier().verify(sentence, texts)
    assert 0 <= found.score <= 1
    assert found.why


@given(st.text(alphabet=" \n.,:;-'\"`“”‘’()[]$£%09aAbéİßﬁ½٣not", max_size=200))
def test_marks_and_figures_get_a_verdict(text: str) -> None:
    assert LexicalVerifier().verify(text, [text[::-1], text]).why


@pytest.mark.parametrize(
    "unit",
    [
        "storm ",
        "not a quay ",
        "“a' \"b ",
        "1,000 $2 m ",
        "The quay closed. ",
        "Lena Orr said. ",
        "((( ",
        "don't ",
        "5, 000 ",
        "a-1 ",
    ],
)
def test_time_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    verifier = LexicalVerifier()

    def seconds(times: int) -> float:
        started = time.process_time()
        verifier.verify(unit * 20, [f"{unit * times}{times}"])
        return time.process_time() - started

    seconds(100)
    assert seconds(20_000) < 40 * seconds(2_000) + 0.5  # squared it would be 100 times


# ------------------------------------------------------------------ quotations in its place
QUAY = "The port of Skagby reopened its northern quay on Tuesday after 14 months of repairs."


@pytest.mark.parametrize(
    "sentence",
    [
        "Skagby's northern quay is open again after 14 months of repairs.",
        "After 14 months the northern quay of Skagby has reopened.",
    ],
)
def test_quotations_that_carry_a_sentence(sentence: str) -> None:
    assert carries([QUAY], sentence, lambda _: 1.0)


@pytest.mark.parametrize(
    ("quotes", "sentence"),
    [
        ([QUAY], "The northern quay of Skagby reopened after 40 months of repairs."),
        ([QUAY], "Landing fees are too high, the fishing union said."),
        ([], "The quay reopened."),
        ([QUAY], "He is."),
    ],
)
def test_quotations_that_do_not(quotes: list[str], sentence: str) -> None:
    assert not carries(quotes, sentence, lambda _: 1.0)
