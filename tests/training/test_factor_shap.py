"""The single factors as the `shap` package sees them, and as our own game with factors as players does."""

import numpy as np
import pytest

from tests import codebooks
from tests.models import material
from tests.studies import Made
from therapport import features
from therapport.calibration import IDENTITY
from therapport.explanation import compile_explainer
from therapport.models import CANDIDATES, Kind, LinearScore, Task
from therapport.models.trees import boosted
from training import factor_shap

KINDS: tuple[Kind, ...] = ("binary", "score")
NUMBERS = codebooks.FACTORS[:4]
"""Without the category: its several columns are one player of our game, and several of shap's."""


@pytest.mark.parametrize("kind", KINDS)
def test_of_trees_on_numbers_it_equals_our_game_of_factors(kind: Kind) -> None:
    seen = material.patients(150, seed=1, missing=0.2)
    outcome, seen = material.outcome(kind, seen, seed=2), seen[:, :4]
    encoding = features.fit(seen, codebooks.mixed(), NUMBERS, impute=False)
    score = boosted(encoding, seen, outcome, binary=kind == "binary", rounds=30, depth=3, learning_rate=0.2, seed=1)
    ours = compile_explainer(score, IDENTITY, seen[:50], range(4), players=4).explain(seen).contributions
    np.testing.assert_allclose(factor_shap.shap_values(score, seen, seen[:50]), ours, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["prevalence", "severity", "elastic_net"])
def test_of_linear_scores_it_equals_our_game_of_factors(kind: Kind, name: str) -> None:
    seen = material.patients(150, seed=3, missing=0.2)
    task: Task = material.task(kind)
    score = CANDIDATES[name].fit(task, seen, material.outcome(kind, seen, seed=4), CANDIDATES[name].settings[-1])
    ours = compile_explainer(score, IDENTITY, seen[:50], range(5), players=5).explain(seen).contributions
    np.testing.assert_allclose(factor_shap.shap_values(score, seen, seen[:50]), ours, rtol=0, atol=1e-9)


def test_means_are_over_patients_and_come_from_the_largest_on() -> None:
    seen = material.patients(90, seed=5)  # fewer than are taken at most, so all of them are
    outcome = material.outcome("binary", seen, seed=6)
    score = CANDIDATES["elastic_net"].fit(
        material.task("binary"), seen, outcome, CANDIDATES["elastic_net"].settings[-1]
    )
    found = factor_shap.mean_absolute_shap(score, seen, codebooks.FACTORS)
    # Of a linear score: mean over patients of |coefficient x distance from the mean|, columns summed by factor.
    assert isinstance(score, LinearScore)
    encoded = score.encoding.apply(seen)
    each = (encoded - encoded.mean(axis=0)) * score.coefficients
    values = [np.abs(each[:, score.encoding.factor == place].sum(axis=1)).mean() for place in range(5)]
    assert found == pytest.approx(dict(zip(codebooks.FACTORS, values, strict=True)))
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_it_stands_in_the_evidence_of_every_outcome(made: Made) -> None:
    for comparison in made.predictor.evidence.comparisons:
        assert set(comparison.factors) == set(made.predictor.factors)
        assert min(comparison.factors.values()) >= 0
        assert max(comparison.factors.values()) > 0
