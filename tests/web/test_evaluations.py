from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from eval.cases import GoldCase, load_cases
from eval.comparison import compare_reports
from rag.answer_records import Answer
from rag.errors import ModelUnavailable, RunError
from rag.records import Filters, Turn
from rag.settings import Settings
from tests.web.fakes import FakeChatbot, FakeLibrary, answered, article, cite, sentence
from web.chatbots import Chatbots
from web.evaluation_tab import EvaluationTab
from web.evaluation_view import comparison_html, progress_html, report_html
from web.evaluations import Evaluations, Progress, State
from web.past_runs import PastRuns

SOURCE = article("a1", "The port reopened on Monday. Cranes moved at noon.")
ANSWER = answered("When?", SOURCE, [sentence()], [cite(SOURCE, "The port reopened on Monday.")])
CASES = [GoldCase(f"q{i}", f"When did the port reopen, time {i}?", True, "Monday", support=("a1",)) for i in range(4)]


class GoldChatbot(FakeChatbot):
    """Answers every question alike; waits for `gate` if one is given."""

    gate: threading.Semaphore | None = None
    fault: Exception | None = None

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        date: str | None = None,
        filters: Filters | None = None,
    ) -> Answer:
        if self.gate is not None:
            assert self.gate.acquire(timeout=20)
        if self.fault is not None:
            raise self.fault
        return ANSWER


def bot() -> GoldChatbot:
    return GoldChatbot(FakeLibrary(SOURCE), [])


def finished(evaluations: Evaluations) -> Progress:
    *_, last = evaluations.watch()
    return last


@pytest.fixture
def run(tmp_path: Path) -> Evaluations:
    """A finished run of four questions."""
    evaluations = Evaluations(tmp_path)
    evaluations.start(CASES, "gold.jsonl", bot())
    assert finished(evaluations).state is State.DONE
    return evaluations


def test_a_run_leaves_the_files_that_the_command_leaves(run: Evaluations) -> None:
    assert run.current is not None
    directory = run.runs / run.current.name
    names = {file.name for file in directory.iterdir()}
    assert {"report.html", "report.json", "report.md", "transcripts.jsonl", "gold.jsonl"} <= names
    assert [case.id for case in load_cases(directory / "gold.jsonl")] == ["q0", "q1", "q2", "q3"]
    assert json.loads((directory / "report.json").read_text())["facts"]["library"]["articles"] == 1


def test_progress_is_seen_by_everybody_and_only_one_runs_at_a_time(tmp_path: Path) -> None:
    evaluations, slow = Evaluations(tmp_path), bot()
    slow.gate = threading.Semaphore(0)
    evaluations.start(CASES, "gold.jsonl", slow)
    with pytest.raises(RunError, match="running already"):
        evaluations.start(CASES, "gold.jsonl", bot())
    mine, theirs = evaluations.watch(), evaluations.watch()
    assert next(mine) == next(theirs)
    slow.gate.release(2)
    assert 0 < next(mine).done <= 2
    slow.gate.release(2)
    assert list(mine)[-1].state is State.DONE
    assert list(theirs)[-1].state is State.DONE


def test_cancel_ends_it_before_the_next_question(tmp_path: Path) -> None:
    evaluations, slow = Evaluations(tmp_path), bot()
    slow.gate = threading.Semaphore(1)
    evaluations.start(CASES, "gold.jsonl", slow)
    watched = evaluations.watch()
    while next(watched).done < 1:
        pass
    evaluations.cancel()
    slow.gate.release(4)
    last = list(watched)[-1]
    assert last.state is State.CANCELLED
    assert last.done < 4
    assert PastRuns(tmp_path).list() == []
    assert "Cancelled after" in progress_html(last)


