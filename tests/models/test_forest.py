"""Random forests: scikit-learn's own predictions, brute force and shap, from the fit to the stored folder."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shap
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from tests import codebooks, studies
from tests.explanation import brute_force
from tests.models import material
from therapport import features
from therapport import predictor as predictors
from therapport.calibration import IDENTITY
from therapport.explanation import compile_explainer
from therapport.models import ForestScore, Kind
from therapport.models.forest import random_forest
from training.factor_shap import shap_values

KINDS: tuple[Kind, ...] = ("binary", "score")


def grown(kind: Kind, *, seed: int = 1, trees: int = 12, depth: int = 5) -> tuple[ForestScore, np.ndarray, np.ndarray]:
    seen = material.patients(200, seed=seed, missing=0.2)
    outcome = material.outcome(kind, seen, seed=seed + 1)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    score = random_forest(encoding, seen, outcome, binary=kind == "binary", trees=trees, depth=depth, seed=seed)
    return score, seen, outcome


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [1, 3, 8])
def test_the_score_is_the_mean_that_scikit_learn_predicts(kind: Kind, depth: int) -> None:
    score, seen, outcome = grown(kind, depth=depth, trees=20)
    forest = (RandomForestClassifier if kind == "binary" else RandomForestRegressor)(
        n_estimators=20, max_depth=depth, min_samples_leaf=5, max_features=1 / 3, random_state=1
    )
    forest.fit(score.encoding.apply(seen).astype(np.float32), outcome)
    new = np.vstack([seen, material.patients(80, seed=9, missing=0.6)])
    inputs = score.encoding.apply(new).astype(np.float32)
    expected = forest.predict_proba(inputs)[:, 1] if kind == "binary" else forest.predict(inputs)
    np.testing.assert_allclose(score.of(new), expected, rtol=0, atol=1e-9)


def test_a_patient_at_the_threshold_goes_left_as_in_scikit_learn() -> None:
    score, _, _ = grown("score", trees=1, depth=1)
    (tree,) = score.trees
    factor = int(score.encoding.factor[tree.column[0]])
    at, above = (np.full((1, len(codebooks.FACTORS)), np.nan) for _ in range(2))
    at[0, factor] = np.nextafter(tree.threshold[0], np.float32(-np.inf))
    above[0, factor] = tree.threshold[0]
    assert score.of(at)[0] == tree.value[tree.left[0]]
    assert score.of(above)[0] == tree.value[tree.right[0]]


@pytest.mark.parametrize("kind", KINDS)
def test_families_are_what_enumerating_coalitions_gives(kind: Kind) -> None:
    score, seen, _ = grown(kind)
    new = material.patients(6, seed=51, missing=0.4)
    owner = [0, 1, 1, 2, 0]
    base, expected = brute_force.family_game(score.of, new, seen[:25], owner, players=3)
    made = compile_explainer(score, IDENTITY, seen[:25], owner, players=3).explain(new)
    assert made.reference == pytest.approx(base, abs=1e-6)
    np.testing.assert_allclose(made.contributions, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_single_columns_are_what_shap_gives_from_scikit_learns_own_forest(kind: Kind) -> None:
    score, seen, outcome = grown(kind, trees=12)
    forest = (RandomForestClassifier if kind == "binary" else RandomForestRegressor)(
        n_estimators=12, max_depth=5, min_samples_leaf=5, max_features=1 / 3, random_state=1
    )
    filled = np.nan_to_num(seen, nan=1.0)
    forest.fit(score.encoding.apply(filled).astype(np.float32), outcome)
    ours = random_forest(score.encoding, filled, outcome, binary=kind == "binary", trees=12, depth=5, seed=1)
    reference, patients = (score.encoding.apply(some).astype(np.float32) for some in (filled[:30], filled[30:45]))
    explainer = shap.TreeExplainer(forest, reference, feature_perturbation="interventional")
    expected = np.asarray(explainer.shap_values(patients, check_additivity=False))
    expected = expected[..., 1] if expected.ndim == 3 else expected
    by_factor = expected @ (score.encoding.factor[:, None] == np.arange(len(codebooks.FACTORS)))
    np.testing.assert_allclose(shap_values(ours, filled[30:45], filled[:30]), by_factor, rtol=0, atol=1e-6)


def test_more_or_deeper_trees_than_tables_can_hold_are_refused() -> None:
    seen = material.patients(50, seed=1)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    outcome = material.outcome("binary", seen, seed=2)
    for trees, depth in ((201, 5), (10, 9)):
        with pytest.raises(ValueError, match="at most"):
            random_forest(encoding, seen, outcome, binary=True, trees=trees, depth=depth, seed=1)


def test_a_whole_study_with_a_forest(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    made = studies.carry_out(studies.write(tmp_path, canary_cohort, candidates='["random_forest"]')).predictor
    assert made.response is not None
    assert isinstance(made.response.score, ForestScore)
    patients = canary_cohort.drop(columns=["therapist_id", "site_id", "phq9_end"])
    answers = made.predict(patients)
    parts = answers[[f"contribution_{family}" for family in made.families]].sum(axis=1)
    np.testing.assert_allclose(answers["reference_probability"] + parts, answers["response_probability"], atol=1e-9)
    calibrated = made.response.calibration.of(made.response.score.of(made.matrix(patients)))
    np.testing.assert_allclose(answers["response_probability"], expit(calibrated), atol=1e-9)
    # On the share itself the forest would be far too sure of the middle: the line takes it to the log-odds.
    assert made.response.calibration.slope > 1
    predictors.save(made, tmp_path / "model")
    again = predictors.load(tmp_path / "model").predict(patients)
    pd.testing.assert_frame_equal(again, answers, check_exact=True)
