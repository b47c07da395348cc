from __future__ import annotations

import pytest

from rag.embedder import open_embedder
from rag.extraction import QuestionWords, ScoredSentence, score_sentences, with_whole_quotation
from rag.question_type import QuestionType, question_type, type_match
from rag.records import ArticleHead, Passage, Retrieved
from rag.sentences import sentence_spans


def found(text: str, title: str = "A title", published: str | None = None) -> Retrieved:
    head = ArticleHead("a", title, published=published)
    return Retrieved(Passage("a", 0, len(text), text, tuple(sentence_spans(text))), head, 1, 1.0)


def sentences(text: str) -> list[ScoredSentence]:
    item = found(text)
    return [
        ScoredSentence(item, s, e, text[s:e], 1.0, 1.0, (1.0,), 1.0, frozenset()) for s, e in item.passage.sentences
    ]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many firms were listed?", QuestionType.NUMBER),
        ("What percentage of demand is imported?", QuestionType.PERCENT),
        ("How much did the deal cost?", QuestionType.MONEY),
        ("How long did the talks last?", QuestionType.DURATION),
        ("When was Huawei listed?", QuestionType.DATE),
        ("Why did they object?", QuestionType.WHY),
        ("Which spokesman replied?", QuestionType.WHO),
        ("Where was the summit?", QuestionType.WHERE),
        ("What did Huang say?", QuestionType.SAID),
        ("Was it a list?", QuestionType.OTHER),
    ],
)
def test_question_types(question: str, kind: QuestionType) -> None:
    assert question_type(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "match"),
    [
        (QuestionType.NUMBER, "It named twenty bureaus.", 1.0),
        (QuestionType.NUMBER, "It named bureaus.", 0.0),
        (QuestionType.PERCENT, "Output rose 7 per cent.", 1.0),
        (QuestionType.PERCENT, "Output rose to 7 tonnes.", 0.0),
        (QuestionType.MONEY, "It paid $3 billion.", 1.0),
        (QuestionType.MONEY, "It paid 3 clerks.", 0.3),
        (QuestionType.DATE, "It came on Tuesday.", 1.0),
        (QuestionType.WHY, "It fell because of the ban.", 1.0),
        (QuestionType.SAID, "He denied it.", 1.0),
        (QuestionType.OTHER, "Anything.", 0.5),
    ],
)
def test_what_a_type_asks_for(kind: QuestionType, sentence: str, match: float) -> None:
    assert type_match(kind, "question", sentence) == match


def test_names_already_in_the_question_are_no_answer_to_who() -> None:
    question = "Who criticised Huawei?"
    assert type_match(QuestionType.WHO, question, "Then Huawei was criticised.") == pytest.approx(0.0)
    assert type_match(QuestionType.WHO, question, "Senator Marco Rubio criticised Huawei.") == 1.0


def test_coverage_weighs_rare_words_more() -> None:
    words = QuestionWords("gallium exports", lambda stem: 3.0 if stem == "gallium" else 1.0)
    assert words.coverage({"gallium"}) == 0.75
    assert words.coverage({"export"}) == 0.25
    assert words.coverage(set()) == 0.0


def test_the_sentence_that_answers_comes_first() -> None:
    text = "The ministry met on Monday. The list named 20 bureaus and eight companies. It rained in the capital."
    scored = score_sentences("How many companies did the list name?", [found(text)], open_embedder(), lambda _: 2.0)
    assert scored[0].text == "The list named 20 bureaus and eight companies."
    assert text[scored[0].start : scored[0].end] == scored[0].text


def test_the_articles_date_helps_a_question_about_a_date() -> None:
    text = "The list named eight companies."
    question = "Which companies were named in October 2019?"
    scores = [
        score_sentences(question, [found(text, published=p)], open_embedder(), lambda _: 2.0)[0].score
        for p in ("2019-10-08", "2025-03-26")
    ]
    assert scores[0] > scores[1]


def test_repeats_and_very_short_sentences_are_left_out() -> None:
    text = "The list named eight companies. No. The list named eight companies."
    scored = score_sentences("What did the list name?", [found(text)], open_embedder(), lambda _: 1.0)
    assert [s.text for s in scored] == ["The list named eight companies."]


def test_a_question_or_an_announcement_is_no_answer() -> None:
    text = "When does the fair end? It closes its gates on Sunday at noon. Here is when the fair will end:"
    scored = score_sentences("When does the fair end?", [found(text)], open_embedder(), lambda _: 1.0)
    assert [s.text for s in scored] == ["It closes its gates on Sunday at noon."]


def test_a_headline_stands_behind_a_statement() -> None:
    text = "Fair closes on Sunday\nThe fair closes on Sunday."
    scored = score_sentences("When does the fair close?", [found(text)], open_embedder(), lambda _: 1.0)
    assert scored[0].text == "The fair closes on Sunday."


@pytest.mark.parametrize(
    ("text", "index", "whole"),
    [
        ('He came. "We are shocked. We oppose it," she said. He left.', 1, '"We are shocked. We oppose it," she said.'),
        ('He came. "We are shocked. We oppose it," she said. He left.', 2, '"We are shocked. We oppose it," she said.'),
        ("He came. “One two. Three four,” she said.", 1, "“One two. Three four,” she said."),
        ('The "big" one fell. He left.', 0, 'The "big" one fell.'),
        ('An open " quote never ends. He left.', 0, 'An open " quote never ends.'),
    ],
)
def test_a_quotation_is_quoted_whole(text: str, index: int, whole: str) -> None:
    made_whole = with_whole_quotation(sentences(text)[index])
    assert made_whole.text == whole
    assert text[made_whole.start : made_whole.end] == whole
