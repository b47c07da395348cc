from __future__ import annotations

import pytest

from rag.references import refers_outside, with_antecedent
from tests.rag.scored import passage, scored


@pytest.mark.parametrize(
    ("sentence", "outside"),
    [
        ("He called the list a mistake.", True),
        ("The ministry said it would respond.", True),
        ("It took effect on Wednesday.", True),
        ("“We will fight this,” she said.", True),
        ("These rules cover older chips as well.", True),
        ("Huawei has been on it since May.", True),
        ("Dahua and Hikvision were already added to this in 2019.", True),
        ("Huawei has been on the list since May.", False),
        ("Huawei paid a fine and complained about it.", False),
        ("The commerce ministry in Beijing said it would respond.", False),
        ("Geng Shuang said he had no details.", False),
        ("The company Dahua said it was shocked.", False),
        ("Washington listed 28 bodies.", False),
        ("It is unclear who wrote the memo.", False),
        ("This week prices fell in Shanghai.", False),
    ],
)
def test_sentences_that_speak_of_what_only_others_name(sentence: str, outside: bool) -> None:
    assert refers_outside(sentence) is outside


def test_a_first_word_that_the_article_capitalises_elsewhere_is_a_name() -> None:
    assert refers_outside("Hikvision said when it would appeal.", "A spokesman for Hikvision was calm.") is False
    assert refers_outside("Yesterday he said that.", "A spokesman for Hikvision was calm.") is True


def test_a_quotation_begins_where_its_subject_is_named() -> None:
    item = passage("Geng Shuang spoke in Beijing. He was calm. He named no measures.")
    grown = with_antecedent(scored(item, 1.0)[2])
    assert grown.text == "Geng Shuang spoke in Beijing. He was calm. He named no measures."
    assert item.passage.text[grown.start : grown.end] == grown.text


def test_a_quotation_stays_as_it_is_when_nothing_near_names_its_subject() -> None:
    far = passage("Geng spoke in Beijing. He came. He saw. He went. He named no measures.")
    last = scored(far, 1.0)[-1]
    assert with_antecedent(last) is last
    heading = passage("Reactions in Beijing\nHe named no measures.")
    assert with_antecedent(scored(heading, 1.0)[-1]).text == "He named no measures."


def test_a_sentence_that_names_its_subject_stays_alone() -> None:
    only = scored(passage("Traders were calm. Geng Shuang named no measures."), 1.0)[1]
    assert with_antecedent(only) is only
