from __future__ import annotations

from dataclasses import replace

from rag.events import AnswerCompleted, PassagesFound, SentenceChecked
from rag.records import Turn
from tests.web.fakes import answered, article, cite, found, script, sentence
from web.exchange import Exchange, Stage, advance, failed, history, stopped

SOURCE = article("a1", "One stood here. Two came later.")
CITED = [cite(SOURCE, "One stood here.", 1), cite(SOURCE, "Two came later.", 2)]
ANSWER = answered("q", SOURCE, [sentence("One.", 1), sentence("Two.", 1, 2)], CITED)


def test_each_event_adds_what_it_brings() -> None:
    first, second, third, last = script(ANSWER)
    exchange = advance(Exchange(1, "q"), first)
    assert (exchange.stage, exchange.searched, exchange.retrieved) == (Stage.CHECKING, "q", (found(SOURCE),))
    exchange = advance(exchange, second)
    assert [c.marker for c in exchange.citations] == [1]
    exchange = advance(exchange, third)
    assert [c.marker for c in exchange.citations] == [1, 2]
    exchange = advance(exchange, last)
    assert exchange.stage is Stage.DONE
    assert exchange.sentences == ANSWER.sentences


def test_a_failure_after_the_passages_keeps_them() -> None:
    exchange = failed(advance(Exchange(1, "q"), PassagesFound("q", (found(SOURCE),))), "the model is down.")
    assert exchange.stage is Stage.FAILED
    assert exchange.retrieved


def test_stop_keeps_checked_sentences_and_leaves_a_finished_answer_alone() -> None:
    running = advance(Exchange(1, "q"), SentenceChecked(ANSWER.sentences[0], (CITED[0],)))
    assert stopped(running).stage is Stage.STOPPED
    assert stopped(running).shown == ANSWER.sentences[:1]
    done = advance(running, AnswerCompleted(ANSWER))
    assert stopped(done) == done


def test_history_holds_finished_turns_only() -> None:
    done = advance(Exchange(1, "first?"), AnswerCompleted(ANSWER))
    assert history([done, failed(Exchange(2, "second?"), "down")]) == (Turn("first?", ANSWER.text),)


def test_the_question_counts_as_rewritten_only_when_its_words_change() -> None:
    assert not Exchange(1, "Who?").rewritten
    assert not Exchange(1, "Who?", searched="who? ").rewritten
    assert replace(Exchange(1, "Who?"), searched="Who reopened the port?").rewritten
