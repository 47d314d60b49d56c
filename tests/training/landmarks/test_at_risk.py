"""Who counts at a landmark: held against plain loops over the sessions that were attended."""

import datetime
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import measured
from therapport import cohort as cohorts
from therapport import simulator
from therapport.codebook import Landmark
from therapport.cohort import AsOf
from therapport.errors import CohortError, DesignError
from therapport.predictor import at_risk
from therapport.predictor.at_risk import AtRisk
from training import design as designs
from training import external
from training import study as studies
from training.design import Design
from training.landmarks.designs import read
from training.populations import lost

SESSION = {Landmark.INTAKE: 0, Landmark.SESSION_1: 1, Landmark.SESSION_3: 3, Landmark.SESSION_5: 5}
OUTCOME = '[measures.phq9_end]\nlabel = "PHQ-9 at the end"\ninstrument = "phq9"\n'
WIDE = (
    measured.TEXT[: measured.TEXT.index("[measures.phq9_end]")]
    + OUTCOME
    + '[measures.sessions_had]\nlabel = "Sessions"\nkind = "count"\n'
    + '[measures.days_had]\nlabel = "Days"\nkind = "count"\n'
)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    made = simulator.simulate(
        patients=600, therapists=24, sites=4, seed=9, parameters={"dropout": 0.3, "short_treatments": 0.3}
    )
    simulator.write(made, folder)
    return folder


def last_sessions(folder: Path) -> list[tuple[int, datetime.date]]:
    """Last session and its day of each patient, by a loop over the rows of the long table."""
    last: dict[str, tuple[int, datetime.date]] = defaultdict(lambda: (-1, datetime.date.min))
    for row in pd.read_parquet(folder / "sessions.parquet").to_dict("records"):
        last[row["episode_id"]] = max(last[row["episode_id"]], (row["session"], row["date"]))
    return [last[patient] for patient in pd.read_parquet(folder / "cohort.parquet")["patient_id"]]


def expected(folder: Path, landmark: Landmark) -> tuple[list[int], list[bool]]:
    """Who counts, and whose last contact was at the landmark."""
    starts = pd.read_parquet(folder / "cohort.parquet")["start_date"]
    rows, decided = [], []
    for place, (session, day) in enumerate(last_sessions(folder)):
        since = (day - datetime.date.fromisoformat(starts[place])).days
        reached, limit = (since, 28) if landmark is Landmark.WEEK_4 else (session, SESSION[landmark])
        if reached >= limit:
            rows.append(place)
            decided.append(reached == limit)
    return rows, decided


@pytest.mark.parametrize("by", ["sessions", "last_measurement"])
def test_those_count_at_a_landmark_who_were_still_in_treatment(by: str, simulated: Path) -> None:
    study = simulated / "study-sessions.toml"
    if by == "last_measurement":
        text = study.read_text()
        study = simulated / "measured.toml"
        study.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("sessions =")))
    found = {design.study.table.landmark: design for design in read(study)}
    assert list(found) == [*SESSION, Landmark.WEEK_4]
    ends = pd.read_parquet(simulated / "cohort.parquet")["phq9_end"]
    ids = pd.read_parquet(simulated / "cohort.parquet")["patient_id"]
    for landmark, design in found.items():
        rows, decided = expected(simulated, landmark)
        np.testing.assert_array_equal(design.at_risk.rows, rows)
        np.testing.assert_array_equal(design.at_risk.decided, decided)
        assert list(design.cohort.table["patient_id"]) == list(ids[rows])
        told = design.at_risk.told
        assert told is not None
        lost, now = len(ends) - len(rows), sum(decided)
        assert (told.lost, told.unknown, told.decided) == tuple(
            count if count == 0 or count >= 10 else None for count in (lost, 0, now)
        )
        # A last score that was taken at the landmark is no outcome; nor is one that nobody took.
        known = [place for place, at in enumerate(decided) if not at and not pd.isna(ends[rows[place]])]
        for target in design.targets:
            np.testing.assert_array_equal(target.rows, known)
    assert len(found[Landmark.SESSION_5].at_risk.rows) < len(found[Landmark.SESSION_3].at_risk.rows)
    assert found[Landmark.SESSION_5].at_risk.decided.sum() > 50


def test_starts_are_those_of_whom_still_counts(simulated: Path) -> None:
    days = pd.to_datetime(pd.read_parquet(simulated / "cohort.parquet")["start_date"]).to_numpy()
    days = days.astype("datetime64[D]").astype(float)
    for design in read(simulated / "study-sessions.toml"):
        assert design.cohort.start is not None
        np.testing.assert_array_equal(design.cohort.start, days[design.at_risk.rows])
        assert len(design.cohort.start) == len(design.cohort.table)


