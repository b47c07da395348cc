"""Every command of the contract (design, section 6): the shape of its JSON, its exit codes, its errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.__main__ import main as ingest_main
from rag.__main__ import main as rag_main
from rag.batch import read_batch

ROOT = Path(__file__).parents[1]
QUESTION = "How many public security bureaus and companies were blacklisted in October 2019?"
ANSWER_KEYS = {
    "schema", "question", "standalone_question", "answer", "method", "abstained", "reason", "confidence", "sentences",
    "citations", "rejected_citations", "disagreements", "retrieved", "model", "settings_digest", "usage", "seconds",
    "complete", "form", "stories",
}  # fmt: skip
RETRIEVED_KEYS = {"rank", "score", "article_id", "start", "end", "text", "title", "outlet", "published", "also_in"}
CITATION_KEYS = {
    "marker", "article_id", "title", "outlet", "published", "url", "start", "end", "quote", "also_in",
    "story_id", "speaks_to_machine",
}  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], main: Any, *arguments: str | Path) -> tuple[int, Any]:
    """Exit code and the one JSON document a command printed."""
    capsys.readouterr()
    code = main([str(a) for a in arguments])
    return code, json.loads(capsys.readouterr().out)


def one_line_error(capsys: pytest.CaptureFixture[str], main: Any, *arguments: str | Path) -> str:
    """The line that a command which failed with exit code 3 printed, and nothing on stdout."""
    capsys.readouterr()
    assert main([str(a) for a in arguments]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


# ------------------------------------------------------------------ JSON shapes
def test_ask(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    code, answer = run(capsys, rag_main, "ask", QUESTION, "--library", sample_library, "--llm", "none", "--json")
    assert code == 0
    assert set(answer) == ANSWER_KEYS
    assert answer["schema"] == 1
    assert answer["method"] == "extracted"
    assert set(answer["sentences"][0]) == {"text", "citations", "verdict", "score", "shown", "why", "lead_in"}
    assert answer["sentences"][0]["verdict"] == "quoted"
    assert set(answer["citations"][0]) == CITATION_KEYS
    assert all(set(copy) == {"outlet", "article_id"} for c in answer["citations"] for copy in c["also_in"])
    assert set(answer["retrieved"][0]) == RETRIEVED_KEYS
    assert set(answer["seconds"]) == {"retrieve", "draft", "check", "total"}


def test_ask_in_batch(capsys: pytest.CaptureFixture[str], sample_library: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    lines = [
        {"id": "a", "question": QUESTION},
        {"id": "b", "question": "And in March 2025?", "history": [{"question": QUESTION, "answer": "20 and eight"}]},
        {"id": "c", "question": "x" * 10_000},
        {"id": "d", "question": "Who was listed this week?", "date": "2025-03-27"},
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines))
    code = rag_main(["ask", "--batch", str(batch), "--library", str(sample_library), "--llm", "none", "--json"])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["id"] for a in answers] == ["a", "b", "c", "d"]
    assert set(answers[0]) == ANSWER_KEYS | {"id"}
    assert "in March 2025" in answers[1]["standalone_question"]
    assert "10000 characters" in answers[2]["error"]
    assert code == 1


def test_search(capsys: pytest.CaptureFixture[str], sample_library: Path, tmp_path: Path) -> None:
    code, found = run(capsys, rag_main, "search", "chip imports", "-k", "3", "--library", sample_library, "--json")
    assert code == 0
    assert set(found) == {"question", "retrieved"}
    assert [r["rank"] for r in found["retrieved"]] == [1, 2, 3]
    assert set(found["retrieved"][0]) == RETRIEVED_KEYS
    batch = tmp_path / "questions.jsonl"
    batch.write_text(json.dumps({"id": "a", "question": "chip imports"}) + "\n")
    code, found = run(capsys, rag_main, "search", "--batch", batch, "--library", sample_library, "--json")
    assert found["id"] == "a"


def test_article(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    _, found = run(capsys, rag_main, "search", "chip imports", "-k", "1", "--library", sample_library, "--json")
    passage = found["retrieved"][0]
    code, article = run(capsys, rag_main, "article", passage["article_id"], "--library", sample_library, "--json")
    assert code == 0
    assert article["text"][passage["start"] : passage["end"]] == passage["text"]
    assert {"id", "title", "outlet", "author", "published", "url", "story_id", "provenance"} <= set(article)


def test_library_and_doctor(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    code, facts = run(capsys, rag_main, "library", "--library", sample_library, "--json")
    assert code == 0
    assert facts["healthy"] is True
    assert facts["articles"] >= facts["stories"] > 0
    assert {"passages", "generation", "embedding_model", "findings"} <= set(facts)
    for command in (("doctor",), ("library", "doctor")):
        code, report = run(capsys, rag_main, *command, "--library", sample_library, "--json")
        assert code == 0
        assert report == {"healthy": True, "found": [], "left": []}


def test_ingest(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text("Ferry bought\n\nThe town bought a ferry on Monday. It carries ninety cars.\n")
    (news / "b.bin").write_bytes(b"\0\1\2")
    code, report = run(capsys, ingest_main, news, "--library", tmp_path / "lib", "--json")
    assert code == 0
    assert report["added"] == 1
    assert [set(s) for s in report["skipped"]] == [{"source", "reason"}]
    assert set(report) == {
        "added", "updated", "unchanged", "removed", "skipped", "articles", "passages", "stories", "seconds",
    }  # fmt: skip


def test_articles_are_removed_by_id(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nid: it's\ntitle: Ferry\n---\nThe town bought a ferry on Monday.\n")
    run(capsys, ingest_main, tmp_path / "a.md", "--library", tmp_path / "lib", "--json")
    remove = ("library", "remove", "it's", "other", "--library", tmp_path / "lib", "--json")
    assert run(capsys, rag_main, *remove) == (0, {"removed": ["it's"], "unknown": ["other"]})
    assert run(capsys, rag_main, *remove) == (1, {"removed": [], "unknown": ["it's", "other"]})


# ------------------------------------------------------------------ text for people
def test_ask_for_people(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    assert rag_main(["ask", QUESTION, "--library", str(sample_library), "--llm", "none"]) == 0
    printed = capsys.readouterr().out
    assert "[1]" in printed.splitlines()[0]
    assert "\n[1] " in printed
    assert "“" in printed


# ------------------------------------------------------------------ bad input
def test_a_missing_library(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (("ask", "Who?"), ("search", "Who?"), ("article", "x"), ("library",), ("doctor",)):
        error = one_line_error(capsys, rag_main, *arguments, "--library", tmp_path / "nowhere")
        assert "nowhere" in error
        assert "python -m ingest" in error
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_folder_adds_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, report = run(capsys, ingest_main, tmp_path / "empty", "--library", tmp_path / "lib", "--json")
    assert code == 1
    assert report["articles"] == 0


def test_a_path_that_does_not_exist(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "no-such-file" in one_line_error(
        capsys, ingest_main, tmp_path / "no-such-file", "--library", tmp_path / "lib"
    )


def test_a_question_of_ten_thousand_characters(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    error = one_line_error(capsys, rag_main, "ask", "x" * 10_000, "--library", sample_library, "--llm", "none")
    assert "10000 characters" in error
    assert len(error) < 200


def test_a_search_for_nothing(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    assert "empty" in one_line_error(capsys, rag_main, "search", " ", "--library", sample_library, "--json")


def test_an_unknown_model(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    error = one_line_error(capsys, rag_main, "ask", "Who?", "--library", sample_library, "--llm", "no-such-model")
    assert "no-such-model" in error
    assert "OPENAI_BASE_URL" in error


def test_a_dead_endpoint(
    capsys: pytest.CaptureFixture[str], sample_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    error = one_line_error(capsys, rag_main, "ask", QUESTION, "--library", sample_library, "--llm", "some-model")
    assert "127.0.0.1:9" in error


def test_an_unknown_article(capsys: pytest.CaptureFixture[str], sample_library: Path) -> None:
    assert "no-such-id" in one_line_error(capsys, rag_main, "article", "no-such-id", "--library", sample_library)


def test_a_broken_batch_line_is_named_before_anything_runs(
    capsys: pytest.CaptureFixture[str], sample_library: Path, tmp_path: Path
) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"question": "Who?"}\n{"question": 7}\n')
    assert "q.jsonl:2" in one_line_error(
        capsys, rag_main, "ask", "--batch", batch, "--library", sample_library, "--json"
    )


@pytest.mark.parametrize(
    "line",
    [
        '{"id": NaN, "question": "Who?"}',
        '{"question": "Who \\ud800?"}',
        '{"question": "Who?", "date": "yesterday"}',
        '{"question": "Who?", "date": 5}',
        '{"question": "Who?", "history": [{"question": 5}]}',
    ],
)
def test_a_batch_line_that_cannot_be_asked_is_refused(
    capsys: pytest.CaptureFixture[str], sample_library: Path, tmp_path: Path, line: str
) -> None:
    (tmp_path / "q.jsonl").write_text(line)
    for command in ("ask", "search"):
        arguments = (command, "--batch", tmp_path / "q.jsonl", "--library", sample_library, "--json")
        assert "q.jsonl:1" in one_line_error(capsys, rag_main, *arguments)


def test_a_batch_may_begin_with_a_mark_and_hold_any_line_separator(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('\ufeff{"question": "Who\u2028said?"}\n', encoding="utf-8")
    assert [line.question for line in read_batch(tmp_path / "q.jsonl")] == ["Who\u2028said?"]


def test_a_library_that_is_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The town bought a ferry on Monday.")
    assert "a.txt" in one_line_error(capsys, ingest_main, tmp_path / "a.txt", "--library", tmp_path / "a.txt")


def test_an_unknown_setting(
    capsys: pytest.CaptureFixture[str], sample_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDWIRE_TOPK", "3")
    assert "GROUNDWIRE_TOPK" in one_line_error(capsys, rag_main, "ask", "Who?", "--library", sample_library)


@pytest.mark.parametrize(
    "arguments",
    [
        "-m rag",
        "-m rag ask",
        "-m rag ask Who? --batch q.jsonl",
        "-m rag ask Who? --since yesterday",
        "-m rag ask Who? --date 2025-02-30",
        "-m rag search Who? -k 0",
        "-m rag library remove",
        "-m rag library show some-id",
        "-m ingest",
        "app.py --port x",
    ],
)
def test_wrong_usage_exits_with_two(arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments.split()], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
