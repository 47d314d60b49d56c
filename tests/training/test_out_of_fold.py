"""Nobody is predicted by a model that saw them or their group, or anything learned from either."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from tests import codebooks
from tests.models import material
from therapport import calibration, validation
from therapport.calibration import IDENTITY
from therapport.models import CANDIDATES, Kind
from training import out_of_fold
from training.design import Target

KINDS: tuple[Kind, ...] = ("binary", "score")
CLUSTERS = 15


def target(kind: Kind, *, patients: int = 150, seed: int = 1) -> Target:
    matrix = material.patients(patients, seed=seed)
    return Target(
        material.task(kind),
        np.arange(patients),
        matrix,
        material.outcome(kind, matrix, seed=seed + 1),
        np.arange(patients) % CLUSTERS,
    )


def folds(made: Target, *, number: int = 3, repeats: int = 2) -> np.ndarray:
    return validation.fold_numbers(
        made.cluster, made.outcome, folds=number, repeats=repeats, seed=1, binary=made.kind == "binary"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["prevalence", "severity", "elastic_net", "xgboost"])
def test_predictions_of_a_group_do_not_change_when_its_own_outcomes_do(kind: Kind, name: str) -> None:
    made = target(kind)
    fold = folds(made, repeats=1)
    # The group whose outcomes are most unlike the others', so that turning them round tells.
    means = [made.outcome[made.cluster == number].mean() for number in range(CLUSTERS)]
    own = made.cluster == int(np.argmax(np.abs(means - made.outcome.mean())))
    turned = 1 - made.outcome if kind == "binary" else 27 - made.outcome
    other = replace(made, outcome=np.where(own, turned, made.outcome))
    before, after = (out_of_fold.predictions(one, name, fold, done=lambda: None) for one in (made, other))
    np.testing.assert_array_equal(before.prediction[:, own], after.prediction[:, own])
    in_other_folds = fold[0] != fold[0, own][0]
    assert (before.prediction[:, in_other_folds] != after.prediction[:, in_other_folds]).any()
    np.testing.assert_array_equal(before.training_mean[:, own], after.training_mean[:, own])


@pytest.mark.parametrize("name", ["severity", "elastic_net", "xgboost"])
def test_predictions_of_a_group_do_not_change_with_factors_of_others_in_its_fold(name: str) -> None:
    made = target("binary")
    fold = folds(made, repeats=1)
    own = made.cluster == 4
    beside = (fold[0] == fold[0, own][0]) & ~own
    strange = made.matrix.copy()
    strange[beside] = np.array([0.0, 480.0, 1.0, 1.0, 2.0])
    before, after = (
        out_of_fold.predictions(one, name, fold, done=lambda: None) for one in (made, replace(made, matrix=strange))
    )
    np.testing.assert_array_equal(before.prediction[:, own], after.prediction[:, own])


def test_a_candidate_among_others_predicts_as_it_does_alone() -> None:
    made = target("binary")
    fold = folds(made)
    names, steps = ["severity", "elastic_net", "random_forest", "xgboost"], []
    together = out_of_fold.side_by_side(made, names, fold, done=lambda: steps.append(1))
    assert list(together) == names
    assert len(steps) == len(names) * fold.shape[0] * 3
    for name in names:
        alone = out_of_fold.predictions(made, name, fold, done=lambda: None)
        np.testing.assert_array_equal(together[name].prediction, alone.prediction)
        np.testing.assert_array_equal(together[name].training_mean, alone.training_mean)


@pytest.mark.parametrize("kind", KINDS)
def test_a_prediction_is_the_fit_to_the_other_folds(kind: Kind) -> None:
    made = target(kind)
    fold = folds(made)
    found = out_of_fold.predictions(made, "elastic_net", fold, done=lambda: None)
    seen = fold[1] != 2
    fitted = out_of_fold.fit("elastic_net", made.task, made.matrix[seen], made.outcome[seen], made.cluster[seen])
    np.testing.assert_array_equal(found.prediction[1, ~seen], fitted.predict(made.matrix[~seen], made.task))
    assert (found.training_mean[1, ~seen] == made.outcome[seen].mean()).all()
    np.testing.assert_array_equal(found.truth, made.outcome)
    np.testing.assert_array_equal(found.cluster, made.cluster)


def test_every_part_of_every_repeat_is_reported_once() -> None:
    made, reports = target("binary"), []
    out_of_fold.predictions(made, "prevalence", folds(made), done=lambda: reports.append(1))
    assert len(reports) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_setting_and_calibration_come_from_inner_folds_split_by_the_same_groups(kind: Kind) -> None:
    made, candidate = target(kind), CANDIDATES["elastic_net"]
    binary = kind == "binary"
    inner = validation.fold_numbers(made.cluster, made.outcome, folds=3, repeats=1, seed=1, binary=binary)[0]
    losses, lines = [], []
    for setting in candidate.settings:
        score = np.empty(len(inner))
        for number in range(3):
            seen = inner != number
            fitted = candidate.fit(made.task, made.matrix[seen], made.outcome[seen], setting)
            score[~seen] = fitted.of(made.matrix[~seen])
        probability = expit(score)
        log_loss = -np.mean(np.where(made.outcome == 1, np.log(probability), np.log(1 - probability)))
        losses.append(log_loss if binary else np.mean((score - made.outcome) ** 2))
        lines.append(calibration.fit(score, made.outcome, binary=binary))
    found = out_of_fold.fit("elastic_net", made.task, made.matrix, made.outcome, made.cluster)
    best = int(np.argmin(losses))
    assert found.setting == candidate.settings[best]
    assert found.calibration == lines[best]


def test_a_candidate_without_factors_needs_no_calibration() -> None:
    made = target("binary")
    found = out_of_fold.fit("prevalence", made.task, made.matrix, made.outcome, made.cluster)
    assert found.calibration == IDENTITY
    np.testing.assert_allclose(found.predict(made.matrix, made.task), made.outcome.mean())


def test_groups_too_few_for_inner_folds_leave_the_first_setting_uncalibrated() -> None:
    made = target("binary", patients=60)
    one_group = np.zeros(60, dtype=np.int64)
    found = out_of_fold.fit("elastic_net", made.task, made.matrix, made.outcome, one_group)
    assert found.calibration == IDENTITY
    assert found.setting == CANDIDATES["elastic_net"].settings[0]


def test_a_rare_outcome_is_still_predicted_with_few_groups() -> None:
    made = target("binary", patients=90)
    rare = np.zeros(90)
    rare[[0, 1, 16, 32, 48]] = 1  # in groups 0, 1, 1, 2 and 3
    scarce = replace(made, outcome=rare)
    for name in ("severity", "elastic_net", "xgboost"):
        found = out_of_fold.predictions(scarce, name, folds(scarce, repeats=1), done=lambda: None)
        assert np.isfinite(found.prediction).all()
        assert ((found.prediction >= 0) & (found.prediction <= 1)).all()


def test_a_signal_of_one_group_only_is_not_found_in_the_others() -> None:
    """A factor that tells the outcome of one therapist's patients, and nothing of anybody else's, cannot help them."""
    made = target("binary", patients=300)
    months = codebooks.FACTORS.index("months")
    own, generator = made.cluster == 3, np.random.default_rng(5)
    planted = made.matrix.copy()
    planted[:, months] = np.where(own, 100 * made.outcome + 200, generator.integers(0, 60, 300))
    found = out_of_fold.predictions(
        replace(made, matrix=planted, outcome=np.where(own, made.outcome, generator.integers(0, 2, 300))),
        "xgboost",
        folds(made),
        done=lambda: None,
    )
    responders, others = (found.prediction[:, own & (made.outcome == value)].mean() for value in (1.0, 0.0))
    assert abs(responders - others) < 0.1
