"""The formulas of Jacobson and Truax, by hand and against published thresholds. 1.96 x sqrt(2) = 2.77186."""

import pytest

from therapport import instruments, outcome


@pytest.mark.parametrize(
    ("standard_deviation", "reliability", "points"),
    [
        # PHQ-9, retest .84: 2.77186 x 5.5 x sqrt(.16) = 15.2452 x .4 = 6.098, published as 6
        (5.5, 0.84, 6.098),
        # PHQ-9, internal consistency .89: 15.2452 x sqrt(.11) = 15.2452 x .331662 = 5.056
        (5.5, 0.89, 5.056),
        # CORE-OM: 2.77186 x 7.5 x sqrt(.06) = 20.7890 x .244949 = 5.092, published as 5
        (7.5, 0.94, 5.092),
        # CORE-10: 20.7890 x sqrt(.10) = 20.7890 x .316228 = 6.574
        (7.5, 0.90, 6.574),
        (10.0, 1.0, 0.0),  # a perfect measure has no error
        (10.0, 0.0, 27.719),  # 1.96 x sqrt(2) x 10
    ],
)
def test_reliable_change_of_jacobson_and_truax(standard_deviation: float, reliability: float, points: float) -> None:
    found = outcome.reliable_change(standard_deviation=standard_deviation, reliability=reliability)
    assert found == pytest.approx(points, abs=5e-4)


def test_reliable_change_at_another_confidence() -> None:
    # 1.645 x 1.41421 x 5.5 x .4 = 5.118
    found = outcome.reliable_change(standard_deviation=5.5, reliability=0.84, confidence=1.645)
    assert found == pytest.approx(5.118, abs=5e-4)


def test_the_published_change_of_core_10_is_one_of_90_percent() -> None:
    # SD 7.7 in primary care counselling: 1.645 x 1.41421 x 7.7 x .316228 = 5.665, so 6 whole points as published.
    found = outcome.reliable_change(standard_deviation=7.7, reliability=0.90, confidence=1.645)
    assert found == pytest.approx(5.665, abs=5e-4)
    assert instruments.instrument("core10").reliable_change == 6


def test_the_figures_that_are_shipped_for_phq_9_lead_to_its_reliable_change() -> None:
    retest = next(one for one in instruments.instrument("phq9").reliability if one.kind == "retest")
    assert retest.sd is not None
    found = outcome.reliable_change(standard_deviation=retest.sd, reliability=retest.value)
    assert round(found) == instruments.instrument("phq9").reliable_change


def test_cut_off_c_weighs_each_mean_with_the_spread_of_the_other_group() -> None:
    # (6 x 4 + 3 x 16) / (6 + 3) = (24 + 48) / 9 = 8: nearer to the group that spreads less.
    assert outcome.cutoff_c(clinical=(16, 6), functional=(4, 3)) == pytest.approx(8)
    # Equal spreads: half way. (5 x 4 + 5 x 16) / 10 = 10
    assert outcome.cutoff_c(clinical=(16, 5), functional=(4, 5)) == pytest.approx(10)
    # Where higher is better the formula is the same: (5 x 30 + 10 x 18) / 15 = 22
    assert outcome.cutoff_c(clinical=(18, 5), functional=(30, 10)) == pytest.approx(22)


def test_cut_off_c_of_core_10_is_its_published_cut_off() -> None:
    # Manual of 2007: general population 4.7 (4.8), primary care counselling 19.7 (7.7).
    # (7.7 x 4.7 + 4.8 x 19.7) / (7.7 + 4.8) = (36.19 + 94.56) / 12.5 = 10.46: whole scores of 11 and more are cases.
    found = outcome.cutoff_c(clinical=(19.7, 7.7), functional=(4.7, 4.8))
    assert found == pytest.approx(10.46)
    assert instruments.instrument("core10").cutoff == 11


def test_cut_offs_a_and_b_lie_two_standard_deviations_from_one_group() -> None:
    assert outcome.cutoff_a(clinical=(18, 5), better="lower") == 8  # 18 - 2 x 5
    assert outcome.cutoff_a(clinical=(18, 5), better="higher") == 28  # 18 + 2 x 5
    assert outcome.cutoff_b(functional=(4, 3), better="lower") == 10  # 4 + 2 x 3
    assert outcome.cutoff_b(functional=(30, 4), better="higher") == 22  # 30 - 2 x 4
