"""Which cases a person should read first."""

from __future__ import annotations

from collections.abc import Sequence

from eval.scoring import CaseResult

_FAULTS: tuple[tuple[str, float, str], ...] = (
    ("completed", 0.0, "no complete answer"),
    ("citation_exact", 0.0, "a citation is not the stored text"),
    ("memory_leak", 1.0, "the withheld answer was said without grounds"),
    ("groundedness", 0.0, "a shown sentence is not supported"),
    ("unsupported_numbers", 1.0, "a number is not in the quotes"),
    ("answered_unanswerable", 1.0, "answered although the articles do not"),
    ("answer_correct_when_answered", 0.0, "the gold answer is not in the answer"),
    ("abstained_answerable", 1.0, "abstained although the articles answer"),
    ("hit@10", 0.0, "no gold article was found"),
    ("gold_span_hit", 0.0, "no citation is at a gold quote"),
    ("unsupported_names", 1.0, "a name is not in the quotes"),
)
"""(metric, its worst value, fault) from grave to slight."""


def faults(result: CaseResult) -> list[str]:
    """What is wrong with a case, gravest first; empty for a good one."""
    good = {name: 1.0 - worst for name, worst, _ in _FAULTS}
    values = {name: result.value(name) for name in good}
    return [text for name, _, text in _FAULTS if values[name] is not None and values[name] != good[name]]


def worst_cases(results: Sequence[CaseResult], limit: int) -> list[CaseResult]:
    """The faulty cases, by their gravest fault, then by the number of faults, then in gold order."""
    gravity = {text: rank for rank, (_, _, text) in enumerate(_FAULTS)}
    found = [(faults(r), r) for r in results]
    faulty = sorted((item for item in found if item[0]), key=lambda item: (gravity[item[0][0]], -len(item[0])))
    return [result for _, result in faulty[:limit]]
