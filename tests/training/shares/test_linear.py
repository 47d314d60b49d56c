"""Linear models of every set of families, against scikit-learn's."""

import numpy as np
import pytest
from scipy.special import logit
from sklearn.linear_model import LogisticRegression, Ridge

from tests.training.shares import made_up
from therapport.models import Kind
from training.shares import linear


@pytest.mark.parametrize("kind", ["score", "binary"])
def test_every_coalition_is_the_model_that_scikit_learn_fits_to_its_columns(kind: Kind) -> None:
    material = made_up.linear(kind=kind)
    inputs, outcome = material.target.matrix, material.target.outcome
    mask = np.array([[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]], dtype=np.bool_)
    fitted = linear.fit(inputs, outcome, mask, binary=kind == "binary")
    predicted = fitted.predict(inputs)
    assert predicted[:, 0] == pytest.approx(outcome.mean())
    for coalition, held in enumerate(mask[1:], start=1):
        columns = inputs[:, held]
        if kind == "binary":
            other = LogisticRegression(C=1 / fitted.penalty, tol=1e-10, max_iter=1000).fit(columns, outcome)
            expected = other.predict_proba(columns)[:, 1]
        else:
            expected = Ridge(alpha=fitted.penalty).fit(columns, outcome).predict(columns)
        assert predicted[:, coalition] == pytest.approx(expected, abs=1e-5)


def test_the_penalty_is_that_of_hoerl_kennard_and_baldwin() -> None:
    material = made_up.linear()
    inputs, outcome = material.target.matrix, material.target.outcome
    everything = np.ones((1, 4), dtype=np.bool_)
    first = Ridge(alpha=linear.LIGHTEST).fit(inputs, outcome)
    noise = ((outcome - first.predict(inputs)) ** 2).sum() / (len(outcome) - 4 - 1)
    expected = 4 * noise / (first.coef_ @ first.coef_)
    assert linear.fit(inputs, outcome, everything, binary=False).penalty == pytest.approx(expected)


def test_where_nothing_predicts_the_penalty_holds_the_coefficients_down() -> None:
    generator = np.random.default_rng(3)
    inputs, outcome = generator.standard_normal((200, 10)), generator.standard_normal(200)
    everything = np.ones((1, 10), dtype=np.bool_)
    shrunken = linear.fit(inputs, outcome, everything, binary=False).coefficients[0, 1:]
    free = Ridge(alpha=1e-9).fit(inputs, outcome).coef_
    assert np.linalg.norm(shrunken) < 0.7 * np.linalg.norm(free)


@pytest.mark.parametrize("kind", ["score", "binary"])
def test_a_step_stands_in_for_a_refit_to_patients_drawn_again(kind: Kind) -> None:
    material = made_up.linear(patients=1000, kind=kind)
    inputs, outcome = material.target.matrix, material.target.outcome
    everything = np.ones((1, 4), dtype=np.bool_)
    fitted = linear.fit(inputs, outcome, everything, binary=kind == "binary")
    weights = np.random.default_rng(1).multinomial(1000, np.full(1000, 0.001), size=30).astype(np.float64)
    columns, alone = linear.with_intercept(inputs), np.arange(1000)
    moved = linear.steps(fitted, columns, outcome, 0, weights, alone)[:, 1:] - fitted.coefficients[0, 1:]
    refitted = []
    for weight in weights:
        if kind == "binary":
            again = LogisticRegression(C=1 / fitted.penalty, tol=1e-10).fit(inputs, outcome, sample_weight=weight)
        else:
            again = Ridge(alpha=fitted.penalty).fit(inputs, outcome, sample_weight=weight)
        refitted.append(np.ravel(again.coef_) - fitted.coefficients[0, 1:])
    assert moved.std(axis=0) == pytest.approx(np.array(refitted).std(axis=0), rel=0.15)
    assert np.corrcoef(moved.ravel(), np.ravel(refitted))[0, 1] > 0.97


def test_a_group_counts_as_its_patients_do() -> None:
    material = made_up.linear(patients=300, kind="binary")
    columns, outcome = linear.with_intercept(material.target.matrix), material.target.outcome
    fitted = linear.fit(material.target.matrix, outcome, np.ones((1, 4), dtype=np.bool_), binary=True)
    group = np.random.default_rng(2).integers(0, 20, 300)
    weights = np.random.default_rng(1).multinomial(20, np.full(20, 0.05), size=5).astype(np.float64)
    of_patients = linear.steps(fitted, columns, outcome, 0, weights[:, group], np.arange(300))
    assert linear.steps(fitted, columns, outcome, 0, weights, group) == pytest.approx(of_patients)


def test_an_outcome_that_a_column_tells_apart_perfectly_has_finite_coefficients() -> None:
    inputs = np.linspace(-1, 1, 40)[:, np.newaxis]
    outcome = (inputs[:, 0] > 0).astype(np.float64)
    fitted = linear.fit(inputs, outcome, np.ones((1, 1), dtype=np.bool_), binary=True)
    assert np.isfinite(logit(fitted.predict(inputs))).all()
