"""What a predictor answers: the documented columns, which add up, and nothing where it must not answer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.studies import CANARY, CANARY_VALUES, Made
from therapport import cohort as cohorts
from therapport.errors import CohortError
from therapport.predictor import COLUMNS, Limits, Predictor, answer_columns

TEXT = {"patient_id", "status", "reason", "missing", "noticed", "model_name", "model_version", "codebook_digest"}
FAMILIES = ("patient", "alliance", "technique", "social_influence", "active_role", "delivery")


def asked(made: Made, **changes: object) -> pd.DataFrame:
    """The training cohort's factors, with columns replaced."""
    frame = made.patients[["patient_id", *made.predictor.factors]]
    return frame.assign(**changes)  # type: ignore[arg-type]


@pytest.fixture
def answers(made: Made) -> pd.DataFrame:
    return made.predictor.predict(asked(made))


def test_the_predictor_abstains_where_more_is_missing_than_the_study_allows(made: Made) -> None:
    strict = replace(made.predictor, limits=Limits(missing=0.2))
    patients = asked(made).head(8).astype(dict.fromkeys(made.predictor.factors, object))
    factors = [name for name in strict.factors if name != "phq9_intake"]
    patients.loc[:3, factors[: len(strict.factors) // 2]] = None
    answers = strict.predict(patients)
    assert (answers["status"].head(4) == "abstained: more than 20% of the factors are missing").all()
    assert answers["end_score"].head(4).isna().all()
    assert (made.predictor.predict(patients)["status"] == "scored").all()


def test_the_columns_are_those_documented_in_their_order(answers: pd.DataFrame, predictor: Predictor) -> None:
    expected = ["patient_id"]
    for column in COLUMNS:
        expected += [column.replace("<family>", family) for family in FAMILIES] if "<" in column else [column]
    assert answers.columns.tolist() == expected == list(answer_columns(predictor))
    for column in expected:
        kind = answers[column].dtype
        assert (kind == np.float64) == (column not in TEXT), column


def test_a_predictor_of_one_outcome_leaves_the_columns_of_the_other_out(made: Made) -> None:
    response = replace(made.predictor, end_score=None, end_score_instrument=None)
    score = replace(made.predictor, response=None, outcome=None)
    of_response, of_score = response.predict(asked(made)), score.predict(asked(made))
    assert not of_response.columns.str.contains("score").any()
    assert not of_score.columns.str.contains("probability|log_odds").any()
    whole = made.predictor.predict(asked(made))
    for one in (of_response, of_score):
        for column in set(one) - {"residual"}:
            pd.testing.assert_series_equal(one[column], whole[column])
    assert set(whole) == set(of_response) | set(of_score)


def test_contributions_add_up(answers: pd.DataFrame) -> None:
    def total(prefix: str) -> pd.Series:
        return answers[[f"{prefix}_{family}" for family in FAMILIES]].sum(axis="columns")

    for whole, reference, prefix in (
        ("response_probability", "reference_probability", "contribution"),
        ("log_odds", "log_odds_reference", "log_odds"),
        ("end_score", "end_score_reference", "score_contribution"),
    ):
        np.testing.assert_allclose(answers[reference] + total(prefix), answers[whole], rtol=0, atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-answers["log_odds"])), answers["response_probability"], atol=1e-12)
    np.testing.assert_allclose(
        1 / (1 + np.exp(-answers["log_odds_reference"])), answers["reference_probability"], atol=1e-12
    )


def test_the_residual_is_the_difference_to_the_models_own_score(made: Made, answers: pd.DataFrame) -> None:
    predictor = made.predictor
    assert predictor.response is not None
    assert predictor.end_score is not None
    matrix = predictor.matrix(made.design.cohort.table)
    own = predictor.response.calibration.of(predictor.response.score.of(matrix))
    np.testing.assert_allclose(answers["log_odds"], own, rtol=0, atol=1e-5)
    own = predictor.end_score.calibration.of(predictor.end_score.score.of(matrix))
    np.testing.assert_allclose(answers["end_score"], own, rtol=0, atol=1e-4)
    assert answers["residual"].abs().max() < 1e-5 * answers["end_score"].abs().max()
    assert (answers["status"] == "scored").all()


def test_an_explanation_that_does_not_fit_its_model_fails_in_every_row(made: Made) -> None:
    other = made.predictor.end_score
    assert made.predictor.response is not None
    assert other is not None
    mixed_up = replace(made.predictor, response=replace(made.predictor.response, families=other.families))
    answers = mixed_up.predict(asked(made))
    assert (answers["status"] == "failed: the explanation does not add up").all()
    assert answers[[column for column in answers if column not in TEXT]].isna().all(axis=None)


