"""Study and cohort together: who is predicted, from what, in which groups; or why it cannot be done."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies as material
from therapport.errors import CohortError, DesignError
from training import design as designs
from training import study as studies
from training.design import Design


def designed(folder: Path, cohort: pd.DataFrame, **settings: object) -> Design:
    return designs.read(studies.read(material.write(folder, cohort, **settings)))


def refused(folder: Path, cohort: pd.DataFrame, **settings: object) -> str:
    with pytest.raises(DesignError) as caught:
        designed(folder, cohort, **settings)
    assert material.CANARY not in str(caught.value)
    return str(caught.value)


def test_outcomes_are_those_of_the_scores_in_the_file(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    cohort = canary_cohort.assign(phq9_end=canary_cohort["phq9_end"].mask(canary_cohort.index < 12))
    binary, score = designed(tmp_path, cohort).targets
    known = cohort["phq9_end"].notna().to_numpy()
    assert not known[:12].any()
    for target in (binary, score):
        np.testing.assert_array_equal(target.rows, np.flatnonzero(known))
    before, after = (cohort.loc[known, name].to_numpy(dtype=float) for name in ("phq9_intake", "phq9_end"))
    np.testing.assert_array_equal(binary.outcome, before - after >= 6)
    np.testing.assert_array_equal(score.outcome, after)
    assert (binary.kind, score.kind) == ("binary", "score")


def test_the_factor_matrix_holds_the_factors_of_these_patients(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    binary, _ = designed(tmp_path, canary_cohort).targets
    place = binary.task.factors.index("alliance")
    np.testing.assert_array_equal(binary.matrix[:, place], canary_cohort["alliance"].to_numpy()[binary.rows])
    assert binary.matrix.shape == (len(binary.rows), 12)
    assert "phq9_end" not in binary.task.factors


@pytest.mark.parametrize(("level", "column"), [("therapist", "therapist_id"), ("site", "site_id"), ("patient", None)])
def test_patients_of_one_group_have_one_code(
    level: str, column: str | None, canary_cohort: pd.DataFrame, tmp_path: Path
) -> None:
    binary, _ = designed(tmp_path, canary_cohort, group=level).targets
    names = canary_cohort[column or "patient_id"].to_numpy()[binary.rows]
    pairs = set(zip(names, binary.cluster.tolist(), strict=True))
    assert len(pairs) == len(set(names)) == len(set(binary.cluster.tolist()))


def test_an_end_score_alone_may_be_predicted(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    path = material.write(tmp_path, canary_cohort)
    path.write_text(path.read_text().replace('response = "reliable_improvement"\n', ""))
    assert [target.kind for target in designs.read(studies.read(path)).targets] == ["score"]


def test_a_response_alone_may_be_predicted(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    design = designed(tmp_path, canary_cohort, end_score="false")
    assert [target.kind for target in design.targets] == ["binary"]


def test_an_outcome_that_is_known_of_nobody_is_refused(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    message = refused(tmp_path, canary_cohort.assign(phq9_end=np.nan))
    assert message == "phq9_end: the outcome is not known for any patient."


@pytest.mark.parametrize("end", [0, 27])
def test_one_outcome_in_everyone_leaves_nothing_to_predict(
    end: float, canary_cohort: pd.DataFrame, tmp_path: Path
) -> None:
    # Everybody begins at 10 or more: an end at 0 is always a response, one at 27 never.
    message = refused(tmp_path, canary_cohort.assign(phq9_end=end))
    assert message == "phq9_end: everyone has the same outcome, so there is nothing to predict."


def test_one_end_score_in_everyone_leaves_nothing_to_predict(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    # 10 at the end is a response of those who began at 16 or more, but the end score is the same in all.
    message = refused(tmp_path, canary_cohort.assign(phq9_end=10))
    assert message == "phq9_end: everyone has the same end score, so there is nothing to predict."


def test_fewer_groups_than_folds_are_refused(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    message = refused(tmp_path, canary_cohort, group="site", folds=5)
    assert "5 folds need at least 5 groups, but the patients with a known outcome form 4" in message


def test_an_outcome_in_fewer_groups_than_folds_is_refused(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    only_two = canary_cohort["therapist_id"].isin(canary_cohort["therapist_id"].unique()[:2])
    cohort = canary_cohort.assign(phq9_end=canary_cohort["phq9_intake"].where(~only_two, 0))
    assert "Only 2 groups have a patient with the outcome; 3 folds need at least 3." in refused(tmp_path, cohort)


def test_a_patient_without_a_group_is_refused_by_column_and_count(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    cohort = canary_cohort.assign(therapist_id=canary_cohort["therapist_id"].mask(canary_cohort.index < 14))
    with pytest.raises(CohortError) as caught:
        designed(tmp_path, cohort)
    assert "therapist_id: 14 patients have no therapist" in str(caught.value)
    assert designed(tmp_path, cohort, group="site")  # not needed there


def test_patients_who_are_left_out_are_counted_from_ten_on(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    def warnings(lost: int) -> str:
        complete = canary_cohort.assign(phq9_end=canary_cohort["phq9_end"].fillna(9))
        cohort = complete.assign(phq9_end=complete["phq9_end"].mask(complete.index < lost))
        return " ".join(designed(tmp_path, cohort).warnings)

    assert "left out" not in warnings(0)
    assert "unknown or undefined, fewer than 10 of a kind, are left out of everything" in warnings(3)
    assert "unknown or undefined in 30 patients, who are left out" in warnings(30)


def test_an_outcome_of_fewer_than_ten_stops_the_study(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    def with_outcome(many: int) -> pd.DataFrame:
        drops = np.random.default_rng(1).integers(-12, 5, len(canary_cohort))
        drops[:many] = 7
        return canary_cohort.assign(phq9_end=(canary_cohort["phq9_intake"] - drops).clip(0, 27))

    message = refused(tmp_path, with_outcome(9))
    assert "fewer than 10 patients with the outcome" in message
    assert designed(tmp_path, with_outcome(10))


def test_many_parameters_for_few_patients_are_warned_of(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    # 12 factors, of which one has two levels: 12 parameters.
    warnings = designed(tmp_path, canary_cohort[:90]).warnings
    assert any("90 patients; a regression of this outcome on 12 parameters" in one for one in warnings)
    assert any(
        "397 patients; a regression of this outcome on 12" in one for one in designed(tmp_path, canary_cohort).warnings
    )


def test_a_factor_that_is_missing_in_everybody_is_warned_of(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    design = designed(tmp_path, canary_cohort.assign(alliance=np.nan))
    assert "alliance is missing in every patient." in design.warnings
