"""A long table joined as of a landmark: the values of plain loops, and nothing from after the landmark."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import measured
from tests.cohort import written_files
from tests.cohort.written_files import WRITERS
from therapport import cohort
from therapport.codebook import Landmark
from therapport.cohort import AsOf, Cohort

LANDMARKS = {
    Landmark.INTAKE: (0, None),
    Landmark.SESSION_1: (1, None),
    Landmark.SESSION_3: (3, None),
    Landmark.SESSION_5: (5, None),
    Landmark.WEEK_4: (None, 28),
}
FACTORS = [name for name in measured.JOINED if name != "phq9_end"]
CODEBOOK = measured.described()


def joined(wide: pd.DataFrame, long: pd.DataFrame, landmark: Landmark, *, text: str = measured.TEXT) -> Cohort:
    return cohort.validate(wide, measured.described(text), measurements=AsOf(landmark, long))


def of_loops(wide: pd.DataFrame, long: pd.DataFrame, landmark: Landmark) -> pd.DataFrame:
    session, days = LANDMARKS[landmark]
    return measured.by_loops(wide, long, session=session, days=days)


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found[list(expected.columns)], expected, check_exact=False, rtol=1e-9, atol=1e-9)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Up to four episodes whose sessions and days go forward together, in any order of rows."""
    number = draw(st.integers(1, 4))
    start = measured.START.isoformat()
    wide = measured.episodes(number, seed=1)[0].assign(start_date=start)
    rows = []
    for place in range(number):
        day = measured.START + datetime.timedelta(days=draw(st.integers(-20, 30)))
        for session in sorted(draw(st.sets(st.integers(0, 9), max_size=6))):
            day += datetime.timedelta(days=draw(st.integers(0, 9)))
            for name, high in (("phq9", 27), ("sleep", 24)):
                value = draw(st.none() | st.integers(0, high).map(float))
                if draw(st.booleans()):
                    rows.append((f"E{place:04d}", session, day.isoformat(), name, np.nan if value is None else value))
    rows.append(("E0000", 10, (measured.START + datetime.timedelta(days=400)).isoformat(), "phq9", 3.0))
    long = pd.DataFrame(draw(st.permutations(rows)), columns=["episode_id", "session", "date", "measure", "value"])
    return wide, long


@given(tables=tables(), landmark=st.sampled_from(list(LANDMARKS)))
def test_the_columns_are_those_of_plain_loops(tables: tuple[pd.DataFrame, pd.DataFrame], landmark: Landmark) -> None:
    wide, long = tables
    same(joined(wide, long, landmark).table, of_loops(wide, long, landmark))


@pytest.mark.parametrize("landmark", LANDMARKS)
def test_the_columns_of_many_episodes_are_those_of_plain_loops(landmark: Landmark) -> None:
    wide, long = measured.episodes(60, seed=4)
    shuffled = long.sample(frac=1, random_state=1)
    found = joined(wide, shuffled, landmark)
    same(found.table, of_loops(wide, long, landmark))
    # Sums in another order would differ in the last digit, and the digest with them.
    assert found.digest() == joined(wide, long, landmark).digest()


@given(tables=tables(), landmark=st.sampled_from(list(LANDMARKS)), seed=st.integers(0, 99))
def test_what_is_measured_after_the_landmark_changes_no_factor_and_what_is_measured_before_no_outcome(
    tables: tuple[pd.DataFrame, pd.DataFrame], landmark: Landmark, seed: int
) -> None:
    wide, long = tables
    session, days = LANDMARKS[landmark]
    when = pd.to_datetime(long["date"]) - pd.Timestamp(measured.START)
    known = long["session"] <= session if session is not None else when.dt.days <= (days or 0)
    other = pd.Series(np.random.default_rng(seed).integers(0, 25, len(long)).astype(float), index=long.index)
    whole = joined(wide, long, landmark).table
    later_changed = joined(wide, long.assign(value=long["value"].where(known, other)), landmark).table
    pd.testing.assert_frame_equal(later_changed[FACTORS], whole[FACTORS])
    earlier_changed = joined(wide, long.assign(value=long["value"].where(~known, other)), landmark).table
    pd.testing.assert_series_equal(earlier_changed["phq9_end"], whole["phq9_end"])
    if known.any():
        pd.testing.assert_frame_equal(joined(wide, long[known], landmark).table[FACTORS], whole[FACTORS])


