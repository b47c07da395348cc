from __future__ import annotations

from pathlib import Path

import pytest

from eval.gates import check_gates, wrong_gate
from eval.headline import cautions, headline
from eval.outcomes import Scored, Unscored
from eval.risk_coverage import risk_coverage
from eval.runs import MAX_FAILURES_IN_A_ROW, evaluate, self_graded
from eval.scoring import by_tag, cluster_of
from eval.transcripts import TranscriptFile
from eval.worst import faults, worst_cases
from rag.answer_records import Answer
from rag.errors import ModelUnavailable, QuestionError
from rag.records import Turn
from tests.eval.building import (
    SHELF,
    ScriptedChatbot,
    ScriptedJudge,
    abstain,
    answer,
    four_answers,
    four_cases,
    gold,
    say,
)


def test_four_cases_by_hand() -> None:
    evaluation = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, articles=SHELF)
    figures = {name: summary.value for name, summary in evaluation.summaries.items()}
    assert figures["hit@1"] == 1.0  # two answerable cases, both find the harbour first
    assert figures["gold_span_hit"] == 0.5
    assert figures["answer_correct"] == 0.5
    assert figures["citation_exact"] == 1.0
    assert figures["groundedness"] == pytest.approx(2 / 3)  # the invented fire is not in the ferry story
    assert (figures["abstention_precision"], figures["abstention_recall"]) == (1.0, 0.5)
    assert figures["memory_leak"] == 0.5
    assert figures["completed"] == 1.0
    assert (evaluation.facts.cases, evaluation.facts.failed, evaluation.facts.models) == (4, 0, ("none", "tiny"))
    assert evaluation.facts.judge == "lexical"


def test_history_and_date_reach_a_chatbot_that_takes_them() -> None:
    case = gold(history=(Turn("Which board?", "The harbour's."),), question_date="2024-05-07")
    chatbot = ScriptedChatbot({case.question: abstain()})
    evaluation = evaluate([case], chatbot.ask)
    assert chatbot.history == [(case.question, case.history, "2024-05-07")]
    assert evaluation.facts.ignored == ()


def test_any_callable_from_question_to_answer_will_do_and_what_it_ignores_is_said() -> None:
    case = gold(history=(Turn("Which board?"),), question_date="2024-05-07")

    def plain(question: str) -> Answer:
        return answer(say(f"About {question}"))

    evaluation = evaluate([case], plain)
    assert evaluation.facts.ignored == ("history", "date")
    assert "not passed the questions' history and date" in " ".join(cautions(evaluation.facts))
    assert evaluation.summaries["citation_exact"].scored == 0


def test_an_error_is_a_finding_of_its_case_and_the_run_goes_on() -> None:
    script = four_answers() | {"How many bridges?": QuestionError("too long")}
    evaluation = evaluate(four_cases(), ScriptedChatbot(script).ask, articles=SHELF)
    failed = evaluation.results[1]
    assert failed.transcript.error == "QuestionError: too long"
    assert failed.outcomes["completed"] == Scored(0.0, detail="QuestionError: too long")
    assert failed.outcomes["hit@1"] == Unscored("no answer: QuestionError: too long")
    assert evaluation.summaries["completed"].value == 0.75
    assert evaluation.summaries["hit@1"].unscored == 1
    assert "1 of 4 questions raised an error" in " ".join(cautions(evaluation.facts))


def test_a_bug_is_not_taken_for_a_finding() -> None:
    with pytest.raises(KeyError):
        evaluate([gold()], ScriptedChatbot({}).ask)


def test_a_dead_model_stops_the_run_which_can_be_resumed(tmp_path: Path) -> None:
    cases = [gold(id=f"c{i}", question=f"q{i}") for i in range(12)]
    down = ModelUnavailable("server down")
    broken = ScriptedChatbot({c.question: abstain() if i < 3 else down for i, c in enumerate(cases)})
    with pytest.raises(ModelUnavailable):
        evaluate(cases, broken.ask, transcripts=TranscriptFile(tmp_path, "key"))
    assert len(broken.history) == 3 + MAX_FAILURES_IN_A_ROW
    mended = ScriptedChatbot({c.question: abstain() for c in cases})
    evaluate(cases, mended.ask, transcripts=TranscriptFile(tmp_path, "key"))
    assert [question for question, _, _ in mended.history] == [f"q{i}" for i in range(3, 12)]


def test_a_resumed_run_scores_as_the_first(tmp_path: Path) -> None:
    chatbot = ScriptedChatbot(four_answers())
    first = evaluate(four_cases(), chatbot.ask, articles=SHELF, transcripts=TranscriptFile(tmp_path, "key"))
    again = evaluate(four_cases(), chatbot.ask, articles=SHELF, transcripts=TranscriptFile(tmp_path, "key"))
    assert len(chatbot.history) == 4
    assert {r.case.id: r.outcomes for r in again.results if r.case.id != "x"}.keys() == {c.id for c in four_cases()}
    for one, other in zip(first.results, again.results, strict=True):
        assert {k: v for k, v in one.outcomes.items() if "latency" not in k} == {
            k: v for k, v in other.outcomes.items() if "latency" not in k
        }


