from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from eval.judges.lexical import LexicalJudge
from eval.pair_check import check_pairs, load_pairs
from rag.errors import GoldSetError
from tests.eval.building import UndecidedJudge

GOLD = "The board approved the budget on Monday. Work starts in May."
GOOD, HALF, BAD = GOLD, "The board approved the budget on Monday.", "Pirates burned the old lighthouse down."


def rows() -> list[dict[str, Any]]:
    """Six invented pairs, each labelled by two people."""
    found = []
    pairs = [(BAD, GOOD, 2), (GOOD, BAD, -2), (HALF, GOOD, 1), (GOOD, HALF, -1), (BAD, HALF, 1), (GOOD, GOOD, 0)]
    for number, (first, second, label) in enumerate(pairs):
        row = {"instance_id": number, "dataset": "news", "query": "What was decided?", "gt_answer": GOLD}
        row |= {"model1": {"response": first}, "model2": {"response": second}}
        found += [row | {f"{a}_label": label for a in ("correctness", "completeness", "overall")}] * 2
    return found


def test_claim_metrics_order_the_answers_as_people_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "human_labeled_data.json"
    path.write_text(json.dumps(rows()))
    pairs = load_pairs(path)
    assert (len(pairs), pairs[0].labels["overall"]) == (6, (2, 2))
    found = check_pairs(LexicalJudge(), pairs)
    overall = found.aspects["overall"]
    assert overall.pearson is not None
    assert overall.pearson > 0.9
    # second less first recall: 1 -1 .5 -.5 .5 0 against 2 -2 1 -1 1 0: on one line
    assert found.aspects["completeness"].pearson == pytest.approx(1)
    undecided = check_pairs(UndecidedJudge(), pairs)
    assert (undecided.unscored, undecided.aspects["overall"].pearson) == (6, None)
    assert main(["judge-check", str(path), "--judge", "lexical"]) == 0
    printed = capsys.readouterr().out
    assert "RAGChecker" in printed
    assert "completeness" in printed


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"query": "q"}]')
    with pytest.raises(GoldSetError, match="no list of compared answers"):
        load_pairs(path)