def test_the_check_may_be_left_to_the_first_rows(made: Made) -> None:
    table = made.design.cohort.table[["patient_id", *made.predictor.factors]]
    answers = made.predictor.answer(replace(made.design.cohort, table=table), check_rows=25)
    assert answers["residual"].notna().sum() == 25
    assert answers["residual"][:25].notna().all()
    assert answers["response_probability"].notna().all()


def test_the_interval_of_an_end_score_stays_within_the_instrument(made: Made, answers: pd.DataFrame) -> None:
    assert made.predictor.end_score is not None
    width = made.predictor.end_score.half_width
    assert width is not None
    assert answers["end_score_low"].min() >= 0
    assert answers["end_score_high"].max() <= 27
    inside = (answers["end_score"] > width) & (answers["end_score"] < 27 - width)
    assert inside.any()
    np.testing.assert_allclose((answers["end_score_high"] - answers["end_score_low"])[inside], 2 * width)


def test_without_a_required_factor_the_predictor_abstains_and_says_no_number(made: Made) -> None:
    severity = asked(made)["phq9_intake"].astype(float)
    answers = made.predictor.predict(asked(made, phq9_intake=severity.where(severity.index >= 5)))
    abstained = answers["status"] == "abstained: phq9_intake is missing"
    assert abstained.tolist() == [True] * 5 + [False] * (len(answers) - 5)
    numbers = [column for column in answers if column not in TEXT]
    assert answers.loc[abstained, numbers].isna().all(axis=None)
    assert answers.loc[~abstained, "response_probability"].notna().all()
    assert answers["missing"][0].split(", ")[0] == "phq9_intake"
    assert answers["model_name"][0] == "simulated"


def test_every_missing_factor_is_named(made: Made, answers: pd.DataFrame) -> None:
    frame = asked(made)
    expected = [
        ", ".join(factor for factor in made.predictor.factors if pd.isna(row[factor])) for _, row in frame.iterrows()
    ]
    assert answers["missing"].tolist() == expected
    assert any("," in names for names in expected)


def test_unusual_factors_are_noticed_by_name_and_never_by_value(made: Made) -> None:
    frame = asked(made)[:3].assign(reactance=[28, 68, 112], delivery_mode=["guided"] * 3)
    answers = made.predictor.predict(frame.assign(alliance=4.0, homework_completion=0.65, episode_months=12))
    assert "reactance" in answers["noticed"][0]
    assert "reactance" not in answers["noticed"][1]
    assert answers["noticed"][2].startswith("unusual in the training cohort: ")
    assert not any(digit.isdigit() for digit in "".join(answers["noticed"]).replace("phq9", ""))


def test_the_canary_patient_is_noticed_for_the_canary_factors(answers: pd.DataFrame) -> None:
    assert all(factor in answers["noticed"][7] for factor in CANARY_VALUES)


def test_answers_keep_the_order_of_the_rows_and_do_not_depend_on_the_others(made: Made, answers: pd.DataFrame) -> None:
    shuffled = asked(made).sample(frac=1, random_state=1)
    again = made.predictor.predict(shuffled)
    assert again["patient_id"].tolist() == shuffled["patient_id"].tolist()
    pd.testing.assert_frame_equal(
        again.set_index("patient_id").loc[answers["patient_id"]].reset_index(), answers, rtol=1e-12, atol=1e-12
    )
    alone = made.predictor.predict(asked(made)[40:41])
    pd.testing.assert_frame_equal(alone, answers[40:41].reset_index(drop=True), rtol=1e-9, atol=1e-9)


def test_nobody_gets_no_answers_in_the_same_columns(made: Made) -> None:
    answers = made.predictor.predict(asked(made)[:0])
    assert len(answers) == 0
    assert tuple(answers) == answer_columns(made.predictor)


def test_outcomes_in_the_table_are_never_read(made: Made, answers: pd.DataFrame) -> None:
    frame = asked(made).assign(phq9_end=999, therapist_id=CANARY)
    pd.testing.assert_frame_equal(made.predictor.predict(frame), answers)


def test_a_table_that_does_not_fit_is_refused_without_a_value(made: Made) -> None:
    with pytest.raises(CohortError) as caught:
        made.predictor.predict(asked(made, alliance=CANARY).drop(columns="reactance"))
    assert CANARY not in str(caught.value)
    assert len(caught.value.problems) == 2
    absent = made.predictor.predict(asked(made).drop(columns="reactance"), allow_absent=True)
    assert absent["missing"].str.contains("reactance").all()


def test_a_cohort_that_was_read_from_a_file_gets_the_same_answers(made: Made, answers: pd.DataFrame) -> None:
    cohort = cohorts.read(made.study.cohort_path, made.study.codebook)
    pd.testing.assert_frame_equal(made.predictor.answer(cohort), answers)
