"""Abstention as a classifier of "the articles do not answer this". Shares in 0..1.

Positive = the chatbot abstained, also when it showed the closest passage; true = the case is unanswerable.

* `abstention_precision` = abstained and unanswerable / abstained. Not applicable where it answered.
* `abstention_recall` = abstained and unanswerable / unanswerable. Not applicable to answerable cases.
* `abstention_f1` = 2TP / (2TP + FP + FN), as a weighted mean over cases: a true positive is 1 with weight 2,
  a false positive or negative 0 with weight 1; answered answerable cases do not apply.
* `answered_unanswerable` = 1 - recall, lower is better.
* `abstained_answerable` = abstained / answerable, lower is better.

Source: refusal precision and recall as in haiku.rag's evaluations; selective answering after SQuAD 2.0
(Rajpurkar et al., ACL 2018).
"""

from __future__ import annotations

from eval.evidence import Evidence
from eval.outcomes import NotApplicable, Outcome, Scored

_ANSWERED = NotApplicable("answered")
_ANSWERABLE = NotApplicable("answerable")
_UNANSWERABLE = NotApplicable("unanswerable")


def abstention_precision(evidence: Evidence) -> Outcome:
    """Among abstentions: 1 when the case is unanswerable."""
    return Scored(float(not evidence.case.answerable)) if evidence.answer.abstained else _ANSWERED


def abstention_recall(evidence: Evidence) -> Outcome:
    """Among unanswerable cases: 1 when it abstained."""
    return _ANSWERABLE if evidence.case.answerable else Scored(float(evidence.answer.abstained))


def abstention_f1(evidence: Evidence) -> Outcome:
    """The case's part in F1."""
    abstained, answerable = evidence.answer.abstained, evidence.case.answerable
    if abstained and not answerable:
        return Scored(1.0, weight=2.0)
    return NotApplicable("answered an answerable question") if answerable and not abstained else Scored(0.0)


def answered_unanswerable(evidence: Evidence) -> Outcome:
    """Among unanswerable cases: 1 when it answered."""
    return _ANSWERABLE if evidence.case.answerable else Scored(float(not evidence.answer.abstained))


def abstained_answerable(evidence: Evidence) -> Outcome:
    """Among answerable cases: 1 when it abstained."""
    return Scored(float(evidence.answer.abstained)) if evidence.case.answerable else _UNANSWERABLE
