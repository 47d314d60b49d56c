"""Where a predictor abstains it says why, by code and sentence, and both hold against the numbers."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from tests.studies import Made
from therapport.predictor import REASONS, Limits, abstaining


def asked(made: Made) -> pd.DataFrame:
    return made.patients[["patient_id", *made.predictor.factors]]


def test_factors_outside_what_the_cohort_covers_are_counted_and_named(made: Made) -> None:
    patients = asked(made)
    free = made.predictor.predict(patients)
    names = free["noticed"].str.removeprefix("unusual in the training cohort: ")
    outside = names.map(lambda text: len(text.split(", ")) if text else 0)
    assert outside.max() >= 1
    for most in (0, 1):
        answers = replace(made.predictor, limits=Limits(beyond=most)).predict(patients)
        left_out = outside > most
        assert (answers["reason"] == "beyond-cohort").tolist() == left_out.tolist()
        assert (answers["status"] == "scored").tolist() == (~left_out).tolist()
        told = answers.loc[left_out, "status"].str.extract(r"abstained: (\d+) factors? lies? outside")[0].astype(int)
        assert told.tolist() == outside[left_out].tolist()
        numbers = [column for column in answers if answers[column].dtype == np.float64]
        assert answers.loc[left_out, numbers].isna().all(axis=None)
        pd.testing.assert_frame_equal(answers.loc[~left_out], free.loc[~left_out])
        # Names stay, so that the sentence can be held against them.
        assert answers["noticed"].equals(free["noticed"])


def test_outside_is_what_a_loop_over_patients_finds(made: Made) -> None:
    predictor = made.predictor
    matrix = predictor.matrix(made.design.cohort.table)
    found = predictor.covered.outside(matrix)
    for row in range(0, len(matrix), 7):
        for place, name in enumerate(predictor.factors):
            value, known, factor = matrix[row, place], predictor.profile[name], predictor.codebook.factors[name]
            if np.isnan(value):
                expected = False
            elif factor.kind == "category":
                expected = list(factor.levels)[int(value)] not in known.levels
            elif factor.kind == "boolean":
                expected = ("true" if value else "false") not in known.levels
            else:
                expected = known.usual_low is not None and not known.usual_low <= value <= (known.usual_high or 0)
            assert found[row, place] == expected, name


def test_the_probability_must_be_as_sure_as_the_study_asks(made: Made) -> None:
    patients = asked(made)
    free = made.predictor.predict(patients)
    width = free["response_probability_high"] - free["response_probability_low"]
    limit = round(float(width.median()), 3)
    answers = replace(made.predictor, limits=Limits(wide=limit)).predict(patients)
    assert (answers["reason"] == "wide").tolist() == (width > limit).tolist()
    (sentence,) = set(answers.loc[width > limit, "status"])
    assert f"of the probability is wider than {100 * limit:g} percentage points" in sentence


def test_the_end_score_must_be_as_sure_as_the_study_asks(made: Made) -> None:
    model = made.predictor.end_score
    assert model is not None
    assert model.refits is not None
    matrix = made.predictor.matrix(made.design.cohort.table)
    totals = np.array([one.explain(matrix).total for one in model.refits.explainers])
    width = 2 * t.ppf(0.975, len(totals) - 1) * totals.std(axis=0, ddof=1)
    limit = float(np.median(width))
    answers = replace(made.predictor, limits=Limits(wide_points=limit)).answer(made.design.cohort)
    sure = np.abs(width - limit) > 1e-9
    assert ((answers["reason"] == "wide") == (width > limit))[sure].all()
    assert f"of the end score is wider than {limit:g} points" in answers["status"].max() + answers["status"].min()


def test_every_reason_that_holds_is_a_code_and_the_sentence_tells_the_first() -> None:
    wide = np.array([0.5, 0.26, np.nan])
    rules = [
        abstaining.too_wide(wide, 0.25, of="probability"),
        *abstaining.of_factors(
            np.array([[1.0, 2.0], [np.nan, 2.0], [1.0, 2.0]]),
            np.array([[True, True], [False, True], [True, False]]),
            ("age", "mode"),
            ("age",),
            Limits(beyond=1, missing=0.4),
        ),
    ]
    status, reason = abstaining.settled(rules, 3)
    assert reason.tolist() == ["beyond-cohort, wide", "required-missing, much-missing, wide", ""]
    assert status.tolist() == [
        "abstained: 2 factors lie outside what the training cohort covers, and at most 1 may",
        "abstained: age is missing",
        "scored",
    ]


def test_codes_are_those_that_are_documented(made: Made) -> None:
    for code in REASONS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert set(made.predictor.predict(asked(made))["reason"]) == {""}


@pytest.mark.parametrize("limits", [Limits(), Limits(missing=0.5), Limits(beyond=0), Limits(wide_points=3.0)])
def test_whether_anything_is_stated(limits: Limits) -> None:
    assert limits.stated == (limits != Limits())
