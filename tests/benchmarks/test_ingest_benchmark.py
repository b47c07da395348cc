from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.baselines.embedded_share import Piece, embedded_share
from benchmarks.ingest import main, measure_both, table

ARTICLES = Path(__file__).parents[2] / "samples" / "articles"


def test_absent_data_is_one_line_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "none.jsonl.gz")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_share_counts_each_letter_once_and_only_as_far_as_the_model_reads() -> None:
    text = "mill " * 400
    whole = [Piece("a", at, at + 500, "") for at in range(0, 2000, 500)]
    assert embedded_share({"a": text}, [*whole, whole[0]]) == 1.0
    assert embedded_share({"a": text}, [Piece("a", 0, len(text), "")]) == pytest.approx(254 / 400)
    assert embedded_share({"a": text}, [Piece("a", 0, len(text), "owner " * 100)]) == pytest.approx(154 / 400)


@pytest.mark.slow
def test_both_systems_ingest_the_samples() -> None:
    pytest.importorskip("llama_index.vector_stores.chroma", reason="needs the bench extra")
    files = sorted(ARTICLES.glob("*.txt"))[:3]
    lines = [
        json.dumps({"id": f.stem, "title": f.stem, "text": f.read_text(), "source": "sample", "date": "2019-10-08"})
        for f in files
    ]
    ours, theirs = measure_both([line + "\n" for line in lines])
    assert ours.articles == theirs.articles == 3
    assert ours.passages >= 3
    assert theirs.passages >= 3
    assert ours.embedded == pytest.approx(1.0, abs=0.01)
    assert ours.peak_mb > 0
    assert theirs.disk_mb > 0
    assert "| articles | 3 | 3 | 1.00 |" in table(ours, theirs)
