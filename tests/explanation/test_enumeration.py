"""Scores without tables: explained by asking them, if rows of reference patients may be kept."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests import codebooks
from tests.explanation import brute_force
from tests.models import material
from therapport import features
from therapport.calibration import Affine
from therapport.errors import DesignError
from therapport.explanation import compile_explainer, enumeration
from therapport.features import Encoding, FactorMatrix
from therapport.models import CANDIDATES

FACTORS = len(codebooks.FACTORS)
OWNER = [0, 1, 1, 2, 0]


@dataclass(frozen=True)
class Wavy:
    """No trees and not linear: products and a wave, with zero for what is missing."""

    encoding: Encoding

    def of(self, matrix: FactorMatrix) -> np.ndarray:
        known = np.nan_to_num(matrix)
        waves: np.ndarray = np.sin(known[:, 0]) * known[:, 1] + known[:, 2] * known[:, 3] - np.abs(known[:, 4])
        return waves


@pytest.fixture
def wavy() -> Wavy:
    seen = material.patients(50, seed=1)
    return Wavy(features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False))


def test_the_game_is_the_one_of_the_definition(wavy: Wavy, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, new = material.patients(50, seed=1, missing=0.2), material.patients(9, seed=2, missing=0.3)
    explainer = compile_explainer(wavy, Affine(0.5, 2.0), seen[:20], OWNER, players=3, store_reference_rows=True)
    values = brute_force.values(wavy.of, new, seen[:20], OWNER, players=3)
    explanation, matrices = explainer.interactions(new)
    np.testing.assert_allclose(explanation.contributions, 2 * brute_force.shapley(values, 3), atol=1e-12)
    np.testing.assert_allclose(matrices, 2 * brute_force.interactions(values, 3), atol=1e-12)
    np.testing.assert_allclose(explanation.total, 0.5 + 2 * wavy.of(new), atol=1e-12)
    np.testing.assert_allclose(matrices.sum(axis=2), explanation.contributions, atol=1e-12)
    monkeypatch.setattr(enumeration, "MIXED", 41)  # two patients at a time
    np.testing.assert_array_equal(explainer.explain(new).contributions, explanation.contributions)
    assert "slower" in explainer.game.method


def test_it_equals_the_tables_of_trees() -> None:
    seen, new = material.patients(100, seed=3, missing=0.2), material.patients(9, seed=4, missing=0.3)
    candidate = CANDIDATES["xgboost"]
    score = candidate.fit(
        material.task("binary"), seen, material.outcome("binary", seen, seed=3), candidate.settings[0]
    )
    tables = compile_explainer(score, Affine(0.0, 1.0), seen[:20], OWNER, players=3)
    asked = enumeration.EnumeratedGame(score, seen[:20], np.array(OWNER), 3)
    np.testing.assert_allclose(tables.explain(new).contributions, asked.contributions(new), atol=1e-5)


def test_rows_of_patients_are_kept_only_where_that_is_allowed(wavy: Wavy) -> None:
    with pytest.raises(DesignError, match="store_reference_rows = true"):
        compile_explainer(wavy, Affine(0.0, 1.0), material.patients(5, seed=1), OWNER, players=3)


def test_a_reference_of_another_codebook_or_without_bounds_is_refused(wavy: Wavy) -> None:
    reference = material.patients(5, seed=1)
    with pytest.raises(DesignError, match=r"4 factors and the codebook 5.*same codebook"):
        compile_explainer(wavy, Affine(0.0, 1.0), reference[:, :4], OWNER, players=3)
    reference[2, 0] = np.inf
    with pytest.raises(DesignError, match="infinite value"):
        compile_explainer(wavy, Affine(0.0, 1.0), reference, OWNER, players=3)
