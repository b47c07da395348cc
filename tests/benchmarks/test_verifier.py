from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.verifier import (
    FEATURES,
    auc,
    best_threshold,
    by_state,
    fit,
    inverse_frequency,
    main,
    measure,
    read_sets,
)
from rag.answer_records import VerdictState

DATA = Path(__file__).parents[3] / "shared" / "data" / "verify"


def write_sets(folder: Path) -> None:
    """Two invented sets in the format of the labelled ones."""
    source = "The mill in Cork cut 60 jobs in May. Its owner blamed the storm."
    claims = [{"text": "The mill cut 60 jobs.", "label": 1}, {"text": "The mill cut 70 jobs.", "label": 0}]
    rows = [{"source": f"{source} Case {n}.", "claim_sentences": claims} for n in range(6)]
    (folder / "qags-xsum.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with gzip.open(folder / "wice-dev-claim.jsonl.gz", "wt", encoding="utf-8") as out:
        for row in rows:
            for claim in claims:
                label = "supported" if claim["label"] else "partially_supported"
                evidence = ["(meta data) TITLE: The mill", "# Cork", row["source"]]
                out.write(json.dumps({"claim": claim["text"], "evidence_sentences": evidence, "label": label}) + "\n")


def test_absent_data_is_one_line_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("the labelled claims cannot be read")


def test_both_sets_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_sets(tmp_path)
    assert main(["--data", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "X (QAGS-XSum): 12 claims of 6 articles, 0.50 supported" in printed
    assert "AUC, model of the other set    100.0 (100.0-100.0)" in printed
    assert "not_found        0.00 (6)" in printed


def test_headings_of_a_page_are_read_without_their_marks(tmp_path: Path) -> None:
    write_sets(tmp_path)
    assert read_sets(tmp_path)["W"][0].source.startswith("The mill\nThe mill in Cork")


def test_auc_counts_ties_half() -> None:
    labels = np.array([True, True, False, False])
    assert auc(labels, np.array([0.9, 0.5, 0.5, 0.1])) == pytest.approx(87.5)


def test_a_threshold_separates_what_can_be_separated() -> None:
    labels = np.array([False, False, True, True])
    assert best_threshold(labels, np.array([0.1, 0.2, 0.6, 0.7])) == pytest.approx(0.6)


def test_a_fit_keeps_signs_and_drops_constant_features() -> None:
    random = np.random.default_rng(0)
    labels = random.random(200) < 0.5
    features = random.random((200, len(FEATURES)))
    features[:, 0] += labels
    features[:, 1] -= labels
    features[:, 2] = 1.0
    features[:, 3] -= labels
    weights = fit([(features, labels)]).weights
    assert weights[0] > 0.1
    assert weights[1] > 0.1, "more of it means less support"
    assert weights[2] == 0, "constant"
    assert weights[3] == 0, "against its sign"


def test_states_order_the_scores() -> None:
    states = [VerdictState.QUOTED, VerdictState.PARAPHRASE, VerdictState.NOT_FOUND]
    assert by_state(np.array([0.6, 0.6, 0.6]), states).tolist() == pytest.approx([0.8, 0.6, 0.3])


@pytest.mark.slow
def test_the_figures_on_labelled_claims_hold() -> None:
    if not DATA.is_dir():
        pytest.skip(f"labelled claims are not at {DATA}")
    claims = read_sets(DATA)
    idf = inverse_frequency(claims)
    x, w = measure(claims["X"], idf), measure(claims["W"], idf)
    assert auc(x.labels, fit([(w.features, w.labels)]).support(x.features)) > 68
    assert auc(w.labels, fit([(x.features, x.labels)]).support(w.features)) > 80
    for measured in (x, w):
        refuted = np.array([state is VerdictState.NOT_FOUND for state in measured.states])
        assert measured.labels[refuted].mean() < 0.15
        assert measured.labels[~refuted].mean() > 0.5
