"""Variance between therapists: statsmodels, Q-profile, what is shown of whom, and what is withheld."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from numpy.typing import NDArray
from scipy import stats

from training.shares.therapists import components, slopes, spread
from training.shares.therapists.results import Bar
from training.shares.therapists.views import density
from training.validity.debate import path as truth

Floats = NDArray[np.float64]


def test_the_share_is_that_of_statsmodels_and_its_interval_that_of_the_profile() -> None:
    generator = np.random.default_rng(1)
    therapist = generator.integers(30, size=600)
    case_mix = generator.standard_normal(600)
    outcome = case_mix + 0.6 * generator.standard_normal(30)[therapist] + 1.5 * generator.standard_normal(600)
    found = components.shares(case_mix[:, np.newaxis], outcome, [therapist]).shares[0]
    table = pd.DataFrame({"y": outcome, "x": case_mix, "therapist": therapist})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm("y ~ x", table, groups="therapist")
        theirs = model.fit(reml=True)
        variance = float(theirs.cov_re.iloc[0, 0])
        assert found.value == pytest.approx(variance / (variance + theirs.scale), rel=0.01)
        for end in (found.low, found.high):
            assert end is not None
            ratio = end / (1 - end)
            drop = 2 * (theirs.llf - _profile(model, theirs, ratio))
            assert drop == pytest.approx(stats.chi2.ppf(0.95, 1), abs=0.05)


def _profile(model: object, fitted: object, ratio: float) -> float:
    """statsmodels' restricted likelihood at a fixed ratio of variances, everything else at its best."""
    from statsmodels.regression.mixed_linear_model import MixedLMParams

    free = MixedLMParams.from_components(fe_params=fitted.fe_params.to_numpy(), cov_re=np.array([[ratio]]))  # type: ignore[attr-defined]
    return float(model.loglike(free, profile_fe=True))  # type: ignore[attr-defined]


def test_no_variance_is_said_to_be_none_and_a_known_one_is_held() -> None:
    generator = np.random.default_rng(2)
    therapist = generator.integers(40, size=800)
    nothing = components.shares(np.empty((800, 0)), generator.standard_normal(800), [therapist, therapist % 5])
    assert nothing.shares[0].low == 0
    assert nothing.shares[0].high is not None
    assert nothing.shares[0].high < 0.08
    value, held = truth.true_share_of_therapists(), [truth.of_therapists(seed) for seed in range(1, 13)]
    inside = sum(one.low is not None and one.high is not None and one.low <= value <= one.high for one in held)
    assert inside >= 9
    assert np.mean([one.value for one in held]) == pytest.approx(value, abs=0.025)


def test_bars_hold_five_therapists_and_nobody_with_fewer_than_ten_patients() -> None:
    effects = np.append(np.random.default_rng(3).standard_normal(60), [9.0, -9.0])
    caseload = np.append(np.full(60, 12), [9, 9])
    bars, shown = spread.bars(effects, caseload)
    assert shown == 60 == sum(one.therapists for one in bars)
    assert min(one.therapists for one in bars) >= 5
    assert max(abs(end) for one in bars for end in (one.low, one.high)) < 9
    for one, other in itertools.pairwise(bars):
        assert one.high == other.low
    for one in bars[1:-1]:
        assert ((effects >= one.low) & (effects < one.high)).sum() == one.therapists
    assert spread.bars(effects[:19], caseload[:19]) == ((), 0)
    assert spread.bars(np.zeros(30), np.full(30, 20)) == ((), 0)
    assert density(Bar(low=-1, high=1, therapists=6)) == 3


def test_slopes_that_differ_are_told_from_slopes_that_do_not() -> None:
    generator = np.random.default_rng(4)
    therapist = np.repeat(np.arange(60), 40)
    factor = generator.standard_normal(2400)
    own = 0.5 + 0.4 * generator.standard_normal(60)
    for slope, differs in ((own, True), (np.full(60, 0.5), False)):
        outcome = slope[therapist] * factor + generator.standard_normal(60)[therapist] + generator.standard_normal(2400)
        found = slopes.slopes(outcome, factor, therapist)
        assert found is not None
        mean, sd, number = found
        assert number == 60
        assert mean.low is not None
        assert mean.high is not None
        assert mean.low < slope.mean() + 0.06
        assert mean.high > slope.mean() - 0.06
        assert sd.low is not None
        assert (sd.low > 0.2) is differs
        assert sd.value == pytest.approx(own.std() if differs else 0.0, abs=0.1)
    assert slopes.slopes(outcome[:400], factor[:400], therapist[:400]) is None
