"""Long tables that are refused: every problem at once, by column, row and what is allowed; never a value or an id."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import measured
from therapport import cohort
from therapport.codebook import Landmark
from therapport.cohort import AsOf
from therapport.errors import CohortError, ConfigurationError

CANARY, TEXT_CANARY = 8642.75, "Zebrowski"
UNKNOWN = "no repeated measure of the codebook (it has phq9, sleep), nor ignored under [measurements]"
Cells = dict[tuple[int, str], object]


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three episodes; the long table has a row for each session 0 to 4, so 15 rows."""
    wide = measured.episodes(3, seed=1)[0].assign(start_date="2024-01-01")
    days = [(datetime.date(2024, 1, 1) + datetime.timedelta(days=7 * session)).isoformat() for session in range(5)]
    rows = [(name, session, days[session], "phq9", 10 + session) for name in wide["episode_id"] for session in range(5)]
    long = pd.DataFrame(rows, columns=["episode_id", "session", "date", "measure", "value"])
    return wide, long.astype(object)


def with_cells(cells: Cells) -> pd.DataFrame:
    """The long table with cells replaced; row 1 is the first measurement."""
    records = tables()[1].to_dict("records")
    for (row, column), value in cells.items():
        records[row - 1][column] = value
    return pd.DataFrame(records, dtype=object)


def refused(
    long: pd.DataFrame, *, wide: pd.DataFrame | None = None, landmark: Landmark = Landmark.SESSION_3
) -> tuple[str, ...]:
    with pytest.raises(CohortError) as caught:
        cohort.validate(tables()[0] if wide is None else wide, measured.described(), measurements=AsOf(landmark, long))
    for canary in (str(CANARY), TEXT_CANARY, "E000"):
        assert canary not in str(caught.value)
    return caught.value.problems or (caught.value.summary,)


def of_long(*problems: str) -> tuple[str, ...]:
    return tuple(f"the measurements: {problem}" for problem in problems)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({(3, "value"): TEXT_CANARY}, "value: must be a number from 0 to 27 for phq9: row 3"),
        ({(3, "value"): CANARY, (7, "value"): -1}, "value: outside 0 to 27 for phq9: rows 3, 7"),
        ({(3, "value"): 26, (3, "measure"): "sleep"}, "value: outside 0 to 24 for sleep: row 3"),
        (
            {(3, "measure"): TEXT_CANARY},
            f"measure: {UNKNOWN}: row 3",
        ),
        ({(3, "measure"): None}, "measure: must not be empty: row 3"),
        ({(3, "episode_id"): None}, "episode_id: must not be empty: row 3"),
        ({(3, "session"): -1}, "session: must be a whole number from 0 to 10000: row 3"),
        ({(3, "session"): 2.5}, "session: must be a whole number from 0 to 10000: row 3"),
        ({(3, "session"): TEXT_CANARY}, "session: must be a whole number from 0 to 10000: row 3"),
        (
            {(3, "session"): np.inf, (4, "session"): 10_001},
            "session: must be a whole number from 0 to 10000: rows 3, 4",
        ),
        ({(3, "session"): None}, "session: must not be empty: row 3"),
        ({(3, "date"): "31.3.2024"}, "date: must be a date, such as 2026-03-31: row 3"),
        ({(3, "date"): "2024-02-30"}, "date: must be a date, such as 2026-03-31: row 3"),
        ({(3, "date"): 20240331}, "date: must be a date, such as 2026-03-31: row 3"),
        ({(1, "date"): "1980-05-05"}, "date: before birth_date: row 1"),
        (
            {(3, "session"): 1, (3, "date"): "2024-01-08"},
            "episode_id, measure, session: measured twice in one session: rows 2, 3",
        ),
        (
            {(3, "date"): "2024-01-07"},
            "session, date: dated before an earlier session of the episode: row 3",
        ),
        (
            {(1, "date"): "2024-01-16"},
            "session, date: dated before an earlier session of the episode: rows 2, 3",
        ),
    ],
)
def test_a_bad_cell_is_named_by_column_row_and_what_is_allowed(cells: Cells, problem: str) -> None:
    assert refused(with_cells(cells)) == of_long(problem)


def test_every_problem_of_both_files_comes_at_once() -> None:
    wide = tables()[0].assign(age=CANARY, birth_date=["1980-05-06", "2024-01-02", "1980-05-06"])
    long = with_cells({(2, "value"): TEXT_CANARY, (8, "session"): 0, (8, "date"): "soon", (12, "measure"): "mood"})
    assert refused(long, wide=wide) == (
        "age: outside 18 to 99: rows 1, 2, 3",
        "age: must be a whole number: rows 1, 2, 3",
        "start_date: before birth_date: row 2",
        *of_long(
            f"measure: {UNKNOWN}: row 12",
            "value: must be a number from 0 to 27 for phq9: row 2",
            "date: must be a date, such as 2026-03-31: row 8",
            "episode_id, measure, session: measured twice in one session: rows 6, 8",
            "date: before birth_date: row 6",
        ),
    )


def test_ignored_measures_may_hold_anything() -> None:
    wide, _ = tables()
    long = with_cells(
        {(5, "measure"): "weight", (5, "value"): "heavy", (5, "session"): -3, (5, "date"): "x", (5, "episode_id"): None}
    )
    long = pd.concat([long, with_cells({})[:1].assign(measure="weight", date="1066-10-14")])
    found = cohort.validate(wide, measured.described(), measurements=AsOf(Landmark.SESSION_3, long))
    assert found.table["phq9_end"].isna().tolist() == [True, False, False]


