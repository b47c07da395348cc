from __future__ import annotations

from rag.answer_records import Form
from rag.selection import by_date, choose_of_parts, choose_sentences, newest_first, same_content, sentences_in
from tests.rag.scored import best_first, passage, scored


def idf(stem: str) -> float:
    return 1.0


def test_one_report_of_a_fact_is_enough() -> None:
    item = passage("The list named 20 bureaus. On Monday the list named 20 bureaus. Beijing protested loudly today.")
    a, b, c = scored(item, 1.0)
    assert [s.text for s in choose_sentences("?", [a, b, c], idf, 3)] == [a.text, c.text]
    assert same_content(a.text, b.text)


def test_a_sentence_that_covers_the_other_half_of_the_question_is_added() -> None:
    question = "How many bureaus were listed and which minister protested?"
    first = scored(passage("Washington listed 20 bureaus on Monday."), 1.0)
    other = scored(passage("Zhong, the commerce minister, protested.", "b"), 0.75)
    beside = scored(passage("Traders in Hong Kong were calm about it.", "c"), 0.8)
    chosen = choose_sentences(question, best_first(first, other, beside), idf, 3)
    assert [s.retrieved.article.id for s in chosen] == ["a", "b"]


def test_an_answer_stays_within_its_number_of_sentences_when_it_is_begun_earlier() -> None:
    item = passage("The Commerce Ministry met in Harbin. It protested. Traders waited. Prices rose again on Friday.")
    ranked = scored(item, 0.1, 1.0, 0.95, 0.9)
    chosen = choose_sentences("?", best_first(ranked), idf, 3)
    assert chosen[0].text == "The Commerce Ministry met in Harbin. It protested."
    assert sum(sentences_in(s) for s in chosen) <= 3


def test_what_an_earlier_quotation_holds_is_not_quoted_again() -> None:
    item = passage("The Commerce Ministry met in Harbin. It protested loudly.")
    chosen = choose_sentences("?", best_first(scored(item, 0.9, 1.0)), idf, 3)
    assert [s.text for s in chosen] == ["The Commerce Ministry met in Harbin. It protested loudly."]


def test_a_timeline_has_one_sentence_of_each_month_oldest_first() -> None:
    groups = [
        scored(passage("Rules were tightened for chips.", "late", published="2022-10-07"), 0.9),
        scored(passage("A first company was listed.", "early", published="2019-05-16"), 0.8),
        scored(passage("Others followed onto the list in May.", "same", published="2019-05-20"), 0.78),
        scored(passage("Nobody knows when this was printed.", "undated"), 1.0),
        scored(passage("Something else entirely happened.", "far", published="2020-01-01"), 0.2),
    ]
    assert [s.retrieved.article.id for s in by_date(best_first(*groups))] == ["early", "late"]


def test_a_comparison_quotes_the_best_of_each_part_and_no_sentence_twice() -> None:
    shared = scored(passage("Both sides met in Geneva on Monday."), 1.0)
    reply = scored(passage("Beijing rejected the accusation.", "b"), 0.6)
    chosen = choose_of_parts([shared, best_first(shared, reply)], 3)
    assert [s.text for s in chosen] == ["Both sides met in Geneva on Monday.", "Beijing rejected the accusation."]


def test_of_nearly_equal_answers_the_newest_comes_first_when_it_is_asked_for() -> None:
    old = scored(passage("The deadline is in June.", "old", published="2025-01-20"), 1.0)
    new = scored(passage("The deadline is in September.", "new", published="2025-06-19"), 0.9)
    weak = scored(passage("A film opened.", "weak", published="2026-01-01"), 0.3)
    assert [s.retrieved.article.id for s in newest_first(best_first(old, new, weak))] == ["new", "old", "weak"]


def test_a_list_goes_on_while_sentences_score_well() -> None:
    groups = [scored(passage(f"{name} was put on the list.", name), s) for name, s in (("Dahua", 1.0), ("Megvii", 0.8))]
    ranked = best_first(*groups)
    assert len(choose_sentences("Which companies were listed?", ranked, idf, 3, Form.LIST)) == 2
    assert len(choose_sentences("Dahua?", ranked, idf, 3)) == 1