def test_whose_last_contact_was_at_the_landmark_was_not_lost(simulated: Path) -> None:
    design = next(one for one in read(simulated / "study-sessions.toml") if one.at_risk.decided.sum() > 50)
    for target in design.targets:
        found = set(lost.rows(design, target).tolist())
        assert not found & set(np.flatnonzero(design.at_risk.decided).tolist())
        assert not found & set(target.rows.tolist())
        everyone = set(range(len(design.cohort.table)))
        assert found == everyone - set(target.rows.tolist()) - set(np.flatnonzero(design.at_risk.decided).tolist())


def made(folder: Path, wide: pd.DataFrame, long: pd.DataFrame, said: str, landmark: str = "session3") -> Design:
    study = measured.STUDY.replace('"session3"', f'"{landmark}"').replace("[outcome]", f"[at_risk]\n{said}\n[outcome]")
    return designs.read(studies.read(measured.write(folder, wide, long, text=WIDE, study=study)))


def own(number: int = 80) -> tuple[pd.DataFrame, pd.DataFrame, "pd.Series[int]"]:
    """Episodes with a last score, sessions and days of their own; and the number of sessions."""
    wide, long = measured.episodes(number, seed=5)
    phq9 = long[long["measure"] == "phq9"].groupby("episode_id")
    sessions = phq9["session"].max().reindex(wide["episode_id"]).reset_index(drop=True)
    ends = phq9["value"].last().reindex(wide["episode_id"]).to_numpy()
    days = (pd.to_datetime(phq9["date"].max().to_numpy()) - pd.to_datetime(wide["start_date"])).dt.days
    return wide.assign(phq9_end=ends, sessions_had=sessions, days_had=days), long, sessions


def test_days_tell_it_at_week_4_and_sessions_do_not(tmp_path: Path) -> None:
    wide, long, _ = own()
    design = made(tmp_path, wide, long, 'days = "days_had"\nsessions = "sessions_had"', "week4")
    np.testing.assert_array_equal(design.at_risk.rows, np.flatnonzero(wide["days_had"] >= 28))
    assert 0 < len(design.at_risk.rows) < 80
    unknown = made(tmp_path, wide, long, 'sessions = "sessions_had"', "week4")
    assert unknown.at_risk.told is None
    assert len(unknown.cohort.table) == 80
    assert unknown.at_risk.sentence(unknown.study) == (
        "It is not known who was still in treatment at week4: all 80 episodes count, also any who had left before."
    )


def test_who_has_no_count_is_left_out_and_told_of(tmp_path: Path) -> None:
    wide, long, sessions = own()
    lacking = wide.assign(sessions_had=wide["sessions_had"].mask(wide.index % 5 == 0))
    design = made(tmp_path, lacking, long, 'sessions = "sessions_had"')
    # Fewer than ten had their last session at the landmark: they are left out of everything.
    assert 0 < ((sessions == 3) & (wide.index % 5 != 0)).sum() < 10
    counts = (sessions > 3) & (wide.index % 5 != 0)
    np.testing.assert_array_equal(design.at_risk.rows, np.flatnonzero(counts))
    assert design.at_risk.told is not None
    assert design.at_risk.told.unknown == 16
    assert "Of 16 it is not known; they are left out." in design.at_risk.sentence(design.study)


def test_who_was_never_measured_is_not_known_to_have_left(tmp_path: Path) -> None:
    wide, long, sessions = own()
    some = long[long["episode_id"] >= "E0012"]
    design = made(tmp_path, wide.assign(phq9_first=15, sleep_mean=7.0), some, "last_measurement = true")
    np.testing.assert_array_equal(design.at_risk.rows, np.flatnonzero((sessions > 3) & (wide.index >= 12)))
    assert design.at_risk.told is not None
    assert design.at_risk.told.unknown == 12
    intake = measured.STUDY.replace("phq9_now", "phq9_first")
    (tmp_path / "study.toml").write_text(
        intake.replace('"session3"', '"intake"').replace("[outcome]", "[at_risk]\nlast_measurement = true\n\n[outcome]")
    )
    everybody = designs.read(studies.read(tmp_path / "study.toml"))
    assert len(everybody.at_risk.rows) == 80
    assert not everybody.at_risk.decided[:12].any()


def test_a_later_last_score_counts_although_the_last_session_was_the_landmark(tmp_path: Path) -> None:
    wide, long, sessions = own()
    design = made(tmp_path, wide, long, 'sessions = "sessions_had"\noutcome_at = "later"')
    assert not design.at_risk.decided.any()
    np.testing.assert_array_equal(design.targets[1].rows, np.arange((sessions >= 3).sum()))
    assert not any("known already" in one for one in design.warnings)


def test_nobody_at_risk_is_an_error(tmp_path: Path) -> None:
    wide, long, _ = own()
    with pytest.raises(DesignError, match="at_risk: nobody was still in treatment at session3"):
        made(tmp_path, wide.assign(sessions_had=2), long, 'sessions = "sessions_had"')


