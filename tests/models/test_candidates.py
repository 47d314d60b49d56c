"""What all candidates have in common."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from tests import codebooks
from tests.models import material
from therapport.models import BASELINES, CANDIDATES, DEFAULT, Kind, LinearScore, TreeScore

KINDS: tuple[Kind, ...] = ("binary", "score")


def test_candidates_come_from_the_simplest_to_the_most_complex() -> None:
    named = ("prevalence", "severity", "severity_landmark", "elastic_net", "mixed")
    assert tuple(CANDIDATES) == (*named, "random_forest", "xgboost")
    assert named == BASELINES
    assert (*named, "xgboost") == DEFAULT


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", list(CANDIDATES))
def test_the_same_seed_gives_the_same_model(kind: Kind, name: str) -> None:
    seen, new = material.patients(120, seed=1), material.patients(30, seed=2)
    outcome = material.outcome(kind, seen, seed=3)
    candidate = CANDIDATES[name]
    first, second = (candidate.fit(material.task(kind), seen, outcome, candidate.settings[-1]) for _ in range(2))
    np.testing.assert_array_equal(first.of(new), second.of(new))
    if isinstance(first, TreeScore) and isinstance(second, TreeScore):
        assert first.booster.save_raw("json") == second.booster.save_raw("json")
    if isinstance(first, LinearScore) and isinstance(second, LinearScore):
        np.testing.assert_array_equal(first.coefficients, second.coefficients)


def test_trees_of_another_seed_are_others() -> None:
    seen = material.patients(120, seed=1)
    outcome = material.outcome("binary", seen, seed=3)
    candidate = CANDIDATES["xgboost"]
    first, second = (
        candidate.fit(material.task("binary", seed=seed), seen, outcome, candidate.settings[0]) for seed in (1, 2)
    )
    assert not np.array_equal(first.of(seen), second.of(seen))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", list(CANDIDATES))
def test_a_score_depends_on_no_factor_beyond_those_that_are_declared(kind: Kind, name: str) -> None:
    seen, new = material.patients(150, seed=4), material.patients(30, seed=5, missing=0.0)
    candidate, task = CANDIDATES[name], material.task(kind)
    score = candidate.fit(task, seen, material.outcome(kind, seen, seed=6), candidate.settings[0])
    declared = set(candidate.factors(task))
    for place, factor in enumerate(codebooks.FACTORS):
        changed = new.copy()
        changed[:, place] = np.where(changed[:, place] == 1, 0, 1)
        depends = not np.array_equal(score.of(changed), score.of(new))
        assert factor in declared or not depends


@pytest.mark.parametrize("kind", KINDS)
def test_two_scores_are_a_regression_on_both_and_on_nothing_else(kind: Kind) -> None:
    """As scikit-learn fits it to the two columns, medians in place of what is missing."""
    seen = material.patients(200, seed=11, missing=0.0)
    outcome = material.outcome(kind, seen, seed=12)
    task = replace(material.task(kind), latest="alliance")
    score = CANDIDATES["severity_landmark"].fit(task, seen, outcome, {})
    model = LogisticRegression(C=np.inf) if kind == "binary" else LinearRegression()
    model.fit(StandardScaler().fit_transform(seen[:, [0, 2]]), outcome)
    expected = model.coef_ @ StandardScaler().fit_transform(seen[:, [0, 2]]).T + model.intercept_
    np.testing.assert_allclose(score.of(seen), expected.ravel(), atol=1e-3)
    assert list(CANDIDATES["severity_landmark"].factors(task)) == ["severity", "alliance"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["severity", "elastic_net", "xgboost"])
def test_a_score_finds_what_the_outcome_was_made_from(kind: Kind, name: str) -> None:
    seen, new = material.patients(400, seed=7), material.patients(400, seed=8)
    candidate = CANDIDATES[name]
    score = candidate.fit(
        material.task(kind),
        seen,
        material.outcome(kind, seen, seed=9),
        candidate.settings[len(candidate.settings) // 2],
    ).of(new)
    truth = material.outcome(kind, new, seed=10)
    assert np.corrcoef(score, truth)[0, 1] > 0.2
