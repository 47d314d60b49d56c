"""Single columns as players, against the `shap` package with the same reference."""

import numpy as np
import pytest
import shap

from tests.models import material
from therapport import features
from therapport.explanation.linear import compile_linear
from therapport.explanation.trees import compile_trees
from therapport.models import CANDIDATES, Kind, LinearScore
from therapport.models.trees import boosted

KINDS: tuple[Kind, ...] = ("binary", "score")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [1, 3, 6])
def test_trees_against_the_interventional_tree_explainer(kind: Kind, depth: int) -> None:
    seen = material.patients(150, seed=depth, missing=0.2)
    new = material.patients(20, seed=depth + 50, missing=0.3)
    task = material.task(kind)
    encoding = features.fit(seen, task.codebook, task.factors, impute=False)
    outcome = material.outcome(kind, seen, seed=depth)
    score = boosted(encoding, seen, outcome, binary=kind == "binary", rounds=20, depth=depth, learning_rate=0.3, seed=1)
    reference, patients = encoding.apply(seen[:40]), encoding.apply(new)
    columns = reference.shape[1]
    base, trees = score.ensemble
    ours = compile_trees(base, trees, reference, np.arange(columns), players=columns)
    theirs = shap.TreeExplainer(score.booster, reference, feature_perturbation="interventional")
    expected = theirs.shap_values(patients, check_additivity=False)
    np.testing.assert_allclose(ours.contributions(patients), expected, rtol=0, atol=1e-5)
    assert ours.reference == pytest.approx(float(theirs.expected_value), abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_linear_scores_against_the_linear_explainer(kind: Kind) -> None:
    seen, candidate = material.patients(150, seed=1, missing=0.2), CANDIDATES["elastic_net"]
    outcome = material.outcome(kind, seen, seed=2)
    score = candidate.fit(material.task(kind), seen, outcome, {"penalty": 0.003, "mixing": 0.5})
    assert isinstance(score, LinearScore)
    reference = score.encoding.apply(seen[:40])
    patients = score.encoding.apply(material.patients(20, seed=3, missing=0.3))
    columns = reference.shape[1]
    ours = compile_linear(score, reference, np.arange(columns), players=columns)
    masker = shap.maskers.Independent(reference, max_samples=len(reference))
    theirs = shap.LinearExplainer((score.coefficients, score.intercept), masker)
    np.testing.assert_allclose(ours.contributions(patients), theirs.shap_values(patients), rtol=0, atol=1e-9)
    assert ours.reference == pytest.approx(float(theirs.expected_value))