def test_by_hand() -> None:
    wide = measured.episodes(2, seed=1)[0]
    rows = [(0, 20), (1, 18), (2, 19), (3, 12), (6, 5)]
    long = pd.DataFrame(
        [("E0000", session, "2024-01-01", "phq9", value) for session, value in rows],
        columns=["episode_id", "session", "date", "measure", "value"],
    )
    first, second = joined(wide, long, Landmark.SESSION_3).table[list(measured.JOINED)].to_dict("records")
    # Slope: sessions -1.5, -.5, .5, 1.5 from their mean; (-30 - 9 + 9.5 + 18) / 5 = -2.3.
    expected = {"phq9_first": 20, "phq9_now": 12, "phq9_change": -8, "phq9_slope": -2.3, "phq9_count": 4, "phq9_end": 5}
    assert {name: first[name] for name in expected} == pytest.approx(expected)
    assert np.isnan(first["sleep_mean"])
    assert second["phq9_count"] == 0
    assert all(np.isnan(value) for name, value in second.items() if name != "phq9_count")
    at_intake = joined(wide, long, Landmark.INTAKE).table.iloc[0]
    assert at_intake["phq9_now"] == 20
    assert at_intake["phq9_count"] == 1
    assert np.isnan(at_intake["phq9_change"])
    assert np.isnan(at_intake["phq9_slope"])


def test_a_table_with_dates_only_has_slopes_per_week() -> None:
    wide = measured.episodes(1, seed=1)[0].assign(start_date="2024-01-01")
    text = measured.TEXT.replace('session = "session"\n', "")
    dates = {"2023-12-30": 20, "2024-01-13": 16, "2024-01-29": 10, "2024-01-30": 4}
    long = pd.DataFrame({"date": list(dates), "value": list(dates.values())}).assign(episode_id="E0000", measure="phq9")
    found = joined(wide, long, Landmark.WEEK_4, text=text).table.iloc[0]
    weeks = np.array([-2, 12, 28]) / 7
    assert found["phq9_slope"] == pytest.approx(np.polyfit(weeks, [20, 16, 10], 1)[0])
    assert found["phq9_now"] == 10, "day 28 is still week 4"
    assert found["phq9_end"] == 4
    at_intake = joined(wide, long, Landmark.INTAKE, text=text).table.iloc[0]
    assert at_intake["phq9_now"] == 20


@pytest.mark.parametrize("file", WRITERS)
def test_every_kind_of_file_gives_the_same_columns(file: str, tmp_path: Path) -> None:
    wide, long = measured.episodes(12, seed=2)
    path = tmp_path / file
    WRITERS[file](long, path)
    found = cohort.validate(wide, CODEBOOK, measurements=AsOf(Landmark.WEEK_4, path))
    same(found.table, of_loops(wide, long, Landmark.WEEK_4))


def test_dates_may_be_days_moments_or_text(tmp_path: Path) -> None:
    wide, long = measured.episodes(12, seed=2)
    moments = pd.to_datetime(long["date"]) + pd.Timedelta(hours=23)
    for dates in (moments, moments.dt.tz_localize("Europe/Berlin"), moments.dt.date, moments.astype(str)):
        long.assign(date=dates).to_parquet(tmp_path / "m.parquet")
        wide.assign(start_date=pd.to_datetime(wide["start_date"])).to_parquet(tmp_path / "w.parquet")
        as_of = AsOf(Landmark.WEEK_4, tmp_path / "m.parquet")
        found = cohort.read(tmp_path / "w.parquet", CODEBOOK, measurements=as_of)
        same(found.table, of_loops(wide, long, Landmark.WEEK_4))


