"""Figures pooled over sites: hand arithmetic, a published meta-analysis, and trials with a known truth."""

import numpy as np
import pytest

from therapport.performance import Estimate
from therapport.performance.pooled import error_of, pool

# Vaccinated with and without tuberculosis, controls with and without. Colditz 1994, data set dat.bcg of metafor.
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


def test_three_sites_by_hand() -> None:
    # Equal errors: the variance between sites is the sample variance (1) less the error's (0.01), by any moment method.
    found = pool([0.0, 1.0, 2.0], [0.1, 0.1, 0.1])
    assert found.value == pytest.approx(1.0)
    assert found.between == pytest.approx(0.99**0.5, rel=1e-6)
    # Hartung and Knapp: standard deviation of the sites / sqrt(3), with t of 2 degrees of freedom, 4.3027.
    assert found.low == pytest.approx(1 - 4.30265 / 3**0.5, rel=1e-5)
    assert found.high == pytest.approx(1 + 4.30265 / 3**0.5, rel=1e-5)
    # A further site: t of 1 degree of freedom, 12.7062, over 0.99 + 1 / 3.
    assert found.predicted_high == pytest.approx(1 + 12.7062 * (0.99 + 1 / 3) ** 0.5, rel=1e-5)
    assert found.sites == 3
    # Q is 2 / 0.01 = 200 on 2 degrees of freedom.
    assert found.inconsistency == pytest.approx(198 / 200)
    assert pool([1.0, 1.01, 0.99], [0.1, 0.1, 0.1]).inconsistency == 0


def test_the_published_meta_analysis_of_bcg() -> None:
    treated, controls = BCG[:, 0] + BCG[:, 1], BCG[:, 2] + BCG[:, 3]
    ratio = np.log((BCG[:, 0] / treated) / (BCG[:, 2] / controls))
    variance = 1 / BCG[:, 0] - 1 / treated + 1 / BCG[:, 2] - 1 / controls
    found = pool(ratio, np.sqrt(variance))
    # Empirical Bayes, which is Paule and Mandel's, in Viechtbauer 2010, Journal of Statistical Software 36(3).
    assert found.between**2 == pytest.approx(0.3181, abs=1e-4)
    weights = 1 / (variance + found.between**2)
    assert found.value == pytest.approx(weights @ ratio / weights.sum())
    # What defines that variance: the weighted squares about the mean are as many as their degrees of freedom.
    assert weights @ (ratio - found.value) ** 2 == pytest.approx(12, rel=1e-4)
    assert found.low < -0.7 < found.high < 0
    assert found.predicted_low is not None
    assert found.predicted_high is not None
    assert found.predicted_low < found.low
    assert found.predicted_high > 0  # a further trial may well find nothing
    # Cochran's Q of these trials is 152.23 (Viechtbauer 2010), on 12 degrees of freedom.
    assert found.inconsistency == pytest.approx((152.23 - 12) / 152.23, abs=1e-4)


def test_sites_that_agree_more_than_chance_are_not_surer_than_chance_allows() -> None:
    found = pool([0.5, 0.5, 0.5, 0.5], [0.2, 0.2, 0.2, 0.2])
    assert found.between == 0
    assert found.high - found.value == pytest.approx(3.18245 * 0.1, rel=1e-5)  # t of 3 degrees of freedom x 0.2 / 2


def test_two_sites_predict_no_third() -> None:
    found = pool([0.6, 0.8], [0.05, 0.05])
    assert (found.predicted_low, found.predicted_high) == (None, None)
    assert found.value == pytest.approx(0.7)


@pytest.mark.parametrize(("scale", "ends"), [("logit", (0.0, 1.0)), ("log", (0.0, np.inf))])
def test_the_interval_stays_where_figures_can_be(scale: str, ends: tuple[float, float]) -> None:
    found = pool([0.97, 0.7, 0.9], [0.5, 0.5, 0.5], scale=scale)  # type: ignore[arg-type]
    assert found.predicted_low is not None
    assert found.predicted_high is not None
    assert ends[0] < found.predicted_low < found.low < found.value < found.high < found.predicted_high < ends[1]


def test_the_error_of_a_figure_comes_from_its_interval() -> None:
    plain = error_of(Estimate(0.7, 0.7 - 1.959964 * 0.1, 0.7 + 1.959964 * 0.1), scale="plain")
    assert plain == pytest.approx(0.1, rel=1e-6)
    # logit(0.8) - logit(0.6) = log(4) - log(1.5)
    assert error_of(Estimate(0.7, 0.6, 0.8), scale="logit") == pytest.approx(np.log(4 / 1.5) / (2 * 1.959964), rel=1e-6)
    assert error_of(Estimate(0.7), scale="plain") is None
    assert error_of(Estimate(1.0, 0.9, 1.0), scale="logit") is None
    assert error_of(Estimate(0.8, 0.6, 1.0), scale="logit") == pytest.approx(np.log(4 / 1.5) / 1.959964, rel=1e-6)


def test_one_site_or_an_error_of_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two sites"):
        pool([0.7], [0.1])
    with pytest.raises(ValueError, match="errors above zero"):
        pool([0.7, 0.8], [0.1, 0.0])


def test_intervals_hold_what_they_say_where_sites_differ_more_than_their_errors() -> None:
    generator, held, covered = np.random.default_rng(4), 0, 0
    for _ in range(400):
        truths = generator.normal(1.0, 0.4, 9)
        found = pool(generator.normal(truths[:8], 0.1), [0.1] * 8)
        assert found.predicted_low is not None
        assert found.predicted_high is not None
        held += bool(found.predicted_low <= truths[8] <= found.predicted_high)
        covered += bool(found.low <= 1.0 <= found.high)
    # 95 %, less or more than three Monte Carlo errors.
    assert 0.917 < held / 400 < 0.983
    assert 0.917 < covered / 400 < 0.983
