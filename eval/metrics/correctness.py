"""Answer correctness against the gold answer and its aliases. Range 0..1, higher is better.

* `answer_correct`: 1 when the canonical tokens of the answer or an alias, leading prepositions left out,
  stand in the shown text as one run, else 0. An abstention on an answerable question is 0.
* `answer_correct_when_answered`: the same over the cases that were answered.
* `answer_f1`: token F1 with the best alias (Rajpurkar et al., SQuAD, EMNLP 2016, section 6.1). An
  extracted sentence is longer than the gold answer, so it cannot reach 1: compare it between runs only.
* `followup_correct`: `answer_correct` over the cases with earlier turns, which cannot be understood without them.
* `answer_recall`: share of the gold answer's tokens in the shown text, best alias.

Edge cases: unanswerable does not apply; a gold answer that is only yes or no cannot be matched by
containment and is unscored. Containment cannot see a negation around the answer, a paraphrase, or the
right words in the wrong role.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from eval.evidence import Evidence
from eval.metrics.normalising import canonical_tokens, contains
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored

_YES_NO = {"yes", "no"}
_LEADING = {"for", "by", "to", "because", "of", "in", "on", "at", "about", "around", "it", "was", "is"}


def answer_correct(evidence: Evidence) -> Outcome:
    """1 when the answer or an alias is contained in what is shown; abstaining is 0."""
    unfit = _unfit(evidence)
    if unfit:
        return unfit
    if evidence.answer.abstained:
        return Scored(0.0, detail="abstained")
    matched = _matched(evidence)
    return Scored(float(matched is not None), detail=f"holds {matched!r}" if matched else "gold answer not in it")


def answer_correct_when_answered(evidence: Evidence) -> Outcome:
    """`answer_correct` over the answered cases."""
    return NotApplicable("abstained") if evidence.answer.abstained else answer_correct(evidence)


def followup_correct(evidence: Evidence) -> Outcome:
    """`answer_correct` over the follow-up questions."""
    return answer_correct(evidence) if evidence.case.history else NotApplicable("no earlier turn")


def answer_f1(evidence: Evidence) -> Outcome:
    """2 x common / (shown tokens + gold tokens), best alias; abstaining is 0."""
    return _overlap(evidence, lambda common, shown, gold: 2 * common / (shown + gold))


def answer_recall(evidence: Evidence) -> Outcome:
    """Common / gold tokens, best alias; abstaining is 0."""
    return _overlap(evidence, lambda common, shown, gold: common / gold)


def text_holds_answer(evidence: Evidence) -> bool | None:
    """Whether what is shown holds the gold answer, abstained or not; None where that cannot be told."""
    return None if _unfit(evidence) else _matched(evidence) is not None


def _matched(evidence: Evidence) -> str | None:
    shown = canonical_tokens(evidence.shown_text)
    return next((a for a in evidence.case.answers if contains(shown, _core(canonical_tokens(a)))), None)


def _core(gold: list[str]) -> list[str]:
    """The gold tokens without what only ties them to the question: "For fraud" → "fraud"."""
    first = next((i for i, token in enumerate(gold) if token not in _LEADING), 0)
    return gold[first:]


def _overlap(evidence: Evidence, formula: Callable[[int, int, int], float]) -> Outcome:
    unfit = _unfit(evidence)
    if unfit:
        return unfit
    if evidence.answer.abstained:
        return Scored(0.0, detail="abstained")
    shown = Counter(canonical_tokens(evidence.shown_text))
    golds = [Counter(tokens) for a in evidence.case.answers if (tokens := canonical_tokens(a))]
    return Scored(max(formula((shown & gold).total(), shown.total(), gold.total()) for gold in golds))


def _unfit(evidence: Evidence) -> Outcome | None:
    if not evidence.case.answerable:
        return NotApplicable("unanswerable: there is no gold answer")
    golds = [canonical_tokens(a) for a in evidence.case.answers]
    if not any(golds):
        return Unscored("the gold answer has no words")
    if all(set(gold) <= _YES_NO for gold in golds):
        return Unscored("a yes or no cannot be matched by containment")
    return None
