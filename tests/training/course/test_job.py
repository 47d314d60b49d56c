"""From long tables to the band that is kept: who is in it, what it held, and what is never kept."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.training.course import known
from therapport import instruments, simulator
from therapport.codebook import Landmark
from therapport.errors import CohortError
from therapport.predictor.course import ExpectedCourse
from training import course as courses
from training import design as designs
from training import study as studies
from training.course.job import of
from training.course.measured import MOST_MOMENTS, Measured, intake_factor, measured
from training.design import Design

PHQ9 = instruments.instrument("phq9", {})


def from_arrays(one: known.Cohort, **changed: object) -> ExpectedCourse | None:
    wide = np.full((len(one.intake), MOST_MOMENTS), np.nan)
    wide[:, :3] = np.clip(np.round(one.scores), 0, 27)
    for place, values in changed.items():
        wide[:, int(place.removeprefix("session")) - 1] = values
    found = Measured("session", "phq9_intake", np.round(one.intake), wide)
    return of(found, one.cluster, PHQ9, level=0.8, group="therapist", seed=1)


def test_sessions_with_too_few_people_are_left_out_and_counts_are_in_tens() -> None:
    one = known.cohort(therapists=19, each=7, seed=1)
    few = np.full(133, np.nan)
    few[:19] = 9
    made = from_arrays(one, session3=few)
    assert made is not None
    assert [moment.when for moment in made.moments] == [1, 2]
    assert {moment.patients for moment in made.moments} == {130}
    assert all(held.patients % 10 == 0 for held in made.held)
    assert (made.groups, made.group) == (19, "therapist")


def test_beyond_the_intake_scores_of_ten_people_there_is_no_band() -> None:
    one = known.cohort(therapists=40, each=10, seed=1)
    made = from_arrays(one)
    assert made is not None
    ordered = np.sort(np.round(one.intake))
    assert (made.lowest, made.highest) == (ordered[9], ordered[-10])
    assert made.band(ordered[9])
    assert made.band(ordered[9] - 1) == made.band(27.0) == ()


def test_what_it_held_is_counted_by_score_by_third_and_by_person() -> None:
    """Of people who were measured twice some are missed once: by scores more are held than by people."""
    one = known.cohort(therapists=40, each=10, seed=1)
    made = from_arrays(one)
    assert made is not None
    shares = {(held.of, held.label): held.value for held in made.held}
    assert [of for of, _ in shares] == ["scores", "intake", "intake", "intake", "people"]
    everyone = shares["scores", ""]
    assert everyone == pytest.approx(np.mean([moment.held.value for moment in made.moments]))
    assert everyone**3 - 0.05 < shares["people", ""] < everyone


def test_too_few_groups_are_no_band() -> None:
    assert from_arrays(known.cohort(therapists=2, each=50, seed=1)) is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sessions")
    simulator.write(simulator.simulate(patients=500, therapists=40, sites=4, seed=5), made)
    return made


def design(folder: Path, landmark: Landmark) -> Design:
    return designs.read(studies.read(folder / "study-sessions.toml", landmark=landmark))


def test_the_band_of_a_simulated_cohort_holds_a_cohort_of_other_therapists(folder: Path, tmp_path: Path) -> None:
    made = courses.expected(design(folder, Landmark.SESSION_3))
    assert made is not None
    simulator.write(simulator.simulate(patients=700, therapists=70, sites=4, seed=6), tmp_path)
    new = measured(design(tmp_path, Landmark.SESSION_3), PHQ9)
    assert new is not None
    inside, scores = 0, 0
    for intake, row in zip(new.intake, new.scores, strict=True):
        for ends in made.band(float(intake)):
            score = row[ends.when - 1]
            if not np.isnan(score):
                inside, scores = inside + (ends.low <= score <= ends.high), scores + 1
    everyone = made.held[0]
    assert scores > 3000
    assert abs(inside / scores - everyone.value) < 0.03
    assert inside / scores > 0.8


def test_only_those_still_in_treatment_are_in_it(folder: Path) -> None:
    """At session 5 there are fewer than at intake; sessions that nobody at risk had do not appear."""
    intake, later = (design(folder, landmark) for landmark in (Landmark.INTAKE, Landmark.SESSION_5))
    first, last = (measured(one, PHQ9) for one in (intake, later))
    assert first is not None
    assert last is not None
    assert len(last.scores) == len(later.at_risk.rows) < len(first.scores) == 500
    table = pd.read_parquet(folder / "sessions.parquet")
    phq9 = table[(table["measure"].astype(str) == "phq9") & table["session"].between(1, MOST_MOMENTS)]
    ids = later.cohort.table["patient_id"]
    expected = phq9[phq9["episode_id"].astype(str).isin(ids)]
    assert (~np.isnan(last.scores)).sum() == len(expected)
    one = expected[expected["episode_id"].astype(str) == ids.iloc[7]].sort_values("session")
    np.testing.assert_array_equal(last.scores[7][one["session"] - 1], one["value"])


def test_weeks_count_where_the_landmark_is_a_week(folder: Path) -> None:
    """Simulated sessions are a week apart."""
    by_week, by_session = (measured(design(folder, landmark), PHQ9) for landmark in (Landmark.WEEK_4, Landmark.INTAKE))
    assert by_week is not None
    assert by_session is not None
    assert (by_week.unit, by_session.unit) == ("week", "session")
    rows = design(folder, Landmark.WEEK_4).at_risk.rows
    np.testing.assert_array_equal(by_week.scores, by_session.scores[rows])


def test_the_intake_factor_is_never_one_that_holds_something_of_the_way(folder: Path) -> None:
    study = design(folder, Landmark.SESSION_3).study
    assert intake_factor(study, PHQ9) == "phq9_intake"
    factors = {**study.codebook.factors}
    for change in ({"known_at": Landmark.SESSION_1}, {"repeated_measure": "phq9", "summary": "last"}):
        factors["phq9_intake"] = study.codebook.factors["phq9_intake"].model_copy(update=change)
        other = replace(study, codebook=study.codebook.model_copy(update={"factors": factors}))
        assert intake_factor(other, PHQ9) != "phq9_intake"


def test_a_first_score_counts_where_it_is_one_of_intake(folder: Path) -> None:
    """As a factor that rests on the long table, for those who were measured at session 0."""
    made = design(folder, Landmark.SESSION_3)
    factors = {**made.study.codebook.factors}
    update = {"repeated_measure": "phq9", "summary": "first"}
    factors["phq9_intake"] = factors["phq9_intake"].model_copy(update=update)
    table = pd.read_parquet(folder / "sessions.parquet")
    ids = made.cohort.table["patient_id"]
    later = table["episode_id"].astype(str).isin(ids.iloc[:5]) & (table["session"] == 0)
    table[~later].to_parquet(folder / "late.parquet")
    study = replace(
        made.study,
        codebook=made.study.codebook.model_copy(update={"factors": factors}),
        table=made.study.table.model_copy(update={"measurements": "late.parquet"}),
    )
    found = measured(replace(made, study=study), PHQ9)
    assert found is not None
    assert np.flatnonzero(np.isnan(found.intake)).tolist() == [0, 1, 2, 3, 4]


def test_a_bad_table_is_refused_without_a_value(folder: Path) -> None:
    made = design(folder, Landmark.SESSION_3)
    table = pd.read_parquet(folder / "sessions.parquet")
    table.loc[3, "value"] = 8642.75
    table.to_parquet(folder / "damaged.parquet")
    study = replace(made.study, table=made.study.table.model_copy(update={"measurements": "damaged.parquet"}))
    with pytest.raises(CohortError, match="damaged") as refused:
        courses.expected(replace(made, study=study))
    assert "8642" not in str(refused.value)


def test_nobody_of_the_cohort_is_in_what_is_kept(folder: Path) -> None:
    made = courses.expected(design(folder, Landmark.SESSION_3))
    assert made is not None
    kept = made.model_dump_json()
    assert "S0000" not in kept
    assert len(json.loads(kept)["moments"]) == len(made.moments)
    assert ExpectedCourse.model_validate_json(kept) == made
    assert "of those still in treatment" in courses.told(made)
