from __future__ import annotations

import pytest

from eval.reliability import calibration, reliability
from eval.risk_coverage import aurc, risk_coverage
from eval.runs import evaluate
from tests.eval.building import SHELF, ScriptedChatbot, abstain, four_answers, four_cases, gold


def test_brier_and_calibration_error_by_hand() -> None:
    # bin [.9, 1]: .9 right, 1.0 wrong → mean .95, half right; bin [.2, .3): .2 wrong
    found = calibration("correct", [(0.9, True), (1.0, False), (0.2, False)])
    assert found.brier == pytest.approx((0.01 + 1 + 0.04) / 3)
    assert found.ece == pytest.approx((2 * 0.45 + 1 * 0.2) / 3)
    assert [(b.low, b.cases, b.right) for b in found.bins] == [(0.2, 1, 0.0), (0.9, 2, 0.5)]
    assert found.bins[1].interval is not None
    assert found.bins[1].interval.low < 0.5 < found.bins[1].interval.high


def test_the_area_under_the_risk_coverage_curve_by_hand() -> None:
    # in order: right, wrong, right → risks 0, 1/2, 1/3
    assert aurc([(0.9, True), (0.5, False), (0.1, True)]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    # all equal: each place is wrong by a third
    assert aurc([(0.5, True), (0.5, False), (0.5, True)]) == pytest.approx(1 / 3)
    assert aurc([(0.5, True)]) == 0


def test_four_answers_by_hand() -> None:
    evaluation = evaluate(four_cases(), ScriptedChatbot(four_answers()).ask, articles=SHELF)
    # confidences .9 right, .8 invented, .7 wrong, .1 abstained on an unanswerable one: risks 0, 1/2, 2/3, 3/4
    curve = risk_coverage(evaluation.results)
    assert curve is not None
    assert curve.aurc == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert curve.excess == pytest.approx(0)
    assert curve.aurc_interval is not None
    assert curve.aurc_interval.low <= curve.aurc <= curve.aurc_interval.high
    correct, answerable = reliability(evaluation.results)
    assert correct.brier == pytest.approx((0.01 + 0.64 + 0.49 + 0.01) / 4)
    assert answerable.brier == pytest.approx((0.01 + 0.64 + 0.09 + 0.01) / 4)


def test_no_confidence_no_reliability() -> None:
    assert reliability(evaluate([gold(None)], ScriptedChatbot({gold().question: abstain()}).ask).results) == []