@pytest.mark.parametrize(
    ("fault", "words"),
    [(ModelUnavailable("the model does not answer. Start it."), None), (ZeroDivisionError("x"), "The terminal shows")],
)
def test_faults_are_counted_or_told_in_one_line(tmp_path: Path, fault: Exception, words: str | None) -> None:
    evaluations, broken = Evaluations(tmp_path), bot()
    broken.fault = fault
    evaluations.start(CASES, "gold.jsonl", broken)
    last = finished(evaluations)
    if words is None:
        assert last.state is State.DONE, "fewer than five model errors in a row are questions without an answer"
        assert PastRuns(tmp_path).report(last.name)["facts"]["failed"] == 4
    else:
        assert last.state is State.FAILED
        assert words in progress_html(last)


def test_a_gold_set_about_other_articles_is_refused(tmp_path: Path) -> None:
    evaluations = Evaluations(tmp_path)
    evaluations.start([GoldCase("q", "Who?", True, "Ana", support=("elsewhere",))], "gold.jsonl", bot())
    assert finished(evaluations).state is State.FAILED


def test_past_runs_are_listed_newest_first_and_only_finished_ones(run: Evaluations) -> None:
    (run.runs / "unfinished").mkdir()
    (run.runs / "broken").mkdir()
    (run.runs / "broken" / "report.json").write_text("{")
    past = PastRuns(run.runs)
    (known,) = past.list()
    assert run.current is not None
    assert known.name == run.current.name
    assert "4 questions" in known.label


@pytest.mark.parametrize("name", ["..", ".", "../x", "a/b", "", "x" * 200, "nowhere"])
def test_only_a_runs_own_name_leads_to_a_file(run: Evaluations, name: str) -> None:
    assert PastRuns(run.runs).html_file(name) is None
    with pytest.raises(RunError):
        PastRuns(run.runs).report(name)


def test_the_report_shows_figures_with_intervals_and_frames_the_whole(run: Evaluations) -> None:
    assert run.current is not None
    shown = report_html(run.current.name, PastRuns(run.runs).report(run.current.name))
    assert "answer_correct" in shown
    assert "1.000" in shown
    assert f'sandbox="" loading="lazy" title="Report" src="/runs/{run.current.name}/report.html"' in shown


def tab(runs: Path, chatbot: GoldChatbot) -> EvaluationTab:
    with gr.Blocks():
        return EvaluationTab(Chatbots(chatbot, lambda settings: chatbot), gr.State(Settings()), runs)


def test_the_tab_runs_an_uploaded_gold_file_and_compares_two_runs(tmp_path: Path) -> None:
    gold = tmp_path / "mine.jsonl"
    lines = [
        {"id": c.id, "question": c.question, "answerable": True, "answer": "Monday", "support": ["a1"]} for c in CASES
    ]
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines))
    slow = bot()
    slow.gate = threading.Semaphore(0)
    page = tab(tmp_path / "runs", slow)
    running = page._run(str(gold), 3, slow.settings)
    assert "gw-progress" in next(running)[0]
    slow.gate.release(3)
    *_, last = running
    assert "Finished: mine.jsonl, 3 questions." in last[0]
    first: Any = last[3]
    assert "3 questions" in page._show(first["value"])
    second = tmp_path / "runs" / "second"
    second.mkdir()
    report = PastRuns(tmp_path / "runs").report(first["value"])
    (second / "report.json").write_text(json.dumps(report))
    compared = page._compare(first["value"], "second")
    assert "3 questions asked in both" in compared
    assert "answer_correct" in compared
    assert "Choose two different runs" in page._compare("second", "second")
    assert "cannot be read" in page._compare("second", "nowhere")


def test_a_malformed_gold_file_is_told_by_its_own_name(tmp_path: Path) -> None:
    gold = tmp_path / "secret-folder" / "mine.jsonl"
    gold.parent.mkdir()
    gold.write_text("{}\n")
    ((told, *others),) = tab(tmp_path, bot())._run(str(gold), 0, Settings())
    assert "mine.jsonl:1" in told
    assert "secret-folder" not in told
    assert all(other == gr.skip() for other in others)


def test_differences_that_count_come_first(run: Evaluations) -> None:
    assert run.current is not None
    report = PastRuns(run.runs).report(run.current.name)
    shown = comparison_html(compare_reports(report, report))
    assert shown.count("+0.000") >= 1
    assert "p (Holm)" in shown
