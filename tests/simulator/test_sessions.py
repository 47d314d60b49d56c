import tomllib

import numpy as np
import pandas as pd
import pytest

from therapport import simulator
from therapport.simulator import Simulated, described, sessions
from therapport.simulator.design import Design, design


@pytest.fixture(scope="module")
def made() -> Simulated:
    return simulator.simulate(patients=4_000, therapists=80, parameters={"dropout": 0.25, "short_treatments": 0.3})


@pytest.fixture(scope="module")
def table(made: Simulated) -> pd.DataFrame:
    table: pd.DataFrame = made.sessions.to_pandas()
    return table


def asked(**parameters: float) -> Design:
    return design(patients=10, therapists=1, sites=1, seed=1, missing=0, parameters=parameters)


def measured(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per episode, one column per session."""
    rows = table[table["measure"] == measure].astype({"episode_id": str})
    return rows.pivot_table(index="episode_id", columns="session", values="value")


def test_the_long_table_has_a_row_per_measurement(table: pd.DataFrame, made: Simulated) -> None:
    assert list(table.columns) == ["episode_id", "session", "date", "measure", "value"]
    assert not table.isna().any(axis=None)
    assert not table.duplicated(["episode_id", "session", "measure"]).any()
    assert set(table["episode_id"]) == set(made.cohort["patient_id"])
    assert set(table["measure"]) == set(sessions.MEASURES)
    for measure, (low, high) in {"phq9": (0, 27), "gad7": (0, 21), "wai_sr": (1, 5), "homework": (0, 1)}.items():
        assert table.loc[table["measure"] == measure, "value"].between(low, high).all()


def test_sessions_are_a_week_apart_from_the_start(table: pd.DataFrame, made: Simulated) -> None:
    start = made.cohort.set_index("patient_id")["start_date"].astype("datetime64[s]")
    since = pd.to_datetime(table["date"]) - table["episode_id"].astype(str).map(start)
    assert (since.dt.days == 7 * table["session"]).all()


def test_the_long_table_and_the_cohort_say_the_same(table: pd.DataFrame, made: Simulated) -> None:
    cohort = made.cohort.set_index("patient_id")
    phq9 = measured(table, "phq9").loc[cohort.index]
    assert (phq9[0] == cohort["phq9_intake"]).all()
    stayed = ~cohort["dropped_out"]
    last = phq9.ffill(axis="columns").iloc[:, -1]
    assert (last[stayed] == cohort.loc[stayed, "phq9_end"]).all()
    alliance = measured(table, "wai_sr").loc[cohort.index][3]
    assert alliance.equals(cohort["alliance"].rename(3))
    homework = measured(table, "homework").reindex(cohort.index)[[1, 2, 3]].mean(axis="columns")
    known = cohort["homework_completion"].between(0.3, 0.7)  # away from floor and ceiling
    assert (homework[known] - cohort.loc[known, "homework_completion"]).abs().max() < 0.1
    assert (homework[known] - cohort.loc[known, "homework_completion"]).abs().mean() < 0.01
    assert homework[cohort["homework_completion"].isna()].isna().all()


def test_everybody_reaches_session_three_and_who_leaves_or_has_a_short_treatment_has_fewer(made: Simulated) -> None:
    attended = made.parts[0].course.attended
    left = made.cohort["dropped_out"].to_numpy()
    short = made.cohort["planned_sessions"].to_numpy() == 5
    assert attended.min() == 3
    assert left.mean() == pytest.approx(0.25, abs=0.03)
    assert attended[short].max() == 5
    assert 6.4 < attended[~left & ~short].mean() < 7.5
    assert attended[left & ~short].mean() < attended[~left & ~short].mean() - 1


def test_alliance_and_symptoms_answer_to_each_other() -> None:
    noise = np.random.default_rng(1).standard_normal((2, 200_000, 6))
    for symptoms, alliance in ((0.07, 0.07), (0.2, 0.0)):
        around = sessions.variation(asked(alliance_to_symptoms=symptoms, symptoms_to_alliance=alliance), noise)
        before = around[:, :, 4]
        weights = np.linalg.lstsq(before.T, around[:, :, 5].T, rcond=None)[0]
        # Columns: next symptoms, next alliance; rows: symptoms, alliance of this session.
        np.testing.assert_allclose(weights, [[0.4, -alliance], [-symptoms, 0.4]], atol=0.01)
        assert around.std(axis=1) == pytest.approx(np.ones((2, 6)), abs=0.04)


def test_the_share_of_the_way_gone_by_session_three_is_the_one_asked_for() -> None:
    gone = sessions.progress(asked(early_change=0.55))
    assert gone[0] == 0
    assert gone[3] == pytest.approx(0.55)
    assert (np.diff(gone) > 0).all()


def test_what_early_symptoms_say_is_what_many_courses_show() -> None:
    plan = asked()
    noise = np.random.default_rng(2).standard_normal((2, 400_000, 3))
    around = sessions.SYMPTOM_SD * sessions.variation(plan, noise)[0]
    np.testing.assert_allclose(sessions.early_signal(plan)[1], np.cov(around.T), atol=0.15)


def test_early_change_goes_with_the_end_about_as_published(made: Simulated, table: pd.DataFrame) -> None:
    # Early response: g .87, which is r .39 (25 studies).
    phq9 = measured(table, "phq9")
    end = made.cohort.set_index("patient_id")["phq9_end"].astype(float)
    assert (phq9[3] - phq9[0]).corr(end) == pytest.approx(0.37, abs=0.06)


@pytest.mark.parametrize("scenario", simulator.SCENARIOS)
def test_the_codebook_of_the_sessions_describes_the_long_table(scenario: str) -> None:
    plan = design(patients=10, therapists=1, sites=1, seed=1, missing=0, scenario=scenario, factors=40)
    described_here = tomllib.loads(described.sessions_codebook_text(plan))
    columns = {name for key, name in described_here["measurements"].items() if key != "ignored"}
    assert columns == {"episode_id", "session", "date", "measure", "value"}
    assert set(described_here["repeated_measures"]) == set(sessions.MEASURES)
    summaries = [factor for factor in described_here["factors"].values() if "summary" in factor]
    assert len(summaries) == 5
    assert {factor["repeated_measure"] for factor in summaries} <= set(sessions.MEASURES)
    # What the long table says better is not read from the cohort as well.
    assert not {"alliance", "homework_completion"} & set(described_here["factors"])
    assert described_here["dates"] == {"start": "start_date"}
    asked_here = tomllib.loads(described.sessions_study_text(plan))
    assert asked_here["measurements"] == "sessions.parquet"
    assert asked_here["codebook"] == "codebook-sessions.toml"
    assert asked_here["name"].endswith("-sessions")
