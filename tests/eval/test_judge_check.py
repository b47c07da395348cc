from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.judge_check import Confusion, Said, auc, balanced_accuracy, check_judge, cohen_kappa
from eval.judges.judge import JudgeVerdict
from eval.judges.lexical import LexicalJudge
from eval.labels import load_labels
from eval.published import published_for
from rag.errors import GoldSetError


def write(path: Path, *documents: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(d) for d in documents), encoding="utf-8")
    return path


# ------------------------------------------------------------------ figures
def test_auc_by_hand() -> None:
    # pairs (supported, unsupported): (.9,.1) (.9,.4) (.4,.1) won, (.4,.4) tied → 3.5 of 4
    assert auc([0.9, 0.4, 0.1, 0.4], [True, True, False, False]) == 3.5 / 4
    assert auc([0.5, 0.7], [True, True]) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
def test_auc_is_the_share_of_pairs_won(rows: list[tuple[int, bool]]) -> None:
    scores, truths = [float(s) for s, _ in rows], [t for _, t in rows]
    pairs = [(a, b) for a, t in rows if t for b, u in rows if not u]
    expected = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs) if pairs else None
    found = auc(scores, truths)
    assert found == (None if expected is None else pytest.approx(expected))


def test_balanced_accuracy_and_kappa_by_hand() -> None:
    truths = [True] * 4 + [False] * 6
    decisions = [True, True, True, False, True, False, False, False, False, False]
    assert balanced_accuracy(decisions, truths) == pytest.approx((3 / 4 + 5 / 6) / 2)
    # agreement .8; chance .4 * .4 + .6 * .6 = .52; kappa = .28 / .48
    assert cohen_kappa(decisions, truths) == pytest.approx(0.28 / 0.48)
    assert balanced_accuracy([True], [True]) is None
    assert cohen_kappa([True, True], [True, True]) is None
    assert cohen_kappa([], []) is None


# ------------------------------------------------------------------ formats
def test_three_formats_read_alike(tmp_path: Path) -> None:
    documents: list[dict[str, Any]] = [
        {"claim": "It rained.", "source": "It rained.", "label": 1},
        {"claim": "It rained.", "source": ["It", "rained."], "label": "not_supported"},
        {"source": "It rained.", "claim_sentences": [{"text": "A.", "label": 1}, {"text": "B.", "label": 0}]},
        {
            "claim": "X.",
            "evidence_sentences": ["(meta data) TITLE: News", "# Head", "X."],
            "label": "partially_supported",
        },
    ]
    labels = load_labels(write(tmp_path / "human.jsonl", *documents))
    assert [label.supported for label in labels] == [True, False, True, False, False]
    assert labels[4].source == "News\nHead\nX."
    assert labels[0].article == labels[2].article == labels[3].article != labels[1].article
    packed = tmp_path / "human.jsonl.gz"
    packed.write_bytes(gzip.compress((tmp_path / "human.jsonl").read_bytes()))
    assert load_labels(packed) == labels


@pytest.mark.parametrize(
    "document",
    [
        {"claim": "x", "label": 1},
        {"claim": "x", "source": "y", "label": "perhaps"},
        {"claim": "x", "source": "y", "label": 0.5},
        {"claim": " ", "source": "y", "label": 1},
        {"source": "y", "claim_sentences": [{"text": "x"}]},
        {"claim": "x", "evidence_sentences": [3], "label": "supported"},
    ],
)
def test_other_lines_are_refused_with_their_place(tmp_path: Path, document: dict[str, Any]) -> None:
    path = write(tmp_path / "human.jsonl", document)
    with pytest.raises(GoldSetError, match=r"human\.jsonl:1: .* QAGS or WiCE"):
        load_labels(path)


def test_aggrefact_rows_carry_their_data_set(tmp_path: Path) -> None:
    rows = [
        {"dataset": "News", "doc": "It rained.", "claim": "It rained.", "label": 1, "contamination_identifier": "x"}
    ]
    (label,) = load_labels(write(tmp_path / "aggrefact.jsonl", *rows))
    assert (label.domain, label.source, label.supported) == ("News", "It rained.", True)


def test_ragtruth_responses_are_split_and_a_touched_sentence_is_not_supported(tmp_path: Path) -> None:
    text = "It rained in Cork. The mill burned down. Nobody was hurt."
    span = {
        "start": text.index("burned"),
        "end": text.index("down"),
        "text": "burned",
        "label_type": "Evident Conflict",
    }
    responses = [
        {"id": "1", "source_id": "7", "response": text, "labels": [span], "model": "m", "split": "test"},
        {"id": "2", "source_id": "8", "response": "It opened.", "labels": []},
        {"id": "3", "source_id": "9", "response": "Four stars.", "labels": []},
    ]
    sources = [
        {"source_id": "7", "task_type": "Summary", "source_info": "It rained in Cork."},
        {
            "source_id": "8",
            "task_type": "QA",
            "source_info": {"question": "When?", "passages": "1: It opened."},
        },
        {"source_id": "9", "task_type": "Data2txt", "source_info": {"name": "Mill", "stars": 4}},
    ]
    path = write(tmp_path / "response.jsonl", *responses)
    with pytest.raises(GoldSetError, match=r"source_info\.jsonl beside it"):
        load_labels(path)
    write(tmp_path / "source_info.jsonl", *sources)
    labels = load_labels(path)
    assert [label.supported for label in labels] == [True, False, True, True, True]
    assert labels[1].claim == "The mill burned down."
    assert [label.domain for label in labels[2:]] == ["Summary", "QA", "Data2txt"]
    assert labels[3].source == "1: It opened."
    assert '"stars": 4' in labels[4].source


