from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rag.entailment import EntailmentJudge, open_entailment, windows
from rag.errors import ModelMissing

SOURCE = "The mill closed. Its owner blamed the storm."


def judge(labels: Mapping[int, str], by_premise: Mapping[str, list[float]]) -> EntailmentJudge:
    return EntailmentJudge("tiny", lambda pairs: [by_premise[premise] for premise, _ in pairs], labels)


@pytest.mark.parametrize(
    ("labels", "supported"),
    [
        ({0: "contradiction", 1: "entailment", 2: "neutral"}, True),
        ({0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"}, False),
        ({0: "entailment", 1: "not_entailment", 2: "other"}, False),
    ],
)
def test_the_label_order_is_the_models(labels: Mapping[int, str], supported: bool) -> None:
    assert judge(labels, {SOURCE: [0.1, 0.7, 0.2]}).opinion("The mill shut.", [SOURCE]).supported is supported


def test_the_most_entailing_source_counts() -> None:
    rows = {SOURCE: [0.9, 0.1], "Other.": [0.2, 0.8]}
    labels = {0: "contradiction", 1: "entailment"}
    assert judge(labels, rows).opinion("It shut.", [SOURCE, "Other."]).supported
    assert not judge(labels, rows).opinion("It shut.", [SOURCE]).supported


@pytest.mark.parametrize("labels", [{0: "LABEL_0"}, {0: "entailment", 1: "entails"}])
def test_a_model_without_one_entailment_label_is_refused(labels: Mapping[int, str]) -> None:
    with pytest.raises(ModelMissing, match="entailment label"):
        judge(labels, {})


def test_windows_hold_every_sentence_and_overlap() -> None:
    sentences = [f"Sentence number {n} ends here." for n in range(30)]
    found = windows(" ".join(sentences), words=20)
    assert all(any(s in window for window in found) for s in sentences)
    assert all(len(window.split()) <= 20 for window in found)
    assert found[1].startswith(sentences[3])
    assert windows("") == [""]


@pytest.mark.slow
def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        open_entailment(str(tmp_path / "none"))


@pytest.mark.slow
def test_a_real_cross_encoder_from_a_directory(tmp_path: Path) -> None:
    save_tiny_model(tmp_path)
    opened = open_entailment(str(tmp_path))
    assert opened.name == tmp_path.name
    opinion = opened.opinion("The mill shut.", [SOURCE])
    assert opinion == opened.opinion("The mill shut.", [SOURCE])
    assert opinion.supported is True  # the bias of the classifier below


def save_tiny_model(folder: Path) -> None:
    """A randomly initialised BERT classifier whose bias is towards its second label, entailment."""
    transformers: Any = pytest.importorskip("transformers")
    import torch

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "mill", "closed", "shut", "storm", "."]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_labels=3, id2label={0: "contradiction", 1: "entailment", 2: "neutral"},
        label2id={"contradiction": 0, "entailment": 1, "neutral": 2},
    )  # fmt: skip
    torch.manual_seed(0)
    model = transformers.BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.bias.copy_(torch.tensor([0.0, 9.0, 0.0]))
    model.save_pretrained(folder)
