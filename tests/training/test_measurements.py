"""Studies on a long table: joined as of their landmark, and never more is known than at it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from tests import measured
from tests.studies import carry_out
from therapport import validation
from therapport.errors import CohortError, ConfigurationError, DesignError
from training import check
from training import design as designs
from training import study as studies
from training.design import Design
from training.inspection import inspect


def designed(folder: Path, wide: pd.DataFrame, long: pd.DataFrame, *, study: str = measured.STUDY) -> Design:
    return designs.read(studies.read(measured.write(folder, wide, long, study=study)))


def refused_study(folder: Path, *, text: str = measured.TEXT, study: str = measured.STUDY) -> str:
    wide, long = measured.episodes(30, seed=1)
    with pytest.raises(ConfigurationError) as caught:
        studies.read(measured.write(folder, wide, long, text=text, study=study))
    return str(caught.value)


def at(landmark: str) -> str:
    return measured.STUDY.replace('"session3"', f'"{landmark}"')


def test_the_design_holds_what_is_known_at_the_landmark(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    binary, score = designed(tmp_path, wide, long).targets
    expected = measured.by_loops(wide, long, session=3, days=None)
    known = expected["phq9_end"].notna().to_numpy()
    assert 0 < known.sum() < 80
    np.testing.assert_array_equal(score.rows, np.flatnonzero(known))
    np.testing.assert_array_equal(score.outcome, expected["phq9_end"][known])
    fallen = (expected["phq9_first"] - expected["phq9_end"])[known]
    np.testing.assert_array_equal(binary.outcome, fallen >= 6)
    for name in ("phq9_now", "phq9_slope", "sleep_mean"):
        place = score.task.factors.index(name)
        np.testing.assert_allclose(score.matrix[:, place], expected[name][known], rtol=0, atol=1e-12)


def test_no_measurement_after_the_landmark_reaches_the_factors(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    later = (long["session"] > 3) & (long["measure"] == "phq9")
    changed = long.assign(value=long["value"].mask(later, 27 - long["value"]))
    for one, other in zip(
        designed(tmp_path, wide, long).targets, designed(tmp_path, wide, changed).targets, strict=True
    ):
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_array_equal(one.matrix, other.matrix)


def test_a_study_at_week_4_goes_by_dates(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    design = designed(tmp_path, wide, long, study=at("week4"))
    expected = measured.by_loops(wide, long, session=None, days=28)
    np.testing.assert_array_equal(design.cohort.table["phq9_now"], expected["phq9_now"])
    np.testing.assert_array_equal(design.cohort.table["phq9_end"], expected["phq9_end"])


def test_a_factor_that_does_not_exist_yet_is_not_made(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    design = designed(tmp_path, wide, long, study=at("intake").replace("phq9_now", "phq9_first"))
    assert design.study.factors == ("age", "phq9_first", "sleep_mean")
    assert "phq9_now" not in design.cohort.table


def test_a_wide_file_that_holds_what_the_study_uses_needs_no_long_table(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    complete = wide.join(measured.by_loops(wide, long, session=3, days=None))
    alone = measured.STUDY.replace('measurements = "measurements.csv"\n', "")
    one, other = designed(tmp_path, complete, long, study=alone), designed(tmp_path, wide, long)
    for first, second in zip(one.targets, other.targets, strict=True):
        np.testing.assert_allclose(first.matrix, second.matrix, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(first.outcome, second.outcome)
    # Of the columns that rest on measurements, only those that the study uses are asked for.
    few = alone.replace('severity = "phq9_now"', 'severity = "phq9_now"\nfactors = ["phq9_now"]')
    used = complete.drop(columns=["phq9_slope", "sleep_mean"])
    assert designed(tmp_path, used, long, study=few).study.factors == ("phq9_now",)
    with pytest.raises(CohortError, match=r"phq9_slope: .* no table of measurements was given"):
        designed(tmp_path, used, long, study=alone)


@pytest.mark.parametrize(
    ("text", "study", "said"),
    [
        (
            measured.TEXT.replace('date = "date"\n', ""),
            at("week4"),
            "line 7: landmark: The table of measurements has sessions only",
        ),
        (
            measured.TEXT.replace('session = "session"\n', ""),
            measured.STUDY,
            "line 7: landmark: The table of measurements has dates only",
        ),
        (
            measured.TEXT,
            at("intake").replace('"phq9_now"', '"phq9_first"').replace('before = "phq9_first"', 'before = "phq9_now"'),
            "phq9_now exists only from session1 on, after the study's landmark",
        ),
        (measured.TEXT, measured.STUDY.replace("measurements =", "measurement ="), "did you mean measurements?"),
    ],
)
def test_a_study_that_the_long_table_cannot_bear_is_refused(text: str, study: str, said: str, tmp_path: Path) -> None:
    assert said in refused_study(tmp_path, text=text, study=study)


def test_a_long_table_that_the_codebook_does_not_describe_is_refused(tmp_path: Path) -> None:
    text = measured.TEXT[: measured.TEXT.index("[measurements]")]
    text += measured.TEXT[measured.TEXT.index("[factors.age]") : measured.TEXT.index("[factors.phq9_first]")]
    text += "[measures.phq9_end]\nlabel = 'PHQ-9'\ninstrument = 'phq9'\n"
    study = measured.STUDY.replace('"phq9_now"', '"age"').replace('before = "phq9_first"\n', "")
    study = study.replace('response = "reliable_improvement"\n', "")
    assert "line 5: measurements: The codebook measured has no [measurements]" in refused_study(
        tmp_path, text=text, study=study
    )


def test_the_check_says_what_the_table_held(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    found = inspect(designed(tmp_path, wide, long))
    phq9, sleep = found.measurements
    of_it = long[long["measure"] == "phq9"]
    assert (phq9.label, sleep.label) == ("PHQ-9", "Hours of sleep")
    assert (phq9.measurements, phq9.episodes) == (str(len(of_it)), "80")
    assert phq9.by_landmark == str((of_it["session"] <= 3).sum())
    assert phq9.median == f"{of_it.groupby('episode_id').size().median():g}"
    assert found.rows == "episodes"
    page = check.page([found])
    assert "Of them known at session3" in page
    assert f">{len(of_it)}<" in page
    assert "E00" not in page
    assert any("last measurement is before session3" in one for one in found.concerns)


def test_few_episodes_with_or_without_a_measure_are_not_counted(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    sleep = long["measure"] == "sleep"
    all_but_three = ~sleep | (long["episode_id"] >= "E0003")
    (_, one) = inspect(designed(tmp_path, wide, long[all_but_three])).measurements
    assert one.episodes == "all but fewer than 10"
    three = ~sleep | (long["episode_id"] < "E0003")
    (_, one) = inspect(designed(tmp_path, wide, long[three])).measurements
    assert (one.episodes, one.median) == ("fewer than 10", "-")


def test_an_outcome_that_may_be_known_at_the_landmark_is_warned_of(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    phq9 = long[long["measure"] == "phq9"]
    ends = phq9.groupby("episode_id")["value"].last()
    own = wide.assign(phq9_end=ends.reindex(wide["episode_id"]).to_numpy())
    ended = (phq9.groupby("episode_id")["session"].max() <= 3).sum()
    assert ended >= 10
    said = f"Episodes of which nothing was measured after session3: {ended}. If they had ended by then"
    assert any(one.startswith(said) for one in designed(tmp_path, own, long).warnings)
    # An outcome made of what was measured after the landmark cannot be known at it.
    assert not any("known already" in one for one in designed(tmp_path, wide, long).warnings)


def folds(design: Design) -> NDArray[np.int64]:
    target = design.targets[0]
    fold = validation.fold_numbers(
        target.cluster, target.outcome, folds=3, repeats=5, seed=1, binary=target.kind == "binary"
    )
    assert validation.straddling(fold, target.cluster) == 0
    return fold


def straddlers(names: pd.Series, design: Design, fold: NDArray[np.int64]) -> int:
    of_rows = names.to_numpy()[design.targets[0].rows]
    return sum(len({*zip(of_rows, one, strict=True)}) - len({*of_rows}) for one in fold)


@pytest.mark.parametrize("level", ["patient", "therapist"])
def test_no_person_is_in_two_folds_whatever_the_level(level: str, tmp_path: Path) -> None:
    wide, long = measured.episodes(150, seed=6, people=100)
    # Two persons who went to another therapist for a second episode tie two pairs of therapists together.
    wide.loc[[1, 2], "person_id"] = wide.loc[[3, 4], "person_id"].to_numpy()
    wide.loc[[1, 2, 3, 4], "therapist_id"] = ["T00", "T02", "T01", "T03"]
    wide.loc[wide["person_id"].isin(wide.loc[[3, 4], "person_id"]) & (wide.index > 4), "person_id"] = "other"
    assert wide["person_id"].duplicated().sum() > 30
    design = designed(tmp_path, wide, long, study=measured.STUDY.replace('"therapist"', f'"{level}"'))
    fold = folds(design)
    assert straddlers(wide["person_id"], design, fold) == 0
    tied = any("tie these together: 12 therapists form" in one for one in design.warnings)
    if level == "therapist":
        assert straddlers(wide["therapist_id"], design, fold) == 0
        assert tied
    else:
        assert straddlers(wide["therapist_id"], design, fold) > 0
        assert not tied
    names = wide["person_id"].to_numpy()[design.targets[0].rows]
    if level == "patient":
        assert len(set(names)) == len(np.unique(design.targets[0].cluster))


def test_therapists_who_are_all_tied_together_cannot_be_split(tmp_path: Path) -> None:
    wide, long = measured.episodes(150, seed=6, people=100)
    wide["therapist_id"] = [f"T{place % 12:02d}" for place in range(150)]
    with pytest.raises(DesignError) as caught:
        designed(tmp_path, wide, long)
    assert "12 therapists into 1 group, and 3 folds need at least 3: group by patient" in str(caught.value)


def test_an_episode_without_its_patient_is_refused(tmp_path: Path) -> None:
    wide, long = measured.episodes(60, seed=6)
    with pytest.raises(CohortError, match="person_id: 12 episodes have no patient"):
        designed(tmp_path, wide.assign(person_id=wide["person_id"].mask(wide.index < 12)), long)


def test_the_version_of_a_predictor_follows_the_measurements_and_not_the_name_of_their_file(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=6)
    study = measured.STUDY.replace('"severity", "elastic_net"', '"severity"')

    def version(table: pd.DataFrame, name: str) -> str:
        path = measured.write(tmp_path, wide, table, study=study.replace("measurements.csv", name))
        (tmp_path / "measurements.csv").rename(tmp_path / name)
        return carry_out(path).predictor.version

    one = version(long, "one.csv")
    assert version(long, "other.csv") == one
    assert version(long.assign(value=long["value"].mask(long.index == 0, 5.0)), "one.csv") != one
