from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import case_json
from eval.comparison import compare_runs, comparison_json
from eval.export import GOLD_NAME, export_run
from eval.gates import check_gates
from eval.html_report import html_report
from eval.markdown_report import markdown_report
from eval.metrics.catalog import METRICS
from eval.report import read_report, report_json, write_report
from eval.runs import Evaluation, evaluate
from eval.transcripts import TranscriptFile
from rag.answer_records import Answer
from rag.errors import GroundwireError, RunError
from tests.eval.building import (
    SHELF,
    ScriptedChatbot,
    abstain,
    answer,
    cite,
    four_answers,
    four_cases,
    gold,
    passage,
    say,
)

HOSTILE = "<img src=x onerror=alert(1)> </script> {{ 7*7 }} `|` [click](http://evil.example)"


def run(directory: Path, script: dict[str, Answer | GroundwireError] | None = None) -> Evaluation:
    """A finished run of the four cases."""
    cases = four_cases()
    chatbot = ScriptedChatbot(script or four_answers())
    evaluation = evaluate(cases, chatbot.ask, articles=SHELF, transcripts=TranscriptFile(directory, "key"))
    lines = "".join(json.dumps(case_json(case)) + "\n" for case in cases)
    (directory / GOLD_NAME).write_text(lines)
    write_report(evaluation, directory, articles=SHELF)
    return evaluation


# ------------------------------------------------------------------ the three files
def test_the_json_report_is_strict_json_with_every_metric_and_case(tmp_path: Path) -> None:
    evaluation = run(tmp_path)
    document = read_report(tmp_path)
    assert list(document["metrics"]) == [metric.name for metric in METRICS]
    assert document["metrics"]["model_tokens"]["value"] is None
    assert document["metrics"]["groundedness"]["scored"] == 3
    assert document["abstention"] == {
        "answered_answerable": 2, "abstained_answerable": 0, "answered_unanswerable": 1, "abstained_unanswerable": 1,
    }  # fmt: skip
    assert document["tags"]["number"]["answer_correct"] == 0.5
    assert [case["id"] for case in document["cases"]] == ["budget", "bridges", "mayor", "fire"]
    assert "NaN" not in (tmp_path / "report.json").read_text()
    assert document == json.loads(json.dumps(report_json(evaluation)))


