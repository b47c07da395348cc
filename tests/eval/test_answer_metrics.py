from __future__ import annotations

import pytest

from eval.metrics.abstention import (
    abstained_answerable,
    abstention_f1,
    abstention_precision,
    abstention_recall,
    answered_unanswerable,
)
from eval.metrics.catalog import BY_NAME
from eval.metrics.completion import completed
from eval.metrics.correctness import (
    answer_correct,
    answer_correct_when_answered,
    answer_f1,
    answer_recall,
    text_holds_answer,
)
from eval.metrics.effort import answer_sentences, latency, model_tokens
from eval.metrics.leak import memory_leak
from eval.metrics.unsupported import claim_names, claim_numbers, unsupported_names, unsupported_numbers
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored
from eval.statistics import summarise
from rag.answer_records import Answer, Method
from tests.eval.building import abstain, answer, cite, evidence, gold, say

MONEY = cite(1, "harbour", "The harbour board approved a budget of 4.2 million euros on Monday.")


def value(outcome: Outcome) -> float:
    assert isinstance(outcome, Scored)
    return outcome.value


# ------------------------------------------------------------------ correctness
@pytest.mark.parametrize(
    ("shown", "correct"),
    [
        ("The budget is 4,200,000 euros.", 1),
        ("They approved 4.2 million euros [3].", 1),
        ("They approved 2 million euros.", 0),
        ("14.2 million euros were asked for.", 0),
    ],
)
def test_the_gold_answer_is_contained_as_whole_tokens(shown: str, correct: int) -> None:
    assert value(answer_correct(evidence(gold(), answer(say(shown))))) == correct


def test_an_alias_is_as_good() -> None:
    assert value(answer_correct(evidence(gold("Ana Lopez", aliases=("Lopez",)), answer(say("Director Lopez."))))) == 1


def test_leading_prepositions_of_the_gold_answer_do_not_count() -> None:
    case = gold("For hiding 4.2 million euros")
    assert value(answer_correct(evidence(case, answer(say("Accused of hiding 4.2 million euros."))))) == 1
    assert value(answer_correct(evidence(gold("in"), answer(say("It was in."))))) == 1


def test_markers_and_withheld_sentences_are_no_answer() -> None:
    assert value(answer_correct(evidence(gold("1"), answer(say("It rained.", 1))))) == 0
    assert value(answer_correct(evidence(gold("two"), answer(say("It was two.", shown=False))))) == 0


def test_an_answer_without_sentence_records_is_read_from_its_text() -> None:
    assert value(answer_correct(evidence(gold("two"), answer(answer="It was two [7].")))) == 1


def test_abstaining_on_an_answerable_question_is_wrong_but_was_not_answered() -> None:
    closest = answer(say(MONEY.quote, 1), citations=[MONEY], method=Method.ABSTAINED)
    seen = evidence(gold(), closest)
    assert answer_correct(seen) == Scored(0.0, detail="abstained")
    assert isinstance(answer_correct_when_answered(seen), NotApplicable)
    assert text_holds_answer(seen) is True


def test_f1_and_recall_by_hand() -> None:
    # gold tokens: 4200000 euros; shown: budget is 4200000 euros → common 2, F1 = 2*2 / (4+2)
    seen = evidence(gold(), answer(say("The budget is 4.2 million euros.")))
    assert value(answer_f1(seen)) == pytest.approx(4 / 6)
    assert value(answer_recall(seen)) == 1
    half = evidence(gold(), answer(say("Many euros.")))
    assert value(answer_f1(half)) == pytest.approx(2 / 4)
    assert value(answer_recall(half)) == 0.5


def test_yes_and_no_cannot_be_matched_and_unanswerable_has_no_answer() -> None:
    for metric in (answer_correct, answer_f1, answer_recall):
        assert isinstance(metric(evidence(gold("Yes."), answer(say("Yes, it did.")))), Unscored)
        assert isinstance(metric(evidence(gold(None), answer(say("x")))), NotApplicable)
    assert answer_correct(evidence(gold("?!"), answer(say("x")))) == Unscored("the gold answer has no words")


# ------------------------------------------------------------------ unsupported numbers and names
def test_numbers_that_no_cited_quote_has() -> None:
    given = answer(say("4,200,000 euros for 3 bridges and 7 piers.", 1), citations=[MONEY])
    assert unsupported_numbers(evidence(gold(), given)) == Scored(2 / 3, detail="not cited: 3, 7")


def test_number_words_that_may_mean_no_number_are_left_alone() -> None:
    assert claim_numbers("One of them came first, a second left.") == []
    assert claim_numbers("Chapter 1 has two parts.") == ["1", "2"]


def test_the_year_and_title_of_the_cited_article_are_cited() -> None:
    given = answer(say("In 2024 the Courier reported it.", 1), citations=[MONEY])
    seen = evidence(gold(), given)
    assert (value(unsupported_numbers(seen)), value(unsupported_names(seen))) == (0, 0)