@pytest.mark.parametrize(("bad", "said"), [(-1, "outside 0 to 100000"), (2.5, "must be a whole number")])
def test_a_count_that_cannot_be_is_named_by_column_and_row(bad: float, said: str, tmp_path: Path) -> None:
    wide, long, sessions = own()
    wrong = wide.assign(sessions_had=sessions.astype(float).mask(wide.index == 6, bad))
    with pytest.raises(CohortError) as caught:
        made(tmp_path, wrong, long, 'sessions = "sessions_had"')
    assert caught.value.problems == (f"sessions_had: {said}: row 7",)


def test_a_column_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    wide, long, _ = own()
    with pytest.raises(CohortError) as caught:
        made(tmp_path, wide.drop(columns="sessions_had"), long, 'sessions = "sessions_had"')
    assert caught.value.problems[0].startswith("sessions_had: the codebook describes this column, but the file does")


def test_a_model_is_validated_on_those_at_risk_at_its_own_landmark(simulated: Path) -> None:
    every = read(simulated / "study-sessions.toml")
    for design in every:
        landmark = design.study.table.landmark
        asked = external.read(simulated / "study-sessions.toml", landmark=landmark)
        assert asked.study.table.landmark is landmark
        np.testing.assert_array_equal(asked.at_risk.rows, design.at_risk.rows)
        assert asked.cohort.digest() == design.cohort.digest()


def test_the_number_of_sessions_is_never_a_factor(simulated: Path) -> None:
    for design in read(simulated / "study-sessions.toml"):
        assert "sessions_attended" not in design.study.factors


def landmarks_of(folder: Path, text: str) -> Path:
    (folder / "other.toml").write_text(text)
    return folder / "other.toml"


def test_what_comes_after_the_landmark_moves_neither_factors_nor_who_counts(simulated: Path, tmp_path: Path) -> None:
    long = pd.read_parquet(simulated / "sessions.parquet")
    long.assign(value=long["value"].mask((long["session"] > 3) & (long["measure"] == "phq9"), 1.0)).to_parquet(
        tmp_path / "sessions.parquet"
    )
    for name in ("cohort.parquet", "codebook-sessions.toml"):
        (tmp_path / name).write_bytes((simulated / name).read_bytes())
    text = (simulated / "study-sessions.toml").read_text().replace('"session5", "week4"', '"session5"')
    one, other = (read(landmarks_of(folder, text)) for folder in (simulated, tmp_path))
    for before, after in zip(one[:3], other[:3], strict=True):
        np.testing.assert_array_equal(before.at_risk.rows, after.at_risk.rows)
        np.testing.assert_array_equal(before.targets[0].matrix, after.targets[0].matrix)
    assert not np.array_equal(one[3].targets[0].matrix, other[3].targets[0].matrix, equal_nan=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A few episodes with measurements in any order of rows, some without a value."""
    number = draw(st.integers(1, 4))
    wide = measured.episodes(number, seed=1)[0].assign(start_date=measured.START.isoformat())
    rows = [("E0000", 40, (measured.START + datetime.timedelta(days=280)).isoformat(), "phq9", 3.0)]
    for place in range(number):
        for session in draw(st.sets(st.integers(0, 8), max_size=5)):
            day = measured.START + datetime.timedelta(days=7 * session)
            rows.append((f"E{place:04d}", session, day.isoformat(), "phq9", draw(st.sampled_from([4.0, math.nan]))))
    long = pd.DataFrame(draw(st.permutations(rows)), columns=["episode_id", "session", "date", "measure", "value"])
    return wide, long


@given(tables=tables(), landmark=st.sampled_from([*SESSION, Landmark.WEEK_4]))
def test_the_long_table_tells_until_when_somebody_was_measured(
    tables: tuple[pd.DataFrame, pd.DataFrame], landmark: Landmark
) -> None:
    wide, long = tables
    held = cohorts.validate(wide, measured.described(), measurements=AsOf(landmark, long)).held
    assert held is not None
    for place, episode in enumerate(wide["episode_id"]):
        last = math.nan
        for row in long.to_dict("records"):
            if row["episode_id"] != episode or math.isnan(row["value"]):
                continue
            when = 7 * row["session"] if landmark is Landmark.WEEK_4 else row["session"]
            last = when if math.isnan(last) else max(last, when)
        np.testing.assert_equal(held.last[place], last)
    assert held.limit == (28 if landmark is Landmark.WEEK_4 else SESSION[landmark])


def test_few_are_never_counted() -> None:
    told = AtRisk(by="sessions", lost=None, unknown=0, decided=12)
    assert at_risk.sentence(told, 4321, rows="patients", when="at session 5") == (
        "Still in treatment at session 5: 4,321 patients (by the number of sessions). "
        "Fewer than 10 had left before and are left out. "
        "12 had their last contact at session 5 itself: nothing was left to predict, so no last score of theirs counts."
    )
    assert at_risk.kept(9) is None
    assert (at_risk.kept(0), at_risk.kept(10)) == (0, 10)