def test_the_page_is_one_file_without_requests_or_scripts(tmp_path: Path) -> None:
    run(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc\s*=|@import|url\(", page)
    assert "http" not in page
    for expected in ("groundedness", "prefers-color-scheme: dark", "<polyline", "Read these first", "@media print"):
        assert expected in page


def test_the_page_shows_a_bad_case_with_gold_reason_and_marked_quote(tmp_path: Path) -> None:
    run(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What burned?" in page
    assert "the old mill" in page
    assert "of the content words are in the source" in page
    assert "<mark>The ferry to Brackwater was cancelled on Friday.</mark>" in page
    assert "Waves of five metres were measured." in page  # the context


def test_texts_of_cases_and_answers_are_never_markup(tmp_path: Path) -> None:
    quote = cite(1, "ferry", "Nobody was hurt.")
    forged = replace(quote, title=HOSTILE, outlet=HOSTILE)
    hostile = answer(say(HOSTILE, 1), say(HOSTILE, shown=False), citations=[forged], reason=HOSTILE)
    case = gold(question=HOSTILE, tags=(HOSTILE,), aliases=(HOSTILE,))
    evaluation = evaluate([case], ScriptedChatbot({HOSTILE: hostile}).ask)
    page, text = html_report(evaluation), markdown_report(evaluation)
    assert "<img" not in page
    assert "&lt;img src=x" in page
    assert "{{ 7*7 }}" in page
    assert "\\[click\\]" in text
    assert not re.search(r"(?<!\\)[<\[`|]", text.split("## Read these first")[1].replace("`c1`", ""))


def test_the_page_says_when_the_guard_graded_itself_and_which_gate_was_missed() -> None:
    evaluation = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask).with_facts(
        judge="verifier", self_graded="the guard"
    )
    gates = check_gates(evaluation.summaries, [("groundedness", 0.9)], [])
    page = html_report(evaluation, gates)
    assert "The guard graded itself." in page
    assert "THE GUARD GRADED ITSELF" in page
    assert "MISSED: groundedness" in page


def test_quotes_are_shown_in_their_passage_when_there_is_no_library() -> None:
    given = answer(say("x", 1), citations=[cite(1, "ferry", "Nobody was hurt.")], retrieved=[passage("ferry")])
    page = html_report(evaluate([gold()], ScriptedChatbot({gold().question: given}).ask))
    assert "were measured. <mark>Nobody was hurt.</mark>" in page


def test_a_run_without_a_fault_or_a_confidence_or_a_tag_has_a_page() -> None:
    case = gold(None)
    page = html_report(evaluate([case], ScriptedChatbot({case.question: abstain()}).ask))
    assert "No fault found." in page
    assert "<polyline" not in page


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    evaluation = evaluate([gold()], ScriptedChatbot({gold().question: abstain()}).ask)
    with pytest.raises(RunError, match="--out"):
        write_report(evaluation, tmp_path / "file")


@pytest.mark.parametrize("text", [None, "{", "[]", '{"schema": 99, "cases": []}'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(RunError, match=r"report\.json"):
        read_report(tmp_path)


# ------------------------------------------------------------------ comparing
def test_two_runs_are_compared_case_by_case(tmp_path: Path) -> None:
    better = four_answers() | {"What burned?": abstain(confidence=0.2)}
    run(tmp_path / "a")
    run(tmp_path / "b", better)
    comparison = compare_runs(tmp_path / "a", tmp_path / "b")
    rows = {row.metric: row for row in comparison.rows}
    assert comparison.cases == 4
    assert comparison.notes == ()
    assert rows["abstention_recall"].test.difference == 0.5
    assert rows["memory_leak"].test.difference == -0.5
    assert rows["hit@1"].test.difference == 0
    tested = [row for row in comparison.rows if row.test.p is not None]
    assert all(row.p_holm is not None and row.p_holm >= (row.test.p or 0) for row in tested)
    assert {row.metric for row in comparison.rows} - {row.metric for row in tested} == {"latency_p50", "latency_p95"}
    assert comparison.multiplicity.startswith(f"{len(tested)} metrics were tested")
    assert comparison.significant == ()
    document = json.loads(json.dumps(comparison_json(comparison), allow_nan=False))
    assert document["metrics"]["memory_leak"]["pairs"] == 2


def test_what_limits_a_comparison_is_said(tmp_path: Path) -> None:
    run(tmp_path / "a")
    other = evaluate(four_cases()[:2], ScriptedChatbot(four_answers()).ask).with_facts(judge="verifier")
    write_report(other, tmp_path / "b")
    notes = " ".join(compare_runs(tmp_path / "a", tmp_path / "b").notes)
    assert "2 questions of A are not in the other run" in notes
    assert "Different judges" in notes
    assert "gold sets differ" in notes


def test_runs_without_a_common_question_are_refused(tmp_path: Path) -> None:
    run(tmp_path / "a")
    case = gold(id="budget", question="Another question under the same id?")
    write_report(evaluate([case], ScriptedChatbot({case.question: abstain()}).ask), tmp_path / "b")
    with pytest.raises(RunError, match="share no question"):
        compare_runs(tmp_path / "a", tmp_path / "b")


# ------------------------------------------------------------------ exporting
def test_trec_files_give_the_report_s_own_figures_in_another_tool(tmp_path: Path) -> None:
    import ir_measures

    evaluation = run(tmp_path)
    paths = export_run(tmp_path, "trec", tmp_path / "out")
    assert [Path(p).name for p in paths] == ["run.txt", "qrels.txt"]
    ranking, qrels = (
        list(read(str(p)))
        for read, p in zip((ir_measures.read_trec_run, ir_measures.read_trec_qrels), paths, strict=True)
    )
    found = ir_measures.calc_aggregate([ir_measures.RR], qrels, ranking)
    assert found[ir_measures.RR] == evaluation.summaries["mrr"].value


def test_ragas_rows_hold_the_fields_of_its_samples(tmp_path: Path) -> None:
    run(tmp_path, four_answers() | {"How many bridges?": RunError("down")})
    (path,) = export_run(tmp_path, "ragas", tmp_path / "out")
    rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    assert [row["user_input"] for row in rows] == [
        "How large is the budget?",
        "Who is the mayor of <Oslo>?",
        "What burned?",
    ]
    assert set(rows[0]) == {"user_input", "response", "retrieved_contexts", "reference", "reference_contexts"}
    assert rows[0]["reference"] == "4.2 million euros"
    assert rows[1]["reference"] is None


def test_the_csv_tells_unscored_from_not_applicable_and_holds_no_formula(tmp_path: Path) -> None:
    script = four_answers() | {"What burned?": answer(say("=HYPERLINK(1)")), "How many bridges?": RunError("down")}
    run(tmp_path, script)
    (path,) = export_run(tmp_path, "csv", tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8"))))
    assert [rows[0]["hit@1"], rows[1]["hit@1"], rows[2]["hit@1"]] == ["1.0", "unscored", "n/a"]
    assert rows[1]["error"] == "RunError: down"
    assert rows[3]["answer"].startswith("'=HYPERLINK")
