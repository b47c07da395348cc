from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.claims.stems import comparable_stem
from rag.claims.texts import LONGEST_SENTENCE, read, read_claim, read_sources, tidy


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        pytest.param("7 per cent, 8 percent", "7%, 8%", id="per_cent"),
        pytest.param("735, 000 people", "735,000 people", id="split_thousands"),
        pytest.param("On May 5, 300 people", "On May 5, 300 people", id="a_date_is_not_split_thousands"),
        pytest.param("1,200 on 5, 300 more", "1,200 on 5, 300 more", id="text_with_whole_thousands_splits_none"),
        pytest.param("2. 4 miles", "2.4 miles", id="split_decimal"),
        pytest.param("1\u202f200", "1200", id="thin_space"),
        pytest.param("2019-10-08T09:00Z", "8 October 2019", id="iso_date"),
        pytest.param("2019-10", "October 2019", id="iso_month"),
        pytest.param("“so” ‘it’ ``was''", '"so" \'it\' "was"', id="quotes"),
        pytest.param("Zürich café", "Zurich cafe", id="accents"),
    ],
)
def test_tidy_gives_one_spelling(written: str, tidied: str) -> None:
    assert tidy(written) == tidied


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("organise", "organization"),
        ("labour", "labor"),
        ("centre", "center"),
        ("won", "winning"),
        ("people", "person"),
        ("dead", "died"),
        ("seven", "7"),
        ("fifth", "5"),
        ("october", "oct"),
    ],
)
def test_variants_share_a_stem(one: str, other: str) -> None:
    assert comparable_stem(one) == comparable_stem(other)


def test_contractions_are_read_as_full_negations() -> None:
    [sentence] = read("They won't, can't and didn't go.")
    assert sentence.words == ("they", "will", "not", "can", "not", "and", "did", "not", "go")


def test_us_is_content_only_in_capitals() -> None:
    [country], [pronoun] = read("The US agreed."), read("He told us.")
    assert country.stems[1] == "usa"
    assert pronoun.stems[2] == ""


def test_sentences_of_lower_cased_text_are_split() -> None:
    assert len(read('the plan failed. "it was late," he said. nobody came.')) == 3


def test_abbreviations_do_not_split() -> None:
    assert len(read("Orla Inc. said so. Finn agreed.")) == 2


def test_text_without_full_stops_is_cut_into_bounded_sentences() -> None:
    sentences = read("word " * (2 * LONGEST_SENTENCE + 1))
    assert [len(s.words) for s in sentences] == [LONGEST_SENTENCE, LONGEST_SENTENCE, 1]


def test_sources_index_every_text_in_order() -> None:
    sources = read_sources(("The plant closed.", "A plant opened. Nobody came."))
    assert sources.by_stem[comparable_stem("plant")] == [0, 1]
    assert sources.by_bigram["nobody", "came"] == [2]


@given(st.text())
def test_words_start_where_they_are_written(text: str) -> None:
    for sentence in read(text):
        for start, surface in zip(sentence.starts, sentence.surfaces, strict=True):
            assert sentence.text.startswith(surface, start)
        assert len(sentence.words) == len(sentence.stems) == len(sentence.clauses) > 0


@given(st.text())
def test_a_claim_has_the_words_of_its_sentences(text: str) -> None:
    whole = read_claim(text).words
    assert sum(len(sentence.words) for sentence in read(text)) == len(whole)
