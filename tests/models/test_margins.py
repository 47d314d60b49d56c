"""The margin of few patients is what xgboost's own interface gives, to the last bit."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import xgboost

from tests import codebooks
from tests.models import material
from therapport import features
from therapport.models import margins
from therapport.models.trees import TreeScore, boosted


@pytest.fixture(scope="module", params=[True, False], ids=["binary", "score"])
def score(request: pytest.FixtureRequest) -> TreeScore:
    seen = material.patients(200, seed=1, missing=0.2)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    outcome = material.outcome("binary" if request.param else "score", seen, seed=1)
    return boosted(encoding, seen, outcome, binary=request.param, rounds=30, depth=4, learning_rate=0.3, seed=1)


def test_few_patients_get_what_many_get(score: TreeScore) -> None:
    new = material.patients(60, seed=2, missing=0.3)
    inputs = score.encoding.apply(new).astype(np.float32)
    everyone = score.booster.inplace_predict(inputs, predict_type="margin").astype(np.float64)
    for size in range(1, margins.FEW + 1):
        for start in range(0, 60 - size, size):
            part = slice(start, start + size)
            assert np.array_equal(margins.of_few(score.booster, inputs[part]), everyone[part])
            # Whatever the order in memory.
            assert np.array_equal(margins.of_few(score.booster, np.asfortranarray(inputs[part])), everyone[part])
            assert np.array_equal(score.of(new[part]), everyone[part])


def test_threads_do_not_get_each_others_margins(score: TreeScore) -> None:
    inputs = score.encoding.apply(material.patients(50, seed=3, missing=0.3)).astype(np.float32)
    expected = score.booster.inplace_predict(inputs, predict_type="margin").astype(np.float64).tolist()
    places = list(range(50)) * 20
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda place: margins.of_few(score.booster, inputs[[place]])[0], places))
    assert found == [expected[place] for place in places]


def test_other_columns_are_refused_as_xgboost_refuses_them(score: TreeScore) -> None:
    with pytest.raises((ValueError, xgboost.core.XGBoostError)):
        margins.of_few(score.booster, np.zeros((1, 2), dtype=np.float32))