def test_two_measures_of_one_session_may_lie_on_two_days_and_two_sessions_on_one() -> None:
    wide, long = tables()
    long = pd.concat([long, with_cells({})[2:3].assign(measure="sleep", value=7, date="2024-01-20")])
    long.loc[3, "date"] = "2024-01-20"
    for landmark in (Landmark.SESSION_3, Landmark.WEEK_4):
        assert cohort.validate(wide, measured.described(), measurements=AsOf(landmark, long.reset_index(drop=True)))


def test_on_one_day_only_sessions_can_say_what_came_first() -> None:
    long = with_cells({(3, "session"): None, (3, "date"): "2024-01-08"})
    # The slope is per session.
    at_week_4 = refused(long, landmark=Landmark.WEEK_4)
    assert of_long("session: must not be empty: row 3")[0] in at_week_4
    twice = "episode_id, measure, date: measured twice on one day without a session: row 3"
    assert of_long(twice)[0] in at_week_4
    text = measured.TEXT.replace('session = "session"\n', "")
    with pytest.raises(CohortError) as caught:
        cohort.validate(tables()[0], measured.described(text), measurements=AsOf(Landmark.WEEK_4, long))
    assert of_long("episode_id, measure, date: measured twice on one day: rows 2, 3") == caught.value.problems


def test_dates_need_a_start_of_every_episode() -> None:
    wide, long = tables()
    lost = wide.assign(start_date=wide["start_date"].mask(wide.index == 1))
    assert refused(long, wide=lost, landmark=Landmark.WEEK_4) == ("start_date: must not be empty: row 2",)
    assert refused(long, wide=wide.drop(columns="start_date"), landmark=Landmark.WEEK_4) == (
        "start_date: the measurements are dated from it, but the cohort's file does not have it",
    )
    soon = wide.assign(start_date=["2024-01-01", "soon", "2024-01-01"])
    assert refused(long, wide=soon, landmark=Landmark.WEEK_4) == (
        "start_date: must be a date, such as 2026-03-31: row 2",
    )
    assert cohort.validate(lost, measured.described(), measurements=AsOf(Landmark.SESSION_3, long))


def test_a_start_before_birth_is_refused_without_a_long_table_too() -> None:
    wide, long = tables()
    complete = wide.join(measured.by_loops(wide, long, session=3, days=None))
    wrong = complete.assign(birth_date="2024-01-02", start_date=["2024-01-01", "2024-01-02", "tomorrow"])
    with pytest.raises(CohortError) as caught:
        cohort.validate(wrong, measured.described())
    assert set(caught.value.problems) == {
        "start_date: must be a date, such as 2026-03-31: row 3",
        "start_date: before birth_date: row 1",
    }


def test_a_summary_outside_its_range_is_named_by_the_row_of_the_cohort() -> None:
    text = measured.TEXT.replace("range = [-189, 189]", "range = [-0.5, 0.5]")
    with pytest.raises(CohortError) as caught:
        cohort.validate(
            tables()[0], measured.described(text), measurements=AsOf(Landmark.SESSION_3, with_cells({(8, "value"): 0}))
        )
    assert caught.value.problems == ("phq9_slope (from the measurements): outside -0.5 to 0.5: rows 1, 3",)


def test_columns_that_are_not_there_are_named_and_the_header_is_not_shown() -> None:
    _, long = tables()
    assert refused(long.rename(columns={"value": "valeu", "measure": "what"})) == (
        "measure: [measurements] of the codebook names this column, but the file does not have it",
        "value: [measurements] of the codebook names this column, but the file does not have it; did you mean valeu?",
    )
    headless = long.set_axis([TEXT_CANARY, "sessio", "dat", "2", "3"], axis=1)
    problems = refused(headless)
    assert len(problems) == 5
    assert not any("mean" in problem for problem in problems)


def test_a_table_of_other_episodes_is_refused() -> None:
    _, long = tables()
    (said,) = refused(long.assign(episode_id=TEXT_CANARY))
    assert said == (
        "the measurements: none of its episodes is in the cohort; its column episode_id must hold what episode_id "
        "holds there."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"episode_id,session,date,measure,value\n", "has a header, but no measurements"),
        (None, "no "),
    ],
)
def test_a_file_without_measurements_is_refused(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    if content is not None:
        path.write_bytes(content)
    for wide, others in ((tables()[0], 0), (tables()[0].assign(age=CANARY), 2)):
        with pytest.raises(CohortError) as caught:
            cohort.validate(wide, measured.described(), measurements=AsOf(Landmark.SESSION_3, path))
        assert said in str(caught.value)
        assert len(caught.value.problems) == (others + 1 if others else 0)


def test_without_a_table_the_columns_that_it_would_give_are_lacking() -> None:
    with pytest.raises(CohortError) as caught:
        cohort.validate(tables()[0], measured.described())
    assert len(caught.value.problems) == len(measured.JOINED)
    assert all(
        problem.endswith("no table of measurements was given to make it from") for problem in caught.value.problems
    )


def test_a_landmark_that_the_table_cannot_tell_is_refused() -> None:
    wide, long = tables()
    text = measured.TEXT.replace('date = "date"\n', "")
    with pytest.raises(ConfigurationError, match="sessions only"):
        cohort.validate(wide, measured.described(text), measurements=AsOf(Landmark.WEEK_4, long))