def test_ids_and_measures_that_are_numbers_are_codes(tmp_path: Path) -> None:
    wide, long = measured.episodes(12, seed=2)
    text = measured.TEXT.replace("repeated_measures.phq9", "repeated_measures.1")
    text = text.replace('repeated_measure = "phq9"', 'repeated_measure = "1"')
    coded = long.assign(
        episode_id=long["episode_id"].str[1:].astype(int), measure=long["measure"].replace({"phq9": "1"})
    )
    coded.to_parquet(tmp_path / "m.parquet")
    whole = wide.assign(episode_id=wide["episode_id"].str[1:].astype(float))
    found = cohort.validate(
        whole, measured.described(text), measurements=AsOf(Landmark.SESSION_3, tmp_path / "m.parquet")
    )
    same(found.table, of_loops(wide, long, Landmark.SESSION_3))


def test_value_labels_may_name_the_measures(tmp_path: Path) -> None:
    wide, long = measured.episodes(12, seed=2)
    coded = long.assign(measure=long["measure"].map({"phq9": 1.0, "sleep": 2.0}))
    labels = {"measure": {1.0: "phq9", 2.0: "sleep"}}
    written_files.spss(coded, tmp_path / "m.sav", variable_value_labels=labels)
    found = cohort.validate(wide, CODEBOOK, measurements=AsOf(Landmark.SESSION_3, tmp_path / "m.sav"))
    same(found.table, of_loops(wide, long, Landmark.SESSION_3))


def test_columns_of_the_cohorts_own_file_stay_and_it_is_said() -> None:
    wide, long = measured.episodes(12, seed=2)
    found = joined(wide.assign(phq9_now=7), long, Landmark.SESSION_3)
    assert (found.table["phq9_now"] == 7).all()
    expected = of_loops(wide, long, Landmark.SESSION_3)["phq9_first"]
    pd.testing.assert_series_equal(found.table["phq9_first"], expected)
    assert "Taken from the cohort's own file, not from the measurements: phq9_now." in found.notices
    whole = wide.join(of_loops(wide, long, Landmark.SESSION_3))
    assert joined(whole, long, Landmark.SESSION_3).notices[-1].endswith("no column of the cohort needs it.")


def test_a_file_that_holds_every_column_needs_no_long_table() -> None:
    wide, long = measured.episodes(12, seed=2)
    complete = wide.join(of_loops(wide, long, Landmark.SESSION_3))
    alone = cohort.validate(complete, CODEBOOK)
    same(alone.table, joined(wide, long, Landmark.SESSION_3).table[list(measured.JOINED)])
    assert alone.held is None


def test_what_the_table_held_is_counted() -> None:
    wide, long = measured.episodes(40, seed=3)
    held = joined(wide, long, Landmark.SESSION_3).held
    assert held is not None
    for one, name in zip(held.measures, ("phq9", "sleep"), strict=True):
        of_it = long[long["measure"] == name]
        each = of_it.groupby("episode_id").size()
        assert one.measurements == len(of_it)
        assert one.by_landmark == (of_it["session"] <= 3).sum()
        assert (one.episodes, one.median) == (len(each), each.median())
    assert [one.label for one in held.measures] == ["PHQ-9", "Hours of sleep"]


def test_notices_count_what_was_left_out_from_ten_on() -> None:
    wide, long = measured.episodes(60, seed=3)
    later = long[long["episode_id"] >= "E0012"].assign(note="x")
    later = later.assign(value=later["value"].mask(later["session"] == 0))
    weights = later[:3].assign(measure="weight", value="heavy")
    found = joined(wide[:-3], pd.concat([later, weights]), Landmark.SESSION_5).notices
    last = later[later["episode_id"] < "E0057"].groupby("episode_id")["session"].max()
    empty = int(later["value"].isna().sum())
    assert found == (
        "the measurements: Columns left out: note.",
        "the measurements: Rows of ignored measures left out: fewer than 10.",
        f"the measurements: Rows without a value left out: {empty}.",
        "the measurements: Episodes that the cohort does not have, left out: fewer than 10.",
        "the measurements: Episodes of the cohort without any measurement: 12; what rests on them is missing there.",
        f"the measurements: Episodes whose last measurement is before session5: {(last < 5).sum()}. They may have "
        "ended by then; a prediction at session5 is about those who are still in treatment.",
    )
    assert (last < 5).sum() >= 10


def test_nothing_is_said_of_a_table_that_is_whole() -> None:
    wide, long = measured.episodes(60, seed=3)
    assert joined(wide, long, Landmark.INTAKE).notices == ()
