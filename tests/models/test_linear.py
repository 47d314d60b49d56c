"""Linear candidates against pipelines of scikit-learn that are put together here."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.base import BaseEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests import codebooks
from tests.features.transformers import transformer
from tests.models import material
from therapport.models import CANDIDATES, Kind

KINDS: tuple[Kind, ...] = ("binary", "score")
PENALTIES = [setting["penalty"] for setting in CANDIDATES["elastic_net"].settings]


def scores(pipeline: BaseEstimator, seen: np.ndarray, outcome: np.ndarray, new: np.ndarray, kind: Kind) -> np.ndarray:
    pipeline.fit(seen, outcome)
    return np.asarray(pipeline.decision_function(new) if kind == "binary" else pipeline.predict(new))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # as in the candidate itself
def test_elastic_net_scores_are_those_of_the_scikit_learn_pipeline(kind: Kind, penalty: float) -> None:
    seen, new = material.patients(150, seed=1), material.patients(40, seed=2, missing=0.4)
    outcome = material.outcome(kind, seen, seed=3)
    model = (
        LogisticRegression(C=1 / (penalty * 150), l1_ratio=0.5, solver="saga", tol=1e-3, max_iter=500, random_state=1)
        if kind == "binary"
        else ElasticNet(alpha=penalty * outcome.std(), l1_ratio=0.5, max_iter=5000)
    )
    encoder = transformer(codebooks.mixed(), codebooks.FACTORS, impute=True)
    expected = scores(make_pipeline(encoder, model), seen, outcome, new, kind)
    setting = {"penalty": penalty, "mixing": 0.5}
    score = CANDIDATES["elastic_net"].fit(material.task(kind), seen, outcome, setting)
    np.testing.assert_allclose(score.of(new), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("severity", ["severity", "alliance"])
def test_severity_alone_is_a_regression_on_that_factor_and_nothing_else(kind: Kind, severity: str) -> None:
    seen, new = material.patients(150, seed=4, missing=0.2), material.patients(40, seed=5, missing=0.4)
    outcome = material.outcome(kind, seen, seed=6)
    place = codebooks.FACTORS.index(severity)
    model = LogisticRegression(C=np.inf) if kind == "binary" else Ridge(alpha=1e-9)
    with_marks = SimpleImputer(strategy="median", add_indicator=True)
    pipeline = make_pipeline(with_marks, StandardScaler(), model)
    expected = scores(pipeline, seen[:, [place]], outcome, new[:, [place]], kind)
    score = CANDIDATES["severity"].fit(material.task(kind, severity=severity), seen, outcome, {})
    np.testing.assert_allclose(score.of(new), expected, rtol=1e-6, atol=1e-6)
    others = new.copy()
    others[:, [other for other in range(5) if other != place]] = np.nan
    np.testing.assert_array_equal(score.of(others), score.of(new))


def test_severity_alone_is_the_maximum_likelihood_of_statsmodels() -> None:
    seen = material.patients(200, seed=7)
    outcome = material.outcome("binary", seen, seed=8)
    fit = sm.Logit(outcome, sm.add_constant(seen[:, 0])).fit(disp=False)
    score = CANDIDATES["severity"].fit(material.task("binary"), seen, outcome, {})
    np.testing.assert_allclose(score.of(seen), fit.predict(which="linear"), atol=1e-3)


def test_prevalence_is_the_log_odds_of_the_share_for_everyone() -> None:
    seen = material.patients(40, seed=9)
    outcome = np.repeat([1.0, 0.0], [10, 30])
    score = CANDIDATES["prevalence"].fit(material.task("binary"), seen, outcome, {})
    # ln(.25 / .75) = -1.0986
    np.testing.assert_allclose(score.of(material.patients(25, seed=10, missing=0.9)), np.full(25, -1.0986), atol=1e-4)


def test_prevalence_of_an_end_score_is_its_mean_for_everyone() -> None:
    seen = material.patients(4, seed=9)
    score = CANDIDATES["prevalence"].fit(material.task("score"), seen, np.array([4.0, 8.0, 9.0, 15.0]), {})
    np.testing.assert_allclose(score.of(material.patients(3, seed=10)), np.full(3, 9.0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_the_heaviest_penalty_leaves_of_noise_only_the_prevalence(kind: Kind, share: float) -> None:
    seen = material.patients(300, seed=11)
    noise = np.random.default_rng(12).random(300)
    outcome = (noise < share).astype(float) if kind == "binary" else 27 * noise
    heaviest = CANDIDATES["elastic_net"].settings[0]
    assert heaviest["penalty"] == max(PENALTIES)
    score = CANDIDATES["elastic_net"].fit(material.task(kind), seen, outcome, heaviest)
    level = CANDIDATES["prevalence"].fit(material.task(kind), seen, outcome, {})
    # The solver stops at a tolerance of .001, which leaves its intercept some hundredths away.
    np.testing.assert_allclose(score.of(seen), level.of(seen), atol=0.05 if kind == "binary" else 1e-9)
