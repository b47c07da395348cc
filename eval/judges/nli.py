"""Any NLI cross-encoder as judge: does a window of the sources entail the claim?

Windows, label order and loading are those of `rag.entailment`; here the score is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.judges.judge import JudgeVerdict
from rag.entailment import Predict, entailment_class, load_classifier, softmax, windows

WINDOW_WORDS = 250
"""About 350 word pieces: a window and a claim fit the usual 512."""


class NliJudge:
    """Supported when "entailment" is the likeliest class of some window; its probability is the score."""

    def __init__(self, name: str, predict: Predict, labels: Mapping[int, str]) -> None:
        """Raises ModelMissing when no label starts with "entail"; `predict` gives raw class scores."""
        self.name = name
        self._predict = predict
        self._entailment = entailment_class(name, labels)

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The verdict of the window that entails the claim most."""
        premises = windows("\n".join(sources), WINDOW_WORDS)
        rows = [softmax(row) for row in self._predict([(premise, claim) for premise in premises])]
        best = max(rows, key=lambda row: row[self._entailment])
        probability = best[self._entailment]
        return JudgeVerdict(probability == max(best), probability, f"entailment {probability:.2f}")


def open_nli(name: str) -> NliJudge:
    """A sentence-transformers CrossEncoder by directory or by name in the local model cache.

    Raises:
        ModelMissing: It is not on this machine, or is no NLI classifier.
    """
    return NliJudge(f"nli:{name}", *load_classifier(name, f"nli:{name}:"))
