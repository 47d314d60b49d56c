"""What a set of families is worth, against the figures of `compare` and against sums by hand."""

import numpy as np
import pytest

from tests.training.shares import made_up
from therapport import performance
from therapport.performance import OutOfFold
from training.shares import coalitions, worth
from training.shares.coalitions import Predictions


def out_of_fold(predictions: Predictions, coalition: int) -> OutOfFold:
    material = predictions.material
    prediction = predictions.prediction[:, :, coalition].astype(np.float64)
    return OutOfFold(
        truth=material.target.outcome,
        prediction=prediction,
        fold=material.fold,
        training_mean=predictions.training_mean,
        cluster=material.cluster,
    )


def test_the_worth_of_all_families_is_the_r2_that_compare_reports() -> None:
    predictions = coalitions.predict(made_up.linear(), "linear")
    values = worth.worth(predictions, "r2").value
    weights = np.ones((1, 400))
    for coalition in (1, 5, 7):
        expected = performance.evaluate_score(out_of_fold(predictions, coalition), weights)["r2"].value
        assert values[coalition] == pytest.approx(expected, abs=1e-5)
    assert values[0] == 0


def test_for_responses_it_is_the_scaled_brier_score_and_the_auc_above_chance() -> None:
    predictions = coalitions.predict(made_up.linear(kind="binary"), "linear")
    weights = np.ones((1, 400))
    brier, auc = (worth.worth(predictions, measure).value for measure in worth.measures(binary=True))
    for coalition in (1, 6, 7):
        expected = performance.evaluate_binary(out_of_fold(predictions, coalition), weights)
        assert brier[coalition] == pytest.approx(expected["scaled_brier"].value, abs=1e-5)
        assert auc[coalition] == pytest.approx(expected["auc"].value - 0.5, abs=1e-9)
    assert (brier[0], auc[0]) == (0, 0)


def test_a_draw_counts_every_patient_of_a_group_as_often_as_the_group_was_drawn() -> None:
    predictions = coalitions.predict(made_up.linear(), "linear")
    material = predictions.material
    game = worth.worth(predictions, "r2")
    drawn = worth.draws(game.groups, number=3, seed=4)
    for draw, values in zip(drawn, game.of(drawn), strict=True):
        weight, folds = draw[material.cluster], []
        for part in material.parts():
            truth, own = material.target.outcome[part.tested], weight[part.tested]
            base = (truth - predictions.training_mean[part.repeat, part.tested]) ** 2
            error = (truth - predictions.prediction[part.repeat, part.tested, -1]) ** 2
            folds.append(1 - own @ error / (own @ base))
        assert values[-1] == pytest.approx(np.mean(folds), abs=1e-6)


def test_draws_of_the_auc_spread_like_those_of_the_auc_itself() -> None:
    predictions = coalitions.predict(made_up.linear(kind="binary", patients=500), "linear")
    game = worth.worth(predictions, "auc")
    drawn = worth.draws(game.groups, number=300, seed=4)
    exact = performance.evaluate_binary(out_of_fold(predictions, 7), drawn[:, predictions.material.cluster])["auc"]
    own = game.of(drawn)[:, 7] + 0.5
    assert exact.low is not None
    assert exact.high is not None
    assert np.percentile(own, [2.5, 97.5]) == pytest.approx([exact.low, exact.high], abs=0.004)


def test_a_fold_without_a_response_contributes_nothing_to_the_auc() -> None:
    material = made_up.linear(kind="binary", patients=60)
    outcome = np.where(material.fold[0] == 0, 0.0, material.target.outcome)
    object.__setattr__(material.target, "outcome", outcome)
    game = worth.worth(coalitions.predict(material, "linear"), "auc")
    assert np.isnan(game.by_fold[0]).all()
    assert np.isfinite(game.value).all()