def test_names_that_no_cited_quote_has() -> None:
    given = answer(say("Then Ana Lopez met the Harbour board in Oslo.", 1), citations=[MONEY])
    assert unsupported_names(evidence(gold(), given)) == Scored(3 / 4, detail="not cited: ana, lopez, oslo")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Yesterday it rained.", []),
        ('She said: "Tomorrow we sail."', []),
        ("On Monday in May it rained.", []),
        ("the EU and NATO met", ["eu", "nato"]),
        ("EU leaders met", ["eu"]),
        ("the Lopez's plan", ["lopez"]),
        ("It rained. Then O'Neill left", ["o'neil"]),
    ],
)
def test_what_is_taken_for_a_name(text: str, names: list[str]) -> None:
    assert claim_names(text) == names


def test_nothing_shown_or_nothing_to_check_does_not_apply() -> None:
    for metric in (unsupported_numbers, unsupported_names):
        assert isinstance(metric(evidence(gold(), abstain())), NotApplicable)
        assert isinstance(metric(evidence(gold(), answer(say("It rained.")))), NotApplicable)


# ------------------------------------------------------------------ abstention
CASES = {  # answerable, abstained → precision, recall, F1 part, bold, shy
    (True, False): (None, None, None, None, 0.0),
    (True, True): (0.0, None, 0.0, None, 1.0),
    (False, False): (None, 0.0, 0.0, 1.0, None),
    (False, True): (1.0, 1.0, 1.0, 0.0, None),
}


@pytest.mark.parametrize(("cell", "expected"), CASES.items())
def test_each_cell_of_the_confusion(cell: tuple[bool, bool], expected: tuple[float | None, ...]) -> None:
    answerable, abstained = cell
    seen = evidence(gold() if answerable else gold(None), abstain() if abstained else answer(say("x")))
    metrics = (abstention_precision, abstention_recall, abstention_f1, answered_unanswerable, abstained_answerable)
    found = tuple(o.value if isinstance(o := metric(seen), Scored) else None for metric in metrics)
    assert found == expected


def test_the_weighted_mean_of_f1_parts_is_f1() -> None:
    # 3 right abstentions, 1 wrong one, 2 missed: P = 3/4, R = 3/5, F1 = 2*3 / (2*3 + 1 + 2) = 2/3
    cells = [(False, True)] * 3 + [(True, True)] + [(False, False)] * 2 + [(True, False)] * 4
    seen = [evidence(gold() if a else gold(None), abstain() if b else answer(say("x"))) for a, b in cells]
    clusters = [str(i) for i in range(len(cells))]

    def figure(name: str) -> float | None:
        return summarise(BY_NAME[name], [BY_NAME[name].score(e) for e in seen], clusters).value

    assert figure("abstention_precision") == pytest.approx(3 / 4)
    assert figure("abstention_recall") == pytest.approx(3 / 5)
    assert figure("abstention_f1") == pytest.approx(2 / 3)


# ------------------------------------------------------------------ memory leak
SECRET = gold(None, question="Who is mayor?", withheld=("Kim Berg", "Berg"))


@pytest.mark.parametrize(
    ("given", "leak"),
    [
        (abstain(), 0),
        (answer(say("It is Ana Lopez.")), 0),
        (answer(say("It is Mayor Berg.", 1), citations=[MONEY]), 1),
        (answer(say("It is Mayor Berg.", shown=False)), 0),
    ],
)
def test_saying_the_withheld_answer_without_grounds_is_a_leak(given: Answer, leak: int) -> None:
    assert value(memory_leak(evidence(SECRET, given))) == leak


def test_a_withheld_answer_that_the_quote_holds_is_no_leak() -> None:
    case = gold(None, withheld=("Ana Lopez",))
    given = answer(say("It was Ana Lopez.", 1), citations=[cite(1, "harbour", "Director Ana Lopez said")])
    assert value(memory_leak(evidence(case, given))) == 0


def test_nothing_can_leak_without_a_withheld_answer_or_when_the_question_tells_it() -> None:
    assert isinstance(memory_leak(evidence(gold(None), abstain())), NotApplicable)
    told = gold(None, question="Is Kim Berg mayor?", withheld=("Kim Berg",))
    assert isinstance(memory_leak(evidence(told, answer(say("Kim Berg is.")))), NotApplicable)


# ------------------------------------------------------------------ effort, completion
def test_effort() -> None:
    given = answer(say("a"), say("b"), say("c", shown=False), usage={"prompt_tokens": 90, "completion_tokens": 10})
    seen = evidence(gold(), given)
    assert (latency(seen), answer_sentences(seen), model_tokens(seen)) == (Scored(0.5), Scored(2.0), Scored(100.0))
    assert value(model_tokens(evidence(gold(), answer(usage={"total_tokens": 5})))) == 5
    assert isinstance(model_tokens(evidence(gold(), abstain())), NotApplicable)
    assert isinstance(answer_sentences(evidence(gold(), abstain())), NotApplicable)


def test_a_cut_answer_is_not_completed() -> None:
    assert value(completed(evidence(gold(), answer(say("a"))))) == 1
    cut = answer(say("a"), complete=False, reason="token limit")
    assert completed(evidence(gold(), cut)) == Scored(0.0, detail="token limit")
