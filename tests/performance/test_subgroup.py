"""Figures of subgroups held against scikit-learn, statsmodels, copied rows, and the trap that they avoid."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from therapport.performance import OutOfFold, bootstrap_weights, evaluate_binary, evaluate_score, subgroup

PATIENTS = 300


def made(*, binary: bool, folds: int = 1, repeats: int = 1, seed: int = 1) -> OutOfFold:
    generator = np.random.default_rng(seed)
    signal = generator.normal(size=PATIENTS)
    cluster = generator.integers(0, 30, PATIENTS)
    fold = np.stack([(cluster * (repeat + 1) + repeat) % folds for repeat in range(repeats)])
    noisy = signal + generator.normal(0, 0.8, (repeats, PATIENTS))
    if binary:
        truth = (generator.random(PATIENTS) < 1 / (1 + np.exp(-signal))).astype(float)
        prediction = 1 / (1 + np.exp(-0.7 * noisy))
    else:
        truth, prediction = 10 + 3 * signal + generator.normal(0, 2, PATIENTS), 10.5 + 2 * noisy
    return OutOfFold(truth, prediction, fold, np.full(prediction.shape, truth.mean()), cluster)


MEMBERS = np.arange(PATIENTS) % 3 == 0


def test_a_subgroup_of_one_fold_has_the_figures_of_scikit_learn_and_statsmodels() -> None:
    one = made(binary=True)
    found = subgroup.figures(one, MEMBERS, bootstrap_weights(one.cluster, draws=20, seed=1), binary=True)
    truth, probability = one.truth[MEMBERS], one.prediction[0, MEMBERS]
    log_odds = np.log(probability / (1 - probability))
    assert found["auc"].value == pytest.approx(roc_auc_score(truth, probability))
    assert found["brier"].value == pytest.approx(brier_score_loss(truth, probability))
    assert found["log_loss"].value == pytest.approx(log_loss(truth, probability))
    slope = sm.Logit(truth, sm.add_constant(log_odds)).fit(disp=0).params[1]
    intercept = sm.GLM(truth, np.ones(len(truth)), family=sm.families.Binomial(), offset=log_odds).fit().params[0]
    assert found["calibration_slope"].value == pytest.approx(slope, rel=1e-5)
    assert found["calibration_intercept"].value == pytest.approx(intercept, rel=1e-5)


def test_points_have_the_figures_of_least_squares_about_the_members_own_mean() -> None:
    one = made(binary=False)
    found = subgroup.figures(one, MEMBERS, bootstrap_weights(one.cluster, draws=20, seed=1), binary=False)
    truth, points = one.truth[MEMBERS], one.prediction[0, MEMBERS]
    missed = truth - points
    assert found["r2"].value == pytest.approx(1 - (missed @ missed) / ((truth - truth.mean()) ** 2).sum())
    assert found["rmse"].value == pytest.approx(np.sqrt((missed**2).mean()))
    assert found["mae"].value == pytest.approx(np.abs(missed).mean())
    assert found["calibration_intercept"].value == pytest.approx(missed.mean())
    assert found["calibration_slope"].value == pytest.approx(sm.OLS(truth, sm.add_constant(points)).fit().params[1])


@pytest.mark.parametrize("binary", [True, False])
def test_a_draw_is_the_figure_of_copied_patients(binary: bool) -> None:
    one = made(binary=binary)
    weights = bootstrap_weights(one.cluster, draws=3, seed=4)
    found = subgroup.figures(one, MEMBERS, weights, binary=binary)
    for draw in range(3):
        copied = np.repeat(np.flatnonzero(MEMBERS), weights[draw, MEMBERS].astype(int))
        again = OutOfFold(
            one.truth[copied],
            one.prediction[:, copied],
            one.fold[:, copied],
            one.training_mean[:, copied],
            one.cluster[copied],
        )
        everyone = np.ones(len(copied), dtype=bool)
        expected = subgroup.figures(again, everyone, np.ones((1, len(copied))), binary=binary)
        for name in found:
            assert found[name].draws[draw] == pytest.approx(expected[name].value, abs=1e-7), name


@pytest.mark.parametrize("binary", [True, False])
def test_everyone_in_one_fold_has_the_figures_that_candidates_have(binary: bool) -> None:
    one = made(binary=binary)
    weights = bootstrap_weights(one.cluster, draws=50, seed=1)
    found = subgroup.figures(one, np.ones(PATIENTS, dtype=bool), weights, binary=binary)
    evaluate = evaluate_binary if binary else evaluate_score
    expected = evaluate(one, weights)
    for name, figure in found.items():
        estimate = figure.estimate()
        if name == "r2":
            # Draws are about their own mean, those of candidates about that of the training part.
            assert estimate.value == pytest.approx(expected[name].value)
            continue
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx(
            (expected[name].value, expected[name].low, expected[name].high)
        )


def test_the_mean_of_a_fold_that_opposes_its_outcome_does_no_harm() -> None:
    """A model that says the same of everyone in each fold, and less where more reach the outcome, is not below chance;
    one that orders patients within folds is not pulled down by it.
    """
    generator = np.random.default_rng(3)
    fold = np.arange(PATIENTS) % 5
    truth = (generator.random(PATIENTS) < 0.3 + 0.1 * fold).astype(float)
    against = -1.5 * fold
    constant = OutOfFold(
        truth, (1 / (1 + np.exp(-against)))[None], fold[None], np.full((1, PATIENTS), 0.5), np.arange(PATIENTS)
    )
    everyone, weights = np.ones(PATIENTS, dtype=bool), np.ones((1, PATIENTS))
    assert "auc" not in subgroup.figures(constant, everyone, weights, binary=True)
    order = 2 * truth + generator.normal(size=PATIENTS)
    sorted_within = OutOfFold(
        truth, (1 / (1 + np.exp(-against - order)))[None], fold[None], np.full((1, PATIENTS), 0.5), constant.cluster
    )
    found = subgroup.figures(sorted_within, everyone, weights, binary=True)["auc"].value
    within = evaluate_binary(sorted_within, weights, only=("auc",))["auc"].value
    pooled = roc_auc_score(truth, sorted_within.prediction[0])
    assert pooled < within - 0.1
    assert found == pytest.approx(within, abs=0.04)


def test_a_contrast_is_the_difference_over_the_same_draws() -> None:
    one = made(binary=True, folds=5, repeats=2)
    weights = bootstrap_weights(one.cluster, draws=200, seed=1)
    own, others = (subgroup.figures(one, mask, weights, binary=True) for mask in (MEMBERS, ~MEMBERS))
    found = subgroup.contrasts(own, others)["brier"]
    losses = ((one.truth - one.prediction) ** 2).mean(axis=0)
    drawn = [
        np.average(losses[MEMBERS], weights=row[MEMBERS]) - np.average(losses[~MEMBERS], weights=row[~MEMBERS])
        for row in weights
    ]
    assert found.difference.value == pytest.approx(losses[MEMBERS].mean() - losses[~MEMBERS].mean())
    middle, stretch = np.median(drawn), max(own["brier"].reach, others["brier"].reach) / 1.959964
    ends = middle + stretch * (np.percentile(drawn, (2.5, 97.5)) - middle)
    assert stretch > 1
    assert (found.difference.low, found.difference.high) == pytest.approx(tuple(ends), rel=1e-5)
    assert found.p_value is not None
    assert (found.p_value < 0.05) == (abs(found.difference.value) > 1.96 * np.std(drawn, ddof=1))


@pytest.mark.parametrize("binary", [True, False])
def test_who_counts_for_three_is_like_three_patients(binary: bool) -> None:
    one = made(binary=binary, folds=3)
    counted = np.where(MEMBERS, 3.0, 1.0)
    copied = np.repeat(np.arange(PATIENTS), counted.astype(int))
    again = OutOfFold(
        one.truth[copied],
        one.prediction[:, copied],
        one.fold[:, copied],
        one.training_mean[:, copied],
        one.cluster[copied],
    )
    evaluate = evaluate_binary if binary else evaluate_score
    only = ("auc", "brier", "calibration_slope", "calibration_intercept", "r2", "rmse")
    weights = bootstrap_weights(one.cluster, draws=30, seed=2)
    found = evaluate(one, weights, only=only, counted=counted)
    expected = evaluate(again, bootstrap_weights(again.cluster, draws=30, seed=2), only=only)
    assert found.keys() == expected.keys()
    assert found.keys() < set(only)
    for name, estimate in found.items():
        assert estimate.value == pytest.approx(expected[name].value, abs=1e-7), name
        assert (estimate.low, estimate.high) == pytest.approx((expected[name].low, expected[name].high)), name
