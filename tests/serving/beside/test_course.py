"""The course so far: every score in its place, in its words."""

import math
from dataclasses import replace

import pytest

from serving.api.reader import Patients
from serving.beside.course import Course, course
from tests.serving.conftest import example
from therapport.codebook import Landmark
from therapport.predictor import Predictor, answer_rows


@pytest.fixture
def measured(both: Predictor) -> Predictor:
    """Two factors of the simulated codebook as if they were scores of the PHQ-9 on the way."""
    factors = dict(both.codebook.factors)
    for name, moment in (("reactance", Landmark.SESSION_3), ("episode_months", Landmark.SESSION_1)):
        factors[name] = factors[name].model_copy(update={"instrument": "phq9", "known_at": moment})
    return replace(both, codebook=both.codebook.model_copy(update={"factors": factors}))


def drawn(predictor: Predictor, **changed: float | str | None) -> Course | None:
    matrix = predictor.matrix(example(predictor, 0, **changed).table)
    return course(predictor, Patients(["x"], matrix), answer_rows(predictor, ["x"], matrix)[0])


def test_scores_stand_in_the_order_of_time_on_the_range_of_the_instrument(measured: Predictor) -> None:
    made = drawn(measured, phq9_intake=18.0, episode_months=14.0, reactance=9.0)
    assert made is not None
    assert [(point.when, point.value) for point in made.points] == [
        ("at intake", "18"),
        ("at session 1", "14"),
        ("at session 3", "9"),
    ]
    assert [point.down for point in made.points] == pytest.approx([100 - 100 * s / 27 for s in (18, 14, 9)], abs=0.01)
    across = [point.across for point in made.points]
    assert across == sorted(across)
    assert across[0] == 0
    assert made.end.across == 100


def test_the_sentence_tells_the_expected_end_of_the_answer(measured: Predictor) -> None:
    made = drawn(measured, phq9_intake=18.0, episode_months=14.0, reactance=math.nan)
    cohort = example(measured, phq9_intake=18.0, episode_months=14.0, reactance=math.nan)
    answer = measured.answer(cohort).iloc[0]
    low, value, high = (round(answer[name]) for name in ("end_score_low", "end_score", "end_score_high"))
    assert made is not None
    assert made.sentence == (
        f"PHQ-9 so far: 18 at intake, 14 at session 1. Expected at the end: {value} ({low} to {high})."
    )
    assert made.low == pytest.approx(100 - 100 * answer["end_score_low"] / 27, abs=0.01)
    assert made.high == pytest.approx(100 - 100 * answer["end_score_high"] / 27, abs=0.01)


def test_one_score_is_no_course(both: Predictor, measured: Predictor) -> None:
    assert drawn(both) is None
    assert drawn(measured, episode_months=math.nan, reactance=math.nan) is None


def test_sessions_of_a_long_table_are_drawn_where_there_are_any(both: Predictor) -> None:
    matrix = both.matrix(example(both).table)
    answer = answer_rows(both, ["x"], matrix)[0]
    made = course(both, Patients(["x"], matrix), answer, ((0, 18.0), (1, 17.0), (3, 12.0)))
    assert made is not None
    assert made.sentence.startswith("PHQ-9 so far: 18 at intake, 17 at session 1, 12 at session 3. Expected at the end")
    assert [point.across for point in made.points] == pytest.approx([0, 100 / 6, 50], abs=0.01)
    assert [tick.label for tick in made.across] == ["at intake", "at session 3"]
    assert course(both, Patients(["x"], matrix), answer, ((1, 17.0),)) is None
