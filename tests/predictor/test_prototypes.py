"""Prototype patients and golden answers: examples that are nobody's, and what must be said of them for ever."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.studies import Made
from therapport import cohort as cohorts
from therapport import predictor as predictors
from therapport.calibration import Affine
from therapport.codebook import Codebook
from therapport.explanation import Explainer
from therapport.explanation.linear import LinearGame
from therapport.models import LinearScore
from therapport.predictor import Predictor, prototypes


def numbers(codebook: Codebook, predictor: Predictor) -> list[str]:
    return [name for name in predictor.factors if codebook.factors[name].kind in ("number", "integer")]


def test_the_typical_patient_has_every_factor_at_its_median(made: Made) -> None:
    typical = prototypes(made.predictor).table.iloc[0]
    codebook = made.study.codebook
    for name in numbers(codebook, made.predictor):
        median = made.patients[name].median()
        expected = round(median) if codebook.factors[name].kind == "integer" else median
        assert typical[name] == pytest.approx(expected), name
    assert typical["delivery_mode"] == made.patients["delivery_mode"].mode()[0]


def test_prototypes_fit_the_codebook(predictor: Predictor) -> None:
    table = prototypes(predictor).table
    again = cohorts.validate(table, predictor.codebook, factors=predictor.factors, groups=(), measures=())
    pd.testing.assert_frame_equal(again.table, table)
    assert len(table) == 2


def test_prototypes_are_no_patients_of_the_cohort(made: Made) -> None:
    factors = list(made.predictor.factors)
    cohort = made.design.cohort.table[factors]
    for _, prototype in prototypes(made.predictor).table[factors].iterrows():
        same = (cohort == prototype).sum(axis="columns")
        assert same.max() < len(factors) - 2


def test_the_patient_with_a_poorer_outlook_has_one(predictor: Predictor) -> None:
    answers = predictor.answer(prototypes(predictor))
    assert answers["response_probability"][1] < answers["response_probability"][0]


def test_without_a_response_the_poorer_outlook_is_a_worse_end_score(made: Made) -> None:
    of_score = replace(made.predictor, response=None, outcome=None)
    answers = of_score.answer(prototypes(of_score))
    assert answers["end_score"][1] > answers["end_score"][0]  # PHQ-9: higher is worse


def test_a_factor_of_which_too_little_is_known_stays_empty(made: Made) -> None:
    unknown = made.predictor.profile["alliance"].model_copy(
        update=dict.fromkeys(("usual_low", "quartile_1", "median", "quartile_3", "usual_high"))
    )
    without = replace(made.predictor, profile={**made.predictor.profile, "alliance": unknown})
    assert prototypes(without).table["alliance"].isna().all()


def test_golden_answers_are_those_to_the_prototypes(predictor: Predictor) -> None:
    answers = predictor.answer(prototypes(predictor))
    assert predictor.evidence.golden == {
        column: tuple(answers[column].tolist()) for column in ("log_odds", "end_score")
    }
    assert predictors.reproduces_golden(predictor)


def test_a_changed_coefficient_is_noticed(linear_study: Made) -> None:
    predictor = linear_study.predictor
    assert predictor.response is not None
    score = predictor.response.score
    own = predictor.response.families
    assert isinstance(own, Explainer)
    game = own.game
    assert isinstance(score, LinearScore)
    assert isinstance(game, LinearGame)
    changed = score.coefficients.copy()
    changed[int(np.argmax(np.abs(changed)))] *= 1.001
    other = replace(score, coefficients=changed)
    families = replace(own, game=replace(game, score=other))
    response = replace(predictor.response, score=other, families=families)
    assert not predictors.reproduces_golden(replace(predictor, response=response))


@pytest.mark.parametrize("line", [Affine(1e-4, 1.0), Affine(0.0, 1.0001)])
def test_a_changed_calibration_is_noticed(predictor: Predictor, line: Affine) -> None:
    assert predictor.end_score is not None
    own, families = predictor.end_score.calibration, predictor.end_score.families
    assert isinstance(families, Explainer)
    moved = Affine(own.intercept + line.intercept, own.slope * line.slope)
    end_score = replace(predictor.end_score, calibration=moved, families=replace(families, calibration=moved))
    assert not predictors.reproduces_golden(replace(predictor, end_score=end_score))


def test_a_predictor_that_has_lost_an_outcome_or_answers_nobody_is_noticed(predictor: Predictor) -> None:
    assert not predictors.reproduces_golden(replace(predictor, end_score=None))
    nothing = dict.fromkeys(("usual_low", "quartile_1", "median", "quartile_3", "usual_high"))
    profile = {**predictor.profile, "phq9_intake": predictor.profile["phq9_intake"].model_copy(update=nothing)}
    assert not predictors.reproduces_golden(replace(predictor, profile=profile))  # abstains without its severity