def test_progress_is_told_for_both_stages() -> None:
    told: list[tuple[str, int, int]] = []
    evaluate([gold()], ScriptedChatbot({gold().question: abstain()}).ask, progress=lambda *step: told.append(step))
    assert told == [("ask", 1, 1), ("judge", 1, 1)]


@pytest.mark.parametrize(
    ("judge", "models", "who"),
    [
        ("lexical", ["none"], None),
        ("verifier", ["none"], "the guard"),
        ("llm:tiny", ["tiny"], "tiny"),
        ("llm:big", ["tiny"], None),
    ],
)
def test_who_graded_its_own_work(judge: str, models: list[str], who: str | None) -> None:
    assert self_graded(judge, models) == who


def test_the_headline_shouts_when_a_model_grades_itself() -> None:
    judge = ScriptedJudge("x")
    judge.name = "llm:tiny"
    evaluation = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, judge=judge)
    assert "TINY GRADED ITSELF" in headline(evaluation.facts)
    assert "4 questions" in headline(evaluation.facts)


def test_clusters_and_tags() -> None:
    assert cluster_of(gold(), "article") == "harbour"
    assert cluster_of(gold(), "question") == "case c1"
    assert cluster_of(gold(None), "article") == "case c1"
    evaluation = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, cluster="article")
    assert {tag: len(group) for tag, group in by_tag(evaluation.results).items()} == {
        "number": 2, "unanswerable": 2, "fact": 1,
    }  # fmt: skip
    assert evaluation.summaries["completed"].interval is not None
    assert evaluation.summaries["completed"].interval.clusters == 3


# ------------------------------------------------------------------ gates
def test_gates_look_at_the_interval() -> None:
    summaries = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, articles=SHELF).summaries
    low = summaries["completed"].interval
    assert low is not None
    gates = check_gates(
        summaries, [("completed", low.low), ("completed", 0.99), ("model_tokens", 0)], [("memory_leak", 1)]
    )
    assert [gate.passed for gate in gates] == [True, False, False, True]
    assert "MISSED: completed lower end 0.398, wanted >= 0.99" in str(gates[1])
    assert "no interval" in str(gates[2])


@pytest.mark.parametrize(
    ("under", "over", "fault"),
    [
        ([("groundednes", 0.9)], [], "unknown metric 'groundednes'"),
        ([("memory_leak", 0.1)], [], "Use --fail-over memory_leak"),
        ([], [("groundedness", 0.1)], "Use --fail-under groundedness"),
    ],
)
def test_gates_that_make_no_sense_are_refused(
    under: list[tuple[str, float]], over: list[tuple[str, float]], fault: str
) -> None:
    assert fault in (wrong_gate(under, over) or "")
    assert wrong_gate([("groundedness", 0.9)], [("memory_leak", 0.1)]) is None


# ------------------------------------------------------------------ risk and coverage, worst cases
def test_risk_coverage_by_hand() -> None:
    evaluation = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, articles=SHELF)
    curve = risk_coverage(evaluation.results)
    assert curve is not None
    # by confidence: .9 right, .8 wrong (unanswerable), .7 wrong, .1 abstained = wrong
    assert [(p.coverage, round(p.risk, 3)) for p in curve.points] == [(0.25, 0), (0.5, 0.5), (0.75, 0.667), (1, 0.75)]
    assert curve.operating is not None
    assert curve.operating == pytest.approx((0.75, 2 / 3))
    assert (curve.cases, curve.left_out) == (4, 0)


def test_equal_confidences_are_one_point_and_none_is_no_curve() -> None:
    script = {
        "a": answer(say("4.2 million euros"), confidence=0.5),
        "b": answer(say("x"), confidence=0.5),
        "c": answer(say("y")),
    }
    cases = [gold(id=q, question=q) for q in script]
    curve = risk_coverage(evaluate(cases, ScriptedChatbot(dict(script)).ask).results)
    assert curve is not None
    assert [(p.coverage, p.risk) for p in curve.points] == [(1.0, 0.5)]
    assert curve.left_out == 1
    assert risk_coverage(evaluate(cases[2:], ScriptedChatbot(dict(script)).ask).results) is None


def test_the_gravest_cases_come_first() -> None:
    script = four_answers() | {"How many bridges?": QuestionError("too long")}
    results = evaluate(four_cases(), ScriptedChatbot(script).ask, articles=SHELF).results
    assert [r.case.id for r in worst_cases(results, 9)] == ["bridges", "fire"]
    assert faults(results[0]) == []
    assert faults(results[3])[0] == "the withheld answer was said without grounds"
    assert worst_cases(results, 1) == [results[1]]
