"""The share that the end score's interval holds, and abstaining where too much is missing, in words."""

from dataclasses import replace

import numpy as np
import pytest

from serving import patient_view, sentences, shortfalls
from tests.studies import Made
from therapport import cohort as cohorts
from therapport import instruments
from therapport.predictor import Limits


@pytest.mark.parametrize(
    ("level", "words"), [(0.8, "8 of 10"), (0.9, "9 of 10"), (0.95, "95 of 100"), (0.85, "85 of 100")]
)
def test_a_level_is_said_in_people(level: float, words: str) -> None:
    assert sentences.held(level) == words
    sentence = sentences.end_score(instruments.instrument("phq9"), 10, 4, 16, level=level)
    assert f"for {words} people like this it lies between 4 and 16" in sentence


def test_the_page_says_why_a_patient_of_whom_little_is_known_has_no_prediction(linear_study: Made) -> None:
    strict = replace(linear_study.predictor, limits=Limits(missing=0.25))
    patient = linear_study.patients[["patient_id", *strict.factors]].head(1).astype(object)
    patient.loc[0, [name for name in strict.factors if name != "phq9_intake"][:6]] = np.nan
    known = cohorts.validate(patient, strict.codebook, factors=strict.factors, groups=(), measures=())
    view = patient_view.patient_view(strict, known)
    assert view.sentence == shortfalls.too_much_missing(0.25)
    assert "more than 25 % of the factors" in view.sentence


def test_the_page_names_the_factors_that_lie_outside_the_cohort(linear_study: Made) -> None:
    strict = replace(linear_study.predictor, limits=Limits(beyond=0))
    patient = linear_study.patients[["patient_id", *strict.factors]].iloc[[7]]  # the canary: the lowest of all
    answer = strict.predict(patient).iloc[0]
    names = answer["noticed"].partition(": ")[2].split(", ")
    known = cohorts.validate(patient, strict.codebook, factors=strict.factors, groups=(), measures=())
    view = patient_view.patient_view(strict, known)
    labels = [strict.codebook.factors[name].label for name in names]
    assert view.sentence == shortfalls.too_far(labels, 0)
    assert all(label in view.sentence for label in labels)
    assert view.sentence.endswith("This model answers where no factor does.")


def test_the_page_says_that_the_model_is_not_sure_enough(linear_study: Made) -> None:
    strict = replace(linear_study.predictor, limits=Limits(wide=1e-6))
    patient = linear_study.patients[["patient_id", *strict.factors]].head(1)
    known = cohorts.validate(patient, strict.codebook, factors=strict.factors, groups=(), measures=())
    assert patient_view.patient_view(strict, known).sentence == shortfalls.TOO_UNSURE
