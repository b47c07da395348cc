from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.catalog import BY_NAME
from eval.outcomes import NotApplicable, Outcome, Scored, Unscored, outcome_json, read_outcome
from eval.paired import compare_paired, holm
from eval.statistics import bootstrap, summarise

SHARE, MEDIAN, TAIL = BY_NAME["groundedness"], BY_NAME["latency_p50"], BY_NAME["latency_p95"]
F1 = BY_NAME["abstention_f1"]


def each(n: int) -> list[str]:
    """A cluster of its own for every outcome."""
    return [str(i) for i in range(n)]


def scored(*values: float) -> list[Outcome]:
    return [Scored(v) for v in values]


# ------------------------------------------------------------------ outcomes
@pytest.mark.parametrize(
    "outcome", [Scored(0.5), Scored(1.0, 2.0, "found"), Unscored("judge failed"), NotApplicable("no quote")]
)
def test_an_outcome_survives_its_json(outcome: Outcome) -> None:
    assert read_outcome(outcome_json(outcome)) == outcome


# ------------------------------------------------------------------ summaries
def test_unscored_and_not_applicable_are_counted_and_never_averaged() -> None:
    outcomes = [*scored(1, 0, 1, 1), Unscored("a"), Unscored("b"), Unscored("a"), NotApplicable("x")]
    found = summarise(SHARE, outcomes, each(8))
    assert (found.value, found.scored, found.unscored, found.not_applicable) == (0.75, 4, 3, 1)
    assert found.reasons == {"a": 2, "b": 1}


def test_no_scored_case_gives_no_figure_rather_than_zero() -> None:
    found = summarise(SHARE, [Unscored("a"), NotApplicable("x")], each(2))
    assert (found.value, found.interval) == (None, None)


def test_an_interval_of_a_share_is_wilson_s_with_the_t_quantile() -> None:
    outcomes = scored(*[1.0] * 70, *[0.0] * 30)
    found = summarise(SHARE, outcomes, each(100), seed=3)
    assert found.interval is not None
    # n = .21 / variance = 99 (variance .7 * .3 / 99), t = 1.98422, c = t^2 / n = .039768:
    # (.7 + c / 2 ± sqrt(c * .21 + c^2 / 4)) / (1 + c)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.60240, 0.78230), abs=1e-5)
    assert found.interval.method == "score"


