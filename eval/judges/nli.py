"""Any NLI cross-encoder as judge: does a window of the sources entail the claim?

The label order is read from the model. Long sources are cut into windows of whole sentences and the
most entailing window counts, as in SummaC-ZS (Laban et al., TACL 2022, section 3.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from eval.judges.judge import JudgeVerdict
from rag.errors import ModelMissing
from rag.sentences import split_sentences

WINDOW_WORDS = 250
"""About 350 word pieces: a window and a claim fit the usual 512."""

Logits = Sequence[Sequence[float]]
Predict = Callable[[list[tuple[str, str]]], Logits]
"""(premise, hypothesis) pairs → one row of raw class scores per pair."""


class NliJudge:
    """Supported when "entailment" is the likeliest class of some window; its probability is the score."""

    def __init__(self, name: str, predict: Predict, labels: Mapping[int, str]) -> None:
        """Raises ModelMissing when no label starts with "entail"."""
        self.name = name
        self._predict = predict
        entailing = [index for index, label in labels.items() if label.lower().startswith("entail")]
        if len(entailing) != 1:
            raise ModelMissing(f"{name}: has no entailment label, only {sorted(labels.values())}. Choose an NLI model.")
        self._entailment = entailing[0]

    def supported(self, claim: str, sources: Sequence[str]) -> JudgeVerdict:
        """The verdict of the window that entails the claim most."""
        windows = source_windows("\n".join(sources))
        rows = [_softmax(row) for row in self._predict([(window, claim) for window in windows])]
        best = max(rows, key=lambda row: row[self._entailment])
        probability = best[self._entailment]
        return JudgeVerdict(probability == max(best), probability, f"entailment {probability:.2f}")


def open_nli(name: str) -> NliJudge:
    """A sentence-transformers CrossEncoder by directory or by name in the local model cache.

    Raises:
        ModelMissing: It is not on this machine, or is no NLI classifier.
    """
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(name, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelMissing(
            f"nli:{name}: cannot be loaded ({first_line}). Give the directory of a downloaded cross-encoder."
        ) from None

    def predict(pairs: list[tuple[str, str]]) -> Logits:
        rows = model.predict(pairs, activation_fn=torch.nn.Identity(), show_progress_bar=False)
        return [[float(value) for value in row] for row in rows]

    labels = {int(index): str(label) for index, label in model.model.config.id2label.items()}
    return NliJudge(f"nli:{name}", predict, labels)


def source_windows(text: str, words: int = WINDOW_WORDS) -> list[str]:
    """Runs of whole sentences of at most `words` words, each starting with the last sentence of the one before.

    A longer sentence is a window of its own. At least one window, perhaps empty.
    """
    windows: list[list[str]] = [[]]
    for sentence in split_sentences(text):
        current = windows[-1]
        if current and sum(len(s.split()) for s in [*current, sentence]) > words:
            overlap = [current[-1]] if len(current[-1].split()) + len(sentence.split()) <= words else []
            windows.append([*overlap, sentence])
        else:
            current.append(sentence)
    return [" ".join(window) for window in windows]


def _softmax(row: Sequence[float]) -> list[float]:
    exponentials = [math.exp(value - max(row)) for value in row]
    return [e / sum(exponentials) for e in exponentials]
