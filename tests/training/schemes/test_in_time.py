"""The split in time: those who started earlier are learned from, those who started later are predicted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.training.conftest import Held, cohort, write
from therapport.errors import CohortError, ConfigurationError, DesignError
from therapport.performance import bootstrap_weights, evaluate_score
from training import design as designs
from training import out_of_fold
from training import study as studies
from training.design import Design
from training.schemes import in_time, left_out


def designed(folder: Path, patients: pd.DataFrame, validation: str) -> Design:
    return designs.read(studies.read(write(folder, patients, validation=f'start = "start_date"\n{validation}')))


def starts(held: Held) -> pd.Series:
    return pd.to_datetime(held.cohort["start_date"]).iloc[held.score.target.rows].reset_index(drop=True)


def test_the_cut_parts_the_earlier_from_the_later(held: Held) -> None:
    split = in_time.split(held.design, held.score.target)
    assert split is not None
    day = starts(held)
    assert day[split.learned].max() < day[split.tested].min()
    assert (split.learned ^ split.tested).all()
    # The first day after 70 %; those who started on that day stay together.
    assert split.learned.sum() <= np.ceil(0.7 * len(day))
    assert (day <= day[split.tested].min()).sum() > np.ceil(0.7 * len(day))


def test_later_patients_are_predicted_by_a_model_of_the_earlier(held: Held) -> None:
    target, found = held.score.target, held.score.comparison.in_time
    assert found is not None
    split = in_time.split(held.design, target)
    assert split is not None
    fitted = out_of_fold.fit(
        "severity",
        target.task.of(split.learned),
        target.matrix[split.learned],
        target.outcome[split.learned],
        target.cluster[split.learned],
    )
    predicted = fitted.predict(target.matrix[split.tested], target.task)
    truth = target.outcome[split.tested]
    mean = target.outcome[split.learned].mean()
    by_hand = 1 - ((truth - predicted) ** 2).sum() / ((truth - mean) ** 2).sum()
    assert found.candidates["severity"]["r2"].value == pytest.approx(by_hand)
    assert found.candidates["severity"]["calibration_intercept"].value == pytest.approx((truth - predicted).mean())
    own = in_time._predicted(target, "severity", split)
    weights = bootstrap_weights(target.cluster[split.tested], draws=100, seed=1)
    assert found.candidates["severity"]["r2"].low == pytest.approx(evaluate_score(own, weights)["r2"].low)
    assert (found.mean_before, found.mean_after) == (round(mean, 4), round(truth.mean(), 4))


def test_the_receipt_says_who_is_on_both_sides(held: Held) -> None:
    found, split = held.score.comparison.in_time, in_time.split(held.design, held.score.target)
    assert found is not None
    assert split is not None
    assert found.straddling == 0
    names = held.cohort["therapist_id"].iloc[held.score.target.rows].to_numpy()
    assert found.on_both_sides["therapist"] == len(set(names[split.learned]) & set(names[split.tested]))
    assert found.on_both_sides["therapist"] > 0
    assert found.cut == starts(held)[split.tested].min().strftime("%Y-%m")


def test_a_stated_day_is_the_first_that_is_tested(tmp_path: Path) -> None:
    patients = cohort()
    design = designed(tmp_path, patients, "train_until = 2022-12-01")
    target = design.targets[0]
    split = in_time.split(design, target)
    assert split is not None
    later = (patients["start_date"] >= "2022-12-01").to_numpy()[target.rows]
    np.testing.assert_array_equal(split.tested, later)
    np.testing.assert_array_equal(split.learned, ~later)


def test_a_patient_is_never_on_both_sides(tmp_path: Path) -> None:
    """Ten patients come back: their later episodes are left out, whichever side that is."""
    patients = cohort()
    patients["person_id"] = [f"person {place}" for place in range(len(patients))]
    ordered = patients.sort_values("start_date").index
    patients.loc[ordered[-10:], "person_id"] = patients.loc[ordered[:10], "person_id"].to_numpy()
    path = write(tmp_path, patients, validation='start = "start_date"', group="patient")
    book = tmp_path / "codebook.toml"
    book.write_text(book.read_text().replace("[groups]\n", '[groups]\npatient = "person_id"\n'))
    design = designs.read(studies.read(path))
    target = design.targets[1]
    split = in_time.split(design, target)
    assert split is not None
    person = patients["person_id"].to_numpy()[target.rows]
    assert not set(person[split.learned]) & set(person[split.tested])
    known = set(target.rows.tolist())
    both = [place for first, place in zip(ordered[:10], ordered[-10:], strict=True) if {first, place} <= known]
    assert split.returned.sum() == len(both) > 0
    assert left_out.straddling(target.cluster, split.learned, split.tested) == 0


def test_who_has_no_start_is_on_neither_side(tmp_path: Path) -> None:
    patients = cohort()
    patients.loc[:39, "start_date"] = None
    design = designed(tmp_path, patients, "")
    target = design.targets[1]
    split = in_time.split(design, target)
    assert split is not None
    np.testing.assert_array_equal(split.undated, target.rows < 40)
    assert not (split.undated & (split.learned | split.tested)).any()


def test_a_side_that_is_too_small_is_refused_before_anything_is_fitted(tmp_path: Path) -> None:
    design = designed(tmp_path, cohort(), "train_until = 2001-01-01")
    with pytest.raises(DesignError, match="too few patients with a known outcome started before 2001-01-01"):
        in_time.split(design, design.targets[0])


def test_a_file_without_the_column_is_refused(tmp_path: Path) -> None:
    design = designed(tmp_path, cohort().drop(columns="start_date"), "")
    with pytest.raises(DesignError, match="start_date: the cohort's file has no such column"):
        in_time.split(design, design.targets[0])


def test_a_start_that_is_no_date_is_told_by_row(tmp_path: Path) -> None:
    patients = cohort()
    patients.loc[4, "start_date"] = "canary"
    with pytest.raises(CohortError) as caught:
        designed(tmp_path, patients, "")
    assert caught.value.problems == ("start_date: must be a date, such as 2026-03-31: row 5",)


@pytest.mark.parametrize(
    ("validation", "problem"),
    [
        ('start = "site_id"', "must be the column under [dates] start of the codebook, which has start_date"),
        ("train_share = 0.8", "a split in time also needs start"),
        ('start = "start_date"\ntrain_share = 0.8\ntrain_until = 2024-01-01', "name a share or a day, not both"),
        ('start = "start_date"\ntrain_until = "2024-02-30"', "must be a date, such as 2026-03-31"),
    ],
)
def test_what_the_codebook_does_not_bear_out_is_told(validation: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        studies.read(write(tmp_path, cohort(), validation=validation))
    assert problem in str(caught.value.problems)