def test_an_interval_of_a_mean_is_near_the_textbook_one_and_repeatable() -> None:
    outcomes = scored(*[float(i % 10) for i in range(100)])
    found = summarise(BY_NAME["answer_sentences"], outcomes, each(100), seed=3)
    assert found.interval is not None
    # 4.5 ± 1.984 * 2.887 / 10 = [3.93, 5.07]
    assert found.interval.low == pytest.approx(3.93, abs=0.03)
    assert found.interval.high == pytest.approx(5.07, abs=0.03)
    assert found.interval.method == "bootstrap-t"
    assert found == summarise(BY_NAME["answer_sentences"], outcomes, each(100), seed=3)
    few = summarise(BY_NAME["answer_sentences"], outcomes, [str(i // 20) for i in range(100)]).interval
    assert few is None or few.method == "percentile"


@pytest.mark.parametrize(("value", "bounds"), [(1.0, (0.6915, 1.0)), (0.0, (0.0, 0.3085))])
def test_all_right_or_all_wrong_gets_the_exact_bound(value: float, bounds: tuple[float, float]) -> None:
    # Clopper-Pearson for 10 of 10: lower end = .025 ** (1 / 10) = .6915
    interval = summarise(SHARE, scored(*[value] * 10), each(10)).interval
    assert interval is not None
    assert interval.method == "exact"
    assert (interval.low, interval.high) == pytest.approx(bounds, abs=1e-4)


def test_equal_values_that_no_bound_covers_have_no_interval() -> None:
    assert summarise(SHARE, scored(0.5, 0.5, 0.5), each(3)).interval is None
    assert summarise(MEDIAN, scored(1.0, 1.0), each(2)).interval is None
    assert summarise(SHARE, scored(0.5), each(1)).interval is None


def test_clusters_of_like_cases_widen_the_interval() -> None:
    outcomes = scored(*[1.0] * 50, *[0.0] * 50)
    apart = summarise(SHARE, outcomes, each(100)).interval
    together = summarise(SHARE, outcomes, [str(i // 10) for i in range(100)]).interval
    assert apart is not None
    assert together is not None
    assert together.clusters == 10
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_uneven_clusters_keep_the_plain_mean_and_percentiles() -> None:
    outcomes, clusters = scored(1, 2, 3, 4, 10), ["a", "a", "a", "b", "c"]
    assert summarise(MEDIAN, outcomes, clusters).value == 3
    assert summarise(BY_NAME["answer_sentences"], outcomes, clusters).value == 4
    tail = summarise(TAIL, scored(*range(101)), [str(i // 4) for i in range(101)])
    assert tail.value == 95
    assert tail.interval is not None
    assert tail.interval.method == "percentile"


def test_weights_count_in_the_mean() -> None:
    found = summarise(F1, [Scored(1.0, 2.0), Scored(0.0), Scored(0.0)], each(3))
    assert found.value == 0.5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=25))
def test_an_interval_lies_in_the_range_of_the_values(values: list[float]) -> None:
    found = summarise(SHARE, scored(*values), each(len(values)))
    if found.interval is not None:
        assert 0 <= found.interval.low <= found.interval.high <= 1


def test_a_statistic_undefined_in_a_resample_has_no_interval() -> None:
    assert bootstrap(3, lambda i: (i == 0).sum(-1) / (i == 1).sum(-1)) is None
    assert bootstrap(1, lambda i: i.sum(-1)) is None


# ------------------------------------------------------------------ paired tests
def test_every_sign_assignment_is_tried_for_few_cases() -> None:
    # 5 cases all better by 1: only all-plus and all-minus of 2 ** 5 are as extreme → p = 2 / 32
    test = compare_paired(SHARE, scored(*[0.0] * 5), scored(*[1.0] * 5), each(5))
    assert test is not None
    assert (test.difference, test.pairs) == (1.0, 5)
    assert test.p == pytest.approx(2 / 32 / 2)  # the two extreme assignments, as extreme as the one seen: half


def test_mcnemar_by_hand() -> None:
    # 1 case lost, 5 gained: two-sided binomial p = 2 * (C(6,0) + C(6,1)) / 2 ** 6 = 14 / 64
    ours = scored(1, 0, 0, 0, 0, 0, 1, 1, 0)
    theirs = scored(0, 1, 1, 1, 1, 1, 1, 1, 0)
    test = compare_paired(SHARE, ours, theirs, each(9))
    assert test is not None
    assert test.mcnemar == pytest.approx(14 / 64)
    graded = compare_paired(SHARE, scored(0.5, 0), scored(1, 0), each(2))
    assert graded is not None
    assert graded.mcnemar is None


def test_cases_swap_with_their_cluster() -> None:
    ours, theirs = scored(*[0.0] * 10), scored(*[1.0] * 10)
    together = compare_paired(SHARE, ours, theirs, ["a"] * 5 + ["b"] * 5)
    assert together is not None
    assert together.p == pytest.approx(2 / 4 / 2)


def test_identical_runs_do_not_differ() -> None:
    values = scored(1, 0, 1, 0.5)
    test = compare_paired(SHARE, values, values, each(4))
    assert test is not None
    assert (test.difference, test.p) == (0.0, 1.0)
    assert test.interval is not None
    assert (test.interval.low, test.interval.high) == (0.0, 0.0)


def test_only_cases_scored_in_both_runs_are_pairs() -> None:
    ours: list[Outcome] = [Scored(1), Unscored("x"), NotApplicable("y"), Scored(0)]
    theirs: list[Outcome] = [Scored(0), Scored(0), Scored(0), NotApplicable("z")]
    test = compare_paired(SHARE, ours, theirs, each(4))
    assert test is not None
    assert test.pairs == 1
    assert compare_paired(SHARE, ours[1:3], theirs[1:3], each(2)) is None


def test_metrics_that_apply_by_answer_take_cases_of_either_run() -> None:
    # a abstains on all four (2 rightly): F1 = 2*2 / (2*2 + 2) = 2/3; b answers the answerable ones: F1 = 1
    right, wrong = Scored(1.0, 2.0), Scored(0.0)
    ours: list[Outcome] = [right, right, wrong, wrong]
    theirs: list[Outcome] = [right, right, NotApplicable("answered"), NotApplicable("answered")]
    test = compare_paired(F1, ours, theirs, each(4))
    assert test is not None
    assert test.pairs == 4
    assert (test.a, test.b) == pytest.approx((2 / 3, 1.0))


def test_many_cases_are_sampled_with_the_seed() -> None:
    ours = scored(*[0.0, 1.0] * 20)
    theirs = scored(*[1.0, 1.0] * 12, *[0.0, 1.0] * 8)
    first, second = (compare_paired(SHARE, ours, theirs, each(40), seed=5) for _ in range(2))
    assert first is not None
    assert first == second
    assert first.p is not None
    assert first.p < 0.01


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_interval_of_a_paired_difference_and_what_it_could_detect_by_hand() -> None:
    # differences 1 0 1 0: mean .5, standard error sqrt(4/3 * 4 * .25 / 16) = .288675, t(3) = 3.182446, .978472
    test = compare_paired(SHARE, scored(0, 0, 0, 1), scored(1, 0, 1, 1), each(4))
    assert test is not None
    assert test.interval is not None
    assert (test.interval.low, test.interval.high) == pytest.approx((0.5 - 0.91869, 0.5 + 0.91869), abs=1e-4)
    assert test.detectable == pytest.approx((3.182446 + 0.978472) * 0.288675, abs=1e-4)
    assert test.p == 0.25  # 16 assignments of signs, of which 8 have |difference| 1/2 and count half


def test_what_a_set_could_detect_by_hand() -> None:
    # variance of the mean .25 / 99 at 100 questions, two runs: (1.984217 + .845341) * sqrt(2 * .25 / 99)
    found = summarise(SHARE, scored(*[1.0] * 50, *[0.0] * 50), each(100))
    assert found.detectable == pytest.approx((1.984217 + 0.845341) * (0.5 / 99) ** 0.5, abs=1e-4)
    assert summarise(SHARE, scored(1.0, 1.0), each(2)).detectable is None
    assert summarise(MEDIAN, scored(1.0, 2.0), each(2)).detectable is None
