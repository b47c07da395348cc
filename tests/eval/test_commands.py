from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main, parser

ROOT = Path(__file__).resolve().parents[2]

ARTICLES = [
    {
        "id": "harbour",
        "title": "Harbour board passes budget",
        "outlet": "Courier",
        "date": "2024-05-06",
        "text": "The harbour board of Brackwater approved a budget of 4.2 million euros on Monday. "
        "Director Ana Lopez said the money will repair two bridges and the old lighthouse on the northern pier. "
        "Work on the bridges starts in May and will take about a year, according to the board.",
    },
    {
        "id": "ferry",
        "title": "Ferry to Brackwater cancelled",
        "outlet": "Ledger",
        "date": "2023-11-03",
        "text": "The ferry to Brackwater was cancelled on Friday after waves of five metres in the strait. "
        "About 120 passengers spent the night in a school. Nobody was hurt, the coast guard said on Saturday.",
    },
]
SUPPORTED = "The harbour board of Brackwater approved a budget of 4.2 million euros on Monday."
GOLD = [
    {
        "id": "budget",
        "question": "How large is the budget that the harbour board of Brackwater approved?",
        "answer": "4.2 million euros",
        "answerable": True,
        "support": ["harbour"],
        "support_quotes": [{"article": "harbour", "start": 0, "end": len(SUPPORTED), "text": SUPPORTED}],
        "tags": ["number"],
    },
    {"id": "rocket", "question": "Who won the chess title in Reykjavik?", "answerable": False, "answer": None},
]


def write_lines(path: Path, documents: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(d) + "\n" for d in documents), encoding="utf-8")
    return str(path)


@pytest.fixture
def news(tmp_path: Path) -> tuple[str, str]:
    """(gold file, articles file)."""
    return write_lines(tmp_path / "gold.jsonl", GOLD), write_lines(tmp_path / "articles.jsonl", ARTICLES)


def test_a_run_end_to_end_then_again_compared_and_exported(
    news: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold, articles = news
    out = tmp_path / "run"
    asked = ["run", gold, "--articles", articles, "--llm", "none", "--out", str(out)]
    assert main([*asked, "--json", "--fail-under", "citation_exact=0.02"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["metrics"]["citation_exact"]["value"] == 1.0
    assert document["metrics"]["hit@1"]["value"] == 1.0
    assert document["facts"]["library"]["articles"] == 2
    assert document["gates"][0]["passed"] is True
    assert all(Path(path).exists() for path in document["files"].values())
    assert "cases" not in document

    first = (out / "transcripts.jsonl").read_text()
    assert main([*asked, "--fail-under", "answer_correct=0.99"]) == 1
    printed = capsys.readouterr().out
    assert "MISSED: answer_correct" in printed
    assert "groundedness" in printed
    assert (out / "transcripts.jsonl").read_text() == first  # nothing was asked again

    assert main(["compare", str(out), str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["hit@1"]["difference"] == 0.0
    assert main(["export", str(out), "--format", "csv", "--out", str(tmp_path / "csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == [str(tmp_path / "csv" / "cases.csv")]


def test_judge_check_prints_a_row_per_judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = [{"claim": "The board met.", "source": f"The board met {i}.", "label": 1} for i in range(3)]
    labels += [{"claim": "The pirates won.", "source": f"The board met {i}.", "label": 0} for i in range(3)]
    human = write_lines(tmp_path / "human.jsonl", labels)
    assert main(["judge-check", human, "--json"]) == 0
    judges = json.loads(capsys.readouterr().out)["judges"]
    assert [judge["judge"] for judge in judges] == ["lexical", "verifier"]
    assert judges[0]["auc"] == 1.0
    assert main(["judge-check", human, "--judge", "lexical", "--limit", "4"]) == 0
    assert "4 claims" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("gate", "told"),
    [("groundednes=0.9", "unknown metric 'groundednes'. Choose from: completed,"), ("memory_leak=0.1", "--fail-over")],
)
def test_a_wrong_gate_is_wrong_usage(
    news: tuple[str, str], capsys: pytest.CaptureFixture[str], gate: str, told: str
) -> None:
    assert main(["run", news[0], "--fail-under", gate]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--fail-under", "groundedness"],
        ["run", "--limit", "0"],
        ["run", "--library", "a", "--articles", "b"],
        ["export", "x", "--format", "xml", "--out", "y"],
        [],
    ],
)
def test_argparse_refuses_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "absent.jsonl"], "absent.jsonl: cannot be read"),
        (["compare", "absent", "absent"], "Name the directory of a finished run"),
        (["judge-check", "absent.jsonl"], "absent.jsonl: cannot be read"),
        (["export", "absent", "--format", "csv", "--out", "x"], "report.json"),
    ],
)
def test_errors_are_one_line_and_three(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("groundwire: ")
    assert captured.err.count("\n") == 1
    assert told in captured.err


def test_help_is_immediate_and_shows_examples() -> None:
    code = "import sys; import eval.__main__ as m; m.parser().format_help(); print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for heavy in ("numpy", "scipy", "torch", "jinja2", "rich", "pydantic", "chromadb", "rapidfuzz"):
        assert f"'{heavy}'" not in loaded
    shown = subprocess.run(
        [sys.executable, "-m", "eval", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "python -m eval run gold.jsonl" in shown
    assert "exit codes" in shown


def test_dry_run_repeat_jobs_claims_prices_baseline_and_junit(
    news: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold, articles = news
    asked = ["run", gold, "--articles", articles, "--llm", "none"]
    first, second = tmp_path / "first", tmp_path / "new" / "second"
    prices = ["--price-in", "2", "--price-out", "8"]
    assert main([*asked, "--out", str(first), "--dry-run", "--json", *prices]) == 0
    preview = json.loads(capsys.readouterr().out)["dry_run"]
    assert (preview["questions"], preview["answered"], preview["cost"]) == (2, 0, None)
    assert not (first / "report.json").exists()

    assert main([*asked, "--out", str(first), "--json"]) == 0
    capsys.readouterr()
    extras = ["--repeat", "2", "--jobs", "2", "--claims", "sentences", "--baseline", str(first)]
    junit = tmp_path / "ci" / "junit.xml"
    assert main([*asked, "--out", str(second), *extras, "--junit", str(junit), "--json", *prices]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["facts"]["repeats"]["runs"] == 2
    assert document["facts"]["repeats"]["changed"] == 0
    assert document["metrics"]["ragas_faithfulness"]["scored"] == 1
    assert (second / "repeat-2" / "transcripts.jsonl").exists()
    assert json.loads((second / "report.json").read_text())["baseline"]["significant"] == []
    assert "What changed" in (second / "report.html").read_text()
    assert "Asked 2 times: 0 of 2 answers" in (second / "report.md").read_text()
    assert '<testsuite name="questions" tests="2" failures="0" errors="0">' in junit.read_text()


@pytest.mark.parametrize("price", ["-1", "x", "nan", "inf"])
def test_a_wrong_price_is_wrong_usage(price: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", "--price-in", price])
    assert stopped.value.code == 2
