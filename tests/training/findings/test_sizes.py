"""Sample sizes as published for `pmsampsize`, by hand."""

import math

import pytest

from therapport.codebook import Landmark
from therapport.predictor.evidence import CandidateResult, Comparison, Figure
from training.findings.figures import straddling, too_good
from training.findings.sizes import needed_for_response, needed_for_score, small_sample


def test_the_shrinkage_criterion_by_hand() -> None:
    # Half respond, 40 parameters: the largest R2 (Cox-Snell) is .75, 15 % of it .1125;
    # 40 / (.1 * -ln(1 - .1125 / .9)) = 2,995.6; the others ask for less.
    assert needed_for_response(40, 0.5) == math.ceil(40 / (0.1 * -math.log(1 - 0.1125 / 0.9)))


def test_few_parameters_still_take_enough_to_know_the_share() -> None:
    assert needed_for_response(1, 0.5) == math.ceil((1.96 / 0.05) ** 2 * 0.25) == 385


def test_the_end_score_by_hand() -> None:
    # 1 + 30 / (.1 * -ln(1 - .2 / .9)) = 1,194.7; 1 + 30 * .8 / .05 = 481; 234 + 30 = 264
    assert needed_for_score(30) == 1195
    assert needed_for_score(1) == 235


def test_more_parameters_and_rarer_outcomes_take_more_patients() -> None:
    assert needed_for_response(20, 0.1) > needed_for_response(20, 0.3) > needed_for_response(10, 0.3)


def test_enough_patients_are_not_remarked_upon() -> None:
    assert small_sample(4000, 13, 0.56) is None
    found = small_sample(100, 13, 0.56)
    assert found is not None
    assert found.code == "small-sample"
    assert f"about {needed_for_response(13, 0.56):,}" in found.sentence


@pytest.mark.parametrize(
    ("landmark", "metric", "low", "stops"),
    [
        (Landmark.INTAKE, "auc", 0.79, False),
        (Landmark.INTAKE, "auc", 0.81, True),
        (Landmark.SESSION_5, "auc", 0.81, False),
        (Landmark.INTAKE, "r2", 0.36, True),
        (Landmark.INTAKE, "brier", 0.9, False),
    ],
)
def test_intervals_above_what_was_published_stop(landmark: Landmark, metric: str, low: float, stops: bool) -> None:
    figures = {metric: Figure(value=low + 0.02, low=low, high=low + 0.04)}
    result = CandidateResult(label="Trees", description="", metrics=figures)
    comparison = Comparison(
        kind="binary",
        candidates={"xgboost": result},
        chosen="xgboost",
        best="xgboost",
        differences={},
        verdict="",
        curve=(),
    )
    found = too_good(comparison, landmark)
    assert (found is not None) == stops
    if found is not None:
        assert (found.metric, found.begins) == (metric, {"xgboost": low})
    unknown = CandidateResult(label="Trees", description="", metrics={metric: Figure(value=0.99)})
    assert too_good(comparison.model_copy(update={"candidates": {"xgboost": unknown}}), landmark) is None


def test_the_receipt_of_the_folds() -> None:
    assert not list(straddling(0, "site"))
    (found,) = straddling(3, "site")
    assert "3 sites stand in two folds" in found.sentence
