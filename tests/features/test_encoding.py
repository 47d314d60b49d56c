"""The plain arrays against the same transformer of scikit-learn."""

import dataclasses
import json

import numpy as np
import pytest

from tests import codebooks
from tests.features.transformers import transformer
from therapport import cohort, features
from therapport.features import Encoding, FactorMatrix
from therapport.features.encoding import Column


def matrix(patients: int, *, seed: int, missing: float) -> FactorMatrix:
    table = cohort.validate(codebooks.frame(patients, seed=seed, missing=missing), codebooks.mixed()).table
    return features.factor_matrix(table, codebooks.mixed(), codebooks.FACTORS)


def fitted(seen: FactorMatrix, *, impute: bool) -> Encoding:
    return features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=impute)


def scikit_learns(seen: FactorMatrix, new: FactorMatrix, *, impute: bool) -> np.ndarray:
    return np.asarray(transformer(codebooks.mixed(), codebooks.FACTORS, impute=impute).fit(seen).transform(new))


def spoilt(seen: FactorMatrix, *, how: str) -> FactorMatrix:
    spoilt = seen.copy()
    if how == "a factor that nobody has":
        spoilt[:, 2] = np.nan
    elif how == "a factor that is the same in everyone":
        spoilt[:, 1] = 7
    elif how == "a level that nobody has":
        spoilt[spoilt[:, 4] == 1, 4] = 2
    elif how == "a category that nobody has":
        spoilt[:, 4] = np.nan
    elif how == "one patient":
        spoilt = spoilt[:1]
    return spoilt


HOW = (
    "as it is",
    "a factor that nobody has",
    "a factor that is the same in everyone",
    "a level that nobody has",
    "a category that nobody has",
    "one patient",
)


@pytest.mark.parametrize("impute", [True, False])
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("seed", range(3))
def test_an_encoding_equals_the_fitted_transformer(impute: bool, missing: float, how: str, seed: int) -> None:
    seen = spoilt(matrix(60, seed=seed, missing=missing), how=how)
    new = matrix(40, seed=seed + 100, missing=0.5)  # misses factors that nobody missed before, has all levels
    for patients in (seen, new):
        np.testing.assert_allclose(
            fitted(seen, impute=impute).apply(patients),
            scikit_learns(seen, patients, impute=impute),
            rtol=1e-12,
            atol=1e-12,
        )


@pytest.mark.parametrize("impute", [True, False])
def test_every_column_is_led_back_to_its_factor(impute: bool) -> None:
    """A column moves with its factor and with no other."""
    encoding = fitted(matrix(80, seed=1, missing=0.2), impute=impute)
    patient = np.array([[15.0, 10.0, 3.0, 1.0, 0.0]])
    for place, other in enumerate([16.0, 11.0, 4.0, 0.0, 2.0]):
        changed, absent = patient.copy(), patient.copy()
        changed[0, place], absent[0, place] = other, np.nan
        before = encoding.apply(patient)[0]
        moved = (encoding.apply(changed)[0] != before) | ~np.isclose(
            encoding.apply(absent)[0], before, rtol=0, atol=0, equal_nan=True
        )
        assert moved.any()
        assert set(encoding.factor[moved].tolist()) == {place}


def test_linear_models_get_scaled_numbers_marks_for_missing_and_a_column_for_each_level() -> None:
    seen = np.array([[10, 4, 1, 1, 0], [20, np.nan, 3, 1, 1], [30, 8, 5, 0, np.nan]])
    encoding = fitted(seen, impute=True)
    assert encoding.factor.tolist() == [0, 1, 2, 3, 1, 4, 4, 4, 4]
    assert encoding.kind.tolist() == [Column.VALUE] * 4 + [Column.MISSING] + [Column.LEVEL] * 3 + [Column.MISSING]
    # Severity: mean 20, SD sqrt(200/3) = 8.165; (10 - 20) / 8.165 = -1.2247. Months of row 2 become the median, 6.
    # The mark for missing months: mean 1/3, SD sqrt(2)/3; (1 - 1/3) / (sqrt(2)/3) = sqrt(2).
    applied = encoding.apply(seen)
    assert applied[0, 0] == pytest.approx(-1.2247, abs=1e-4)
    assert applied[1, [1, 4]] == pytest.approx([0, np.sqrt(2)])
    assert applied[:, 5:].tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]


def test_trees_get_numbers_as_they_are() -> None:
    seen = np.array([[10, 4, 1, 1, 0], [20, np.nan, 3, 1, 1]])
    applied = fitted(seen, impute=False).apply(seen)
    np.testing.assert_array_equal(applied, [[10, 4, 1, 1, 1, 0, 0, 0], [20, np.nan, 3, 1, 0, 1, 0, 0]])


@pytest.mark.parametrize("impute", [True, False])
def test_nothing_of_other_patients_enters_the_encoding(impute: bool) -> None:
    seen = matrix(50, seed=4, missing=0.2)
    encoding = fitted(seen, impute=impute)
    stored = encoding.to_json()
    extreme = np.array([[27.0, 480.0, 5.0, 0.0, 1.0], [0.0, np.nan, np.nan, np.nan, np.nan]])
    alone = encoding.apply(extreme[:1])
    np.testing.assert_array_equal(encoding.apply(np.vstack([extreme, seen]))[:1], alone)
    assert encoding.to_json() == stored
    assert fitted(np.vstack([seen, extreme]), impute=True).to_json() != fitted(seen, impute=True).to_json()


@pytest.mark.parametrize("impute", [True, False])
def test_an_encoding_survives_json(impute: bool) -> None:
    encoding = fitted(matrix(30, seed=5, missing=0.2), impute=impute)
    text = json.dumps(encoding.to_json(), allow_nan=False)
    again = Encoding.from_json(json.loads(text))
    for field in dataclasses.fields(Encoding):
        stored, original = getattr(again, field.name), getattr(encoding, field.name)
        np.testing.assert_array_equal(stored, original)
        assert stored.dtype == original.dtype


def test_a_study_of_categories_or_of_numbers_alone_is_encoded_too() -> None:
    seen = matrix(30, seed=6, missing=0.2)
    for factors, places in ((("mode",), [4]), (("severity", "alliance"), [0, 2])):
        for impute in (True, False):
            encoding = features.fit(seen[:, places], codebooks.mixed(), factors, impute=impute)
            expected = transformer(codebooks.mixed(), factors, impute=impute).fit_transform(seen[:, places])
            np.testing.assert_allclose(encoding.apply(seen[:, places]), expected, rtol=1e-12, atol=1e-12)
