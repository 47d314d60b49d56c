"""The share that the end score's interval holds, and abstaining where too much is missing, in words."""

from dataclasses import replace

import numpy as np
import pytest

from serving import patient_view, sentences
from tests.studies import Made
from therapport import cohort as cohorts
from therapport import instruments


@pytest.mark.parametrize(
    ("level", "words"), [(0.8, "8 of 10"), (0.9, "9 of 10"), (0.95, "95 of 100"), (0.85, "85 of 100")]
)
def test_a_level_is_said_in_people(level: float, words: str) -> None:
    assert sentences.held(level) == words
    sentence = sentences.end_score(instruments.instrument("phq9"), 10, 4, 16, level=level)
    assert f"for {words} people like this it lies between 4 and 16" in sentence


def test_the_page_says_why_a_patient_of_whom_little_is_known_has_no_prediction(linear_study: Made) -> None:
    strict = replace(linear_study.predictor, most_missing=0.25)
    patient = linear_study.patients[["patient_id", *strict.factors]].head(1).astype(object)
    patient.loc[0, [name for name in strict.factors if name != "phq9_intake"][:6]] = np.nan
    known = cohorts.validate(patient, strict.codebook, factors=strict.factors, groups=(), measures=())
    view = patient_view.patient_view(strict, known)
    assert view.sentence == sentences.too_much_missing(0.25)
    assert "more than 25 % of the factors" in view.sentence