# ------------------------------------------------------------------ agreement
class Scripted:
    name = "scripted"

    def __init__(self, *verdicts: JudgeVerdict) -> None:
        self.verdicts = list(verdicts)

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        return self.verdicts.pop(0)


def test_agreement_leaves_out_what_the_judge_could_not_decide(tmp_path: Path) -> None:
    documents = [{"claim": f"c{i}", "source": f"s{i // 2}", "label": i % 2} for i in range(6)]
    labels = load_labels(write(tmp_path / "human.jsonl", *documents))
    said = [(False, 0.1), (True, 0.9), (True, 0.6), (True, 0.8), (None, None), (True, 0.7)]
    judge = Scripted(*(JudgeVerdict(s, score, "why") for s, score in said))
    found = check_judge(judge, labels, "human.jsonl")
    assert (found.claims, found.articles, found.base_rate) == (6, 3, 0.5)
    assert (found.unscored, found.reasons) == (1, {"why": 1})
    assert found.auc == 1.0  # supported .9 .8 .7 over .1 .6
    assert found.balanced_accuracy == pytest.approx((3 / 3 + 1 / 2) / 2)
    assert found.said == {"not supported": Said(1, 0.0), "supported": Said(4, 0.75), "undecided": Said(1, 0.0)}
    # agreement 4/5; chance 4/5 * 3/5 + 1/5 * 2/5 = 14/25; kappa = 6/11
    assert found.kappa == pytest.approx(6 / 11)


def test_the_auc_interval_resamples_articles(tmp_path: Path) -> None:
    documents = [{"claim": f"c{i}", "source": f"s{i // 4}", "label": i % 2} for i in range(80)]
    labels = load_labels(write(tmp_path / "human.jsonl", *documents))
    judge = Scripted(*(JudgeVerdict(True, ((i * 7) % 10) / 10, "") for i in range(80)))
    found = check_judge(judge, labels)
    assert found.auc is not None
    assert found.auc_interval is not None
    assert found.auc_interval.clusters == 20
    assert found.auc_interval.low <= found.auc <= found.auc_interval.high


@pytest.mark.parametrize(
    ("name", "claims", "supported"), [("qags-xsum.jsonl", 239, 116), ("wice-dev-claim.jsonl.gz", 349, 115)]
)
def test_public_sets_read_whole_and_the_default_judge_beats_guessing(
    shared: Path, name: str, claims: int, supported: int
) -> None:
    path = shared / "data" / "verify" / name
    labels = load_labels(path)
    assert (len(labels), sum(label.supported for label in labels)) == (claims, supported)
    found = check_judge(LexicalJudge(), labels, name)
    assert found.auc_interval is not None
    assert found.auc_interval.low > 0.6


def test_the_confusion_matrix_its_rates_and_the_domains_by_hand(tmp_path: Path) -> None:
    # supported 12: 9 found; unsupported 8: 6 found
    truths = [1] * 12 + [0] * 8
    decided = [True] * 9 + [False] * 3 + [False] * 6 + [True] * 2
    documents = [
        {"claim": f"c{i}", "source": f"s{i}", "label": truth, "domain": "odd" if i % 2 else "even"}
        for i, truth in enumerate(truths)
    ]
    judge = Scripted(*(JudgeVerdict(d, float(d), "") for d in decided))
    found = check_judge(judge, load_labels(write(tmp_path / "human.jsonl", *documents)))
    assert found.decisions is not None
    assert found.decisions.confusion == Confusion(9, 2, 6, 3)
    assert (found.decisions.sensitivity, found.decisions.specificity) == (9 / 12, 6 / 8)
    for interval, value in (
        (found.decisions.sensitivity_interval, 0.75),
        (found.decisions.balanced_accuracy_interval, found.balanced_accuracy),
        (found.decisions.kappa_interval, found.kappa),
    ):
        assert interval is not None
        assert value is not None
        assert interval.low < value < interval.high
    assert {name: part.claims for name, part in found.domains.items()} == {"even": 10, "odd": 10}
    assert found.domains["even"].balanced_accuracy == pytest.approx((5 / 6 + 3 / 4) / 2)


def test_published_figures_are_found_by_the_name_of_the_set() -> None:
    figures = {p.system: p.value for p in published_for("data/qags-xsum.jsonl")}
    assert figures["T5-XXL TRUE NLI 11B"] == 0.838
    assert {p.figure for p in published_for("wice-dev-claim.jsonl.gz")} == {"balanced accuracy"}
    assert published_for("mine.jsonl") == []
