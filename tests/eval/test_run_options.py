from __future__ import annotations

import threading
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from eval.changes import changes_since
from eval.dry_run import ASSUMED, REPLY_TOKENS, dry_run
from eval.gates import check_gates
from eval.headline import cautions
from eval.html_report import html_report
from eval.junit import junit_xml, write_junit
from eval.markdown_report import markdown_report
from eval.price import Price
from eval.repeats import spread
from eval.report import report_json, write_report
from eval.runs import MAX_FAILURES_IN_A_ROW, evaluate
from eval.transcripts import TranscriptFile
from rag.answer_records import Answer
from rag.errors import ModelUnavailable, RunError
from tests.eval.building import SHELF, ScriptedChatbot, abstain, four_answers, four_cases, gold


# ------------------------------------------------------------------ jobs
def test_jobs_run_side_by_side_and_change_nothing_but_time(tmp_path: Path) -> None:
    cases = [gold(id=f"c{i}", question=f"q{i}") for i in range(4)]
    meeting = threading.Barrier(4, timeout=10)  # passes only when all four are asked at the same time

    def ask(question: str) -> Answer:
        meeting.wait()
        return abstain(answer=question)

    evaluation = evaluate(cases, ask, transcripts=TranscriptFile(tmp_path, "key"), jobs=4)
    assert [r.case.id for r in evaluation.results] == ["c0", "c1", "c2", "c3"]
    assert [r.transcript.answer.answer for r in evaluation.results if r.transcript.answer] == ["q0", "q1", "q2", "q3"]


def test_a_dead_model_stops_all_jobs(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        time.sleep(0.01)
        raise ModelUnavailable("server down")

    cases = [gold(id=f"c{i}", question=f"q{i}") for i in range(60)]
    with pytest.raises(ModelUnavailable):
        evaluate(cases, ask, transcripts=TranscriptFile(tmp_path, "key"), jobs=3)
    assert MAX_FAILURES_IN_A_ROW <= len(asked) < 60


# ------------------------------------------------------------------ repeats
def test_the_spread_over_repeats_by_hand() -> None:
    other = four_answers() | {"What burned?": abstain(confidence=0.2)}
    runs = [evaluate(four_cases(), ScriptedChatbot(s).ask, articles=SHELF) for s in (four_answers(), other)]
    found = spread(runs)
    assert (found.runs, found.questions, found.changed) == (2, 4, 1)
    assert found.metrics["abstention_recall"].values == (0.5, 1.0)
    assert found.metrics["abstention_recall"].deviation == pytest.approx(0.5 / 2**0.5)
    assert found.metrics["hit@1"].deviation == 0
    assert "model_cost" not in found.metrics
    assert "1 of 4 answers were not the same" in " ".join(cautions(runs[0].with_facts(repeats=found).facts))


# ------------------------------------------------------------------ dry run
def test_a_dry_run_counts_the_questions_to_the_judge(tmp_path: Path) -> None:
    cases = four_cases()
    transcripts = TranscriptFile(tmp_path, "key")
    guess = dry_run(cases, transcripts, "llm:tiny", price=Price(1.0, 1.0))
    assert (guess.answered, guess.judge_calls) == (0, round(4 * ASSUMED[0]))
    assert guess.cost == pytest.approx((round(4 * ASSUMED[1]) + round(4 * ASSUMED[0]) * REPLY_TOKENS) / 1e6)
    assert "a guess" in str(guess)
    evaluate(cases, ScriptedChatbot(four_answers()).ask, articles=SHELF, transcripts=transcripts)
    # two quotations are supported at once, the invention is asked of its quote and of its passage
    exact = dry_run(cases, transcripts, "llm:tiny")
    assert (exact.answered, exact.judge_calls, exact.cost) == (4, 4, None)
    assert exact.prompt_tokens > 400
    assert dry_run(cases, transcripts, "lexical", price=Price(1.0, 1.0)).cost is None


# ------------------------------------------------------------------ JUnit
def test_junit_has_gates_that_fail_errors_and_faults_as_output(tmp_path: Path) -> None:
    script = four_answers() | {"How many bridges?": ModelUnavailable("down \x00 <now>")}
    evaluation = evaluate(four_cases(), ScriptedChatbot(script).ask, articles=SHELF)
    gates = check_gates(evaluation.summaries, [("groundedness", 0.99), ("completed", 0.0)], [])
    root = ElementTree.fromstring(junit_xml(evaluation, gates))
    gate_suite, questions = root.findall("testsuite")
    assert (gate_suite.get("tests"), gate_suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is not None for case in gate_suite] == [True, False]
    assert (questions.get("tests"), questions.get("errors")) == ("4", "1")
    error = questions.find("testcase[@name='bridges']/error")
    assert error is not None
    assert error.get("message") == "ModelUnavailable: down \ufffd <now>"
    told = questions.findtext("testcase[@name='fire']/system-out")
    assert told is not None
    assert told.startswith("What burned?: ")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="--junit"):
        write_junit(evaluation, gates, tmp_path / "file" / "junit.xml")


# ------------------------------------------------------------------ baseline
def test_the_report_tells_what_changed_against_a_baseline(tmp_path: Path) -> None:
    before = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, articles=SHELF)
    write_report(before, tmp_path / "before")
    worse = four_answers() | {"How large is the budget?": abstain(confidence=0.4)}
    now = evaluate(four_cases(), ScriptedChatbot(worse).ask, articles=SHELF)
    changes = changes_since(tmp_path / "before", report_json(now), "now")
    assert (changes.gained, changes.lost) == ((), ("budget",))
    files = write_report(now, tmp_path / "now", changes=changes)
    page = Path(files["html"]).read_text(encoding="utf-8")
    assert "No longer right: budget" in page
    assert "-0.500" in page
    assert "no longer right: `budget`" in markdown_report(now, changes=changes)
    same = changes_since(tmp_path / "before", report_json(before), "again")
    assert "No figure differs." in html_report(before, changes=same)


def test_the_page_plots_the_reliability_of_both_readings() -> None:
    page = html_report(evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, articles=SHELF))
    assert page.count("Brier score") == 2
    assert "Area under the curve (AURC)" in page
    assert page.count('class="diagonal"') == 2
