from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer_records import Method, RejectedCitation, VerdictState
from tests.web.fakes import answered, article, cite, exchange_of, found, sentence
from tests.web.test_escaping import text_of
from web.exchange import Exchange, Stage
from web.rendering import answer_html, messages

SOURCE = article("a1", "The port reopened on Monday. Cranes moved at noon.")


def test_a_quoted_sentence_carries_no_remark_and_a_paraphrase_does() -> None:
    checked = [sentence("The port reopened on Monday."), sentence("Work resumed.", verdict=VerdictState.PARAPHRASE)]
    answer = answered("q", SOURCE, checked, [cite(SOURCE, "The port reopened on Monday.")])
    quoted, paraphrase = answer_html(exchange_of(replace(answer, method=Method.GENERATED))).split("Work resumed.")
    assert "not verified" not in quoted
    assert "≈ paraphrase, not verified" in paraphrase


def test_withheld_sentences_are_counted_and_folded_with_their_reason() -> None:
    withheld = sentence("40 ships wait.", shown=False, verdict=VerdictState.NOT_FOUND, why="“40” is in no passage.")
    answer = answered("q", SOURCE, [sentence(), withheld], [cite(SOURCE, "The port reopened on Monday.")])
    rendered = answer_html(exchange_of(answer))
    before, fold = rendered.split("<details", 1)
    assert "40 ships" not in before
    assert "1 sentence withheld" in fold
    assert "“40” is in no passage." in fold


def test_invented_citations_are_counted() -> None:
    answer = replace(
        answered("q", SOURCE, [sentence()], [cite(SOURCE, "Cranes moved at noon.")]),
        rejected_citations=(RejectedCitation("[9]", "there are only 8 passages"),),
    )
    assert "1 citation withheld" in answer_html(exchange_of(answer))


def test_abstention_says_so_and_shows_the_closest_sentence_once() -> None:
    closest = sentence("Cranes moved at noon.")
    answer = replace(
        answered("q", SOURCE, [closest], [cite(SOURCE, "Cranes moved at noon.")]),
        method=Method.ABSTAINED,
        answer="The articles do not state this directly. The closest passage says: “Cranes moved at noon.” [1]",
    )
    text = text_of(answer_html(exchange_of(answer)))
    assert "The closest passage says:" in text
    assert text.count("Cranes moved at noon.") == 1
    assert "closest passages are under Sources" in text


def test_an_answer_that_was_cut_is_marked() -> None:
    answer = replace(answered("q", SOURCE, [sentence()], []), complete=False, reason="the connection was lost")
    assert "Cut short. the connection was lost" in text_of(answer_html(exchange_of(answer)))


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (Method.EXTRACTED, "Quoted from the articles"),
        (Method.GENERATED, "Written by m-7b, each sentence checked"),
        (Method.REPAIRED, "Written by m-7b, corrected once"),
    ],
)
def test_the_last_line_says_how_the_answer_was_made(method: Method, words: str) -> None:
    answer = replace(answered("q", SOURCE, [sentence()], []), method=method, model="m-7b")
    text = text_of(answer_html(exchange_of(answer)))
    assert words in text
    assert "0.2 s" in text


def test_a_failed_answer_keeps_what_was_found_and_offers_another_try() -> None:
    failed = Exchange(1, "q", Stage.FAILED, searched="q", retrieved=(found(SOURCE),), problem="the model is down.")
    text = text_of(answer_html(failed))
    assert "the model is down." in text
    assert "under Sources" in text
    assert messages([failed])[-1]["options"] == [{"label": "Try again", "value": "retry"}]
    assert "options" not in messages([failed, replace(failed, stage=Stage.DONE)])[1]


def test_the_standalone_question_is_shown_only_when_it_differs() -> None:
    answer = answered("And the cranes?", SOURCE, [sentence()], [])
    assert "Searched for" not in answer_html(exchange_of(answer))
    rewritten = replace(answer, standalone_question="When did the cranes move?")
    assert "Searched for: When did the cranes move?" in answer_html(exchange_of(rewritten))


def test_each_copy_button_names_a_text_of_its_turn() -> None:
    answer = answered("q", SOURCE, [sentence()], [cite(SOURCE, "Cranes moved at noon.")])
    shown = answer_html(exchange_of(answer))
    assert 'id="gw-copy-1-numbers"' in shown
    assert 'id="gw-copy-1-footnotes"' in shown
    assert "gw-copy" not in answer_html(exchange_of(replace(answer, citations=())))
