"""A natural-language-inference cross-encoder as second judge: does some window of the sources entail the sentence?

The label order is read from the model. Long sources are cut into windows of whole sentences and the most entailing
window counts, as in SummaC-ZS (Laban et al., TACL 2022, section 3.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rag.errors import ModelMissing
from rag.second_opinion import Opinion
from rag.sentences import split_sentences

WINDOW_WORDS = 200
"""About 280 word pieces: a window and a sentence fit the usual 512."""

Predict = Callable[[list[tuple[str, str]]], Sequence[Sequence[float]]]
"""(premise, hypothesis) pairs → one row of class scores per pair."""


class EntailmentJudge:
    """Supported when "entailment" is the likeliest class of some window; otherwise not."""

    def __init__(self, name: str, predict: Predict, labels: Mapping[int, str]) -> None:
        """Raises ModelMissing when not exactly one label starts with "entail"."""
        self.name = name
        self._predict = predict
        self._entailment = entailment_class(name, labels)

    def opinion(self, sentence: str, sources: Sequence[str]) -> Opinion:
        """Whether a window entails the sentence; see `rag.second_opinion.SecondJudge`."""
        premises = [window for source in sources for window in windows(source)]
        rows = self._predict([(premise, sentence) for premise in premises])
        best = max(rows, key=lambda row: row[self._entailment])
        if best[self._entailment] == max(best):
            return Opinion(True, "the cited passage entails it")
        return Opinion(False, "the cited passage does not entail it")


def open_entailment(name: str) -> EntailmentJudge:
    """A sentence-transformers CrossEncoder by directory, or by name in the local model cache; nothing is downloaded.

    Raises:
        ModelMissing: It is not on this machine, or is no NLI classifier.
    """
    predict, labels = load_classifier(name, f"second_opinion {name!r}")
    return EntailmentJudge(Path(name).name, lambda pairs: [softmax(row) for row in predict(pairs)], labels)


def load_classifier(name: str, called: str) -> tuple[Predict, Mapping[int, str]]:
    """Raw class scores of a CrossEncoder on this machine, and the labels of its classes.

    Args:
        called: What the user called it by, for the error.

    Raises:
        ModelMissing: It is not on this machine.
    """
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(name, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelMissing(
            f"{called} cannot be loaded ({first_line}). Give the directory of a downloaded cross-encoder."
        ) from None

    def predict(pairs: list[tuple[str, str]]) -> Sequence[Sequence[float]]:
        rows = model.predict(pairs, activation_fn=torch.nn.Identity(), show_progress_bar=False)
        return [[float(value) for value in row] for row in rows]

    return predict, {int(index): str(label) for index, label in model.model.config.id2label.items()}


def entailment_class(name: str, labels: Mapping[int, str]) -> int:
    """The class whose label is entailment, as the model names it.

    Raises:
        ModelMissing: Not exactly one label starts with "entail".
    """
    entailing = [index for index, label in labels.items() if label.lower().startswith("entail")]
    if len(entailing) != 1:
        raise ModelMissing(f"{name}: has no entailment label, only {sorted(labels.values())}. Choose an NLI model.")
    return entailing[0]


def softmax(row: Sequence[float]) -> list[float]:
    """Raw class scores as probabilities."""
    exponentials = [math.exp(value - max(row)) for value in row]
    return [e / sum(exponentials) for e in exponentials]


def windows(text: str, words: int = WINDOW_WORDS) -> list[str]:
    """Runs of whole sentences of at most `words` words, each beginning with the last sentence of the one before.

    A longer sentence is a window of its own. At least one window, perhaps empty.
    """
    found: list[list[str]] = [[]]
    for sentence in split_sentences(text):
        current = found[-1]
        if current and sum(len(s.split()) for s in [*current, sentence]) > words:
            found.append([*current[-1:], sentence] if len(f"{current[-1]} {sentence}".split()) <= words else [sentence])
        else:
            current.append(sentence)
    return [" ".join(window) for window in found]
