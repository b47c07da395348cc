"""Figures that others published on the sets `judge-check` reads, to stand beside ours. Copied, not re-measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of one system.

    Attributes:
        file: Words that the name of a file of this set holds.
        figure: What was measured; "AUC" and "balanced accuracy" are ours to compare with.
        differs: How their protocol differs from `judge-check`; empty when it does not.
    """

    file: tuple[str, ...]
    system: str
    figure: str
    value: float
    source: str
    differs: str = ""


_TRUE = "TRUE (NAACL 2022) and AlignScore (ACL 2023), as tabulated by ContAttriEval"
_AGGREFACT = "LLM-AggreFact leaderboard (MiniCheck, EMNLP 2024)"
_WICE_DIFFERS = "on LLM-AggreFact's own selection of WiCE; ours is WiCE's dev split on whole cited pages"
_RAGTRUTH = "LettuceDetect, docs/benchmarks.md"
_RAGTRUTH_DIFFERS = "F1 of finding responses with a hallucination; ours is by sentence"

_RAGCHECKER = "RAGChecker (NeurIPS 2024), table 2"
_RAGCHECKER_DIFFERS = "claims split and checked by a large language model"

_TRUE_AUC = {
    "BLEU": (0.774, 0.547),
    "SummaC-ZS": (0.760, 0.753),
    "SummaC-Conv": (0.777, 0.760),
    "QAFactEval": (0.839, 0.761),
    "T5-XXL TRUE NLI 11B": (0.821, 0.838),
    "AlignScore-large 355M": (0.895, 0.835),
}
_AGGREFACT_WICE = {
    "MiniCheck-RoBERTa-L 0.4B": 0.676,
    "MiniCheck-Flan-T5-L 0.8B": 0.722,
    "FactCG-DeBERTa-L 0.4B": 0.742,
    "gpt-4o-2024-05-13": 0.785,
    "Bespoke-MiniCheck-7B": 0.830,
}

PUBLISHED: tuple[Published, ...] = (
    *(Published(("qags", "cnn"), name, "AUC", cnn, _TRUE) for name, (cnn, _) in _TRUE_AUC.items()),
    *(Published(("qags", "xsum"), name, "AUC", xsum, _TRUE) for name, (_, xsum) in _TRUE_AUC.items()),
    *(
        Published(("wice",), name, "balanced accuracy", value, _AGGREFACT, _WICE_DIFFERS)
        for name, value in _AGGREFACT_WICE.items()
    ),
    Published(("aggrefact",), "MiniCheck-Flan-T5-L 0.8B", "balanced accuracy", 0.750, _AGGREFACT, "mean of 11 sets"),
    Published(("aggrefact",), "Bespoke-MiniCheck-7B", "balanced accuracy", 0.774, _AGGREFACT, "mean of 11 sets"),
    Published(("human_labeled_data",), "RAGChecker", "Pearson, overall", 0.6193, _RAGCHECKER, _RAGCHECKER_DIFFERS),
    Published(("human_labeled_data",), "RAGAS answer similarity", "Pearson, overall", 0.4831, _RAGCHECKER),
    Published(("human_labeled_data",), "human against human", "Pearson, overall", 0.7009, _RAGCHECKER),
    Published(("ragtruth",), "GPT-4-turbo prompt", "response F1", 0.634, _RAGTRUTH, _RAGTRUTH_DIFFERS),
    Published(("ragtruth",), "LettuceDetect-large 395M", "response F1", 0.792, _RAGTRUTH, _RAGTRUTH_DIFFERS),
)


def published_for(path: str) -> list[Published]:
    """The figures of the set that a path names."""
    name = path.lower()
    return [figure for figure in PUBLISHED if all(word in name for word in figure.file)]
