"""The integrated calibration index against statsmodels and against curves that are known."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from patsy import cr  # type: ignore[import-untyped]

from tests.performance import simulated
from therapport.performance import bootstrap_weights, evaluate_binary
from therapport.performance.integrated_calibration import KNOTS, spline


def _ici(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    """The curve by statsmodels on patsy's natural cubic spline: another base of the same curves."""
    log_odds = np.log(prediction / (1 - prediction))
    lowest, *inner, highest = np.quantile(log_odds, KNOTS)
    base = cr(log_odds, knots=inner, lower_bound=lowest, upper_bound=highest)
    fitted = sm.GLM(truth, base, family=sm.families.Binomial(), freq_weights=weight).fit().fittedvalues
    return float(np.average(np.abs(fitted - prediction), weights=weight))


def test_value_and_both_ends_are_those_of_statsmodels() -> None:
    predictions = simulated.binary(seed=1)
    weights = bootstrap_weights(predictions.cluster, draws=30, seed=2)
    figure = evaluate_binary(predictions, weights)["ici"]
    drawn = np.array([simulated.pooled(predictions, draw, _ici) for draw in weights])
    assert figure.value == pytest.approx(simulated.pooled(predictions, np.ones(200), _ici), abs=1e-5)
    # Noise adds to a distance, and draws have more of it: their mean is moved to the figure.
    moved = np.maximum(drawn - drawn.mean() + figure.value, 0)
    low, high = simulated.ends(moved, predictions, weights)
    assert (figure.low, figure.high) == pytest.approx((max(low, 0), high), abs=1e-5)


def test_the_spline_is_linear_beyond_its_outer_knots() -> None:
    knots = np.array([-1.0, 0, 0.5, 2])
    below, above = spline(np.linspace(-5, -1, 9), knots), spline(np.linspace(2, 9, 9), knots)
    for columns in (below, above):
        assert np.abs(np.diff(columns, n=2, axis=0)).max() < 1e-9
    assert np.abs(below[:, 1:]).max() == 0


def test_probabilities_that_are_off_by_a_known_curve_have_a_known_index() -> None:
    honest = simulated.binary(patients=40_000, repeats=1, noise=0, seed=3)
    log_odds = np.log(honest.prediction / (1 - honest.prediction))
    off = replace(honest, prediction=simulated.expit(0.5 * log_odds + 0.3))
    expected = np.abs(honest.prediction - off.prediction).mean()
    one = np.ones((1, 40_000))
    assert evaluate_binary(off, one)["ici"].value == pytest.approx(expected, abs=0.006)
    assert evaluate_binary(honest, one)["ici"].value < 0.008


def test_the_index_of_a_constant_is_how_far_it_lies_from_the_prevalence() -> None:
    drawn = simulated.binary(seed=4)
    constant = replace(drawn, prediction=np.full_like(drawn.prediction, 0.3))
    figure = evaluate_binary(constant, np.ones((1, 200)))["ici"]
    assert figure.value == pytest.approx(abs(drawn.truth.mean() - 0.3), abs=1e-6)


def test_perfect_separation_leaves_the_index_finite() -> None:
    row = np.array([[0.2, 0.3, 0.4, 0.6, 0.7, 0.9]])
    drawn = simulated.binary(patients=6, clusters=6, folds=2, repeats=1, seed=5)
    sure = replace(drawn, truth=np.array([0.0, 0, 0, 1, 1, 1]), prediction=row)
    figure = evaluate_binary(sure, np.ones((1, 6)))["ici"]
    assert figure.value == pytest.approx(np.mean([0.2, 0.3, 0.4, 0.4, 0.3, 0.1]), abs=0.01)
