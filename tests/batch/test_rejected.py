"""Rows that break the codebook are left out and listed, exactly those; too many of them are refused as a whole."""

from pathlib import Path

import pandas as pd
import pytest

from serving import batch
from serving.batch import Settings
from tests.batch import material
from therapport.cohort import allowed
from therapport.errors import CohortError
from therapport.predictor import Predictor


def test_exactly_the_bad_rows_are_rejected_wherever_they_are(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=3000)
    original = pd.read_parquet(path)
    broken = material.spoiled(path)
    assert {reason for reasons in broken.values() for reason in reasons} == set(allowed.REASONS) - {
        "no-number", "no-truth", "no-date", "before-birth", "ragged-row",
    }  # fmt: skip
    done = batch.score(predictor, path, tmp_path / "out", Settings(part_rows=701))
    assert done.rejected_rows is not None
    rejected = pd.read_parquet(done.rejected_rows)
    found = {int(str(row)): set(rows["reason"]) for row, rows in rejected.groupby("row")}
    assert found == broken
    assert done.rejected == len(broken)
    ids = pd.read_parquet(path)["patient_id"]
    pd.testing.assert_series_equal(
        rejected["id"], ids.iloc[rejected["row"] - 1].reset_index(drop=True), check_names=False, check_dtype=False
    )
    answers = pd.read_parquet(done.answers)
    kept = [row for row in range(3000) if row + 1 not in broken]
    assert answers["patient_id"].tolist() == ids.iloc[kept].tolist()
    # The others are answered as if the bad rows had never been there.
    known = [*predictor.factors, "patient_id"]
    alone = predictor.predict(original.iloc[kept].reset_index(drop=True)[known])
    pd.testing.assert_frame_equal(
        answers.drop(columns="residual"), alone.drop(columns="residual"),
        check_exact=True, check_dtype=False, check_column_type=False,
    )  # fmt: skip


def test_too_many_are_refused_with_every_problem_and_nothing_is_left(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=1000)
    material.spoiled(path, share=0.2)
    before = set(tmp_path.iterdir())
    with pytest.raises(CohortError, match=r"of 1,000 rows do not fit the codebook.*--most-rejected") as refused:
        batch.score(predictor, path, tmp_path / "out", Settings(part_rows=100))
    said = str(refused.value)
    for words in (
        "alliance: outside",
        "reactance: must be a whole number",
        "delivery_mode: allowed levels",
        "must not be empty",
    ):
        assert words in said
    assert "99" not in said.replace("and 99", "").split("alliance: outside")[1].split(":")[0]
    assert set(tmp_path.iterdir()) == before
    done = batch.score(predictor, path, tmp_path / "out", Settings(most_rejected=1))
    assert done.rejected > 150


def test_none_may_be_rejected_where_that_is_asked(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=1000)
    material.spoiled(path, share=0.001)
    with pytest.raises(CohortError, match=r"1 of 1,000 rows do not fit"):
        batch.score(predictor, path, tmp_path / "out", Settings(most_rejected=0))


def test_rejected_rows_of_a_csv_are_a_csv_beside_it(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=1000)
    broken = material.spoiled(path)
    pd.read_parquet(path).to_csv(tmp_path / "new.csv", index=False)
    done = batch.score(predictor, tmp_path / "new.csv", tmp_path / "answers.csv")
    assert done.rejected_rows == tmp_path / "answers.rejected.csv"
    assert set(pd.read_csv(done.rejected_rows)["row"]) == set(broken)
    assert len(pd.read_csv(done.answers)) == 1000 - len(broken)


def test_a_second_run_without_bad_rows_takes_the_old_list_away(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=1000)
    sound = path.read_bytes()
    material.spoiled(path)
    assert batch.score(predictor, path, tmp_path / "out").rejected_rows is not None
    path.write_bytes(sound)
    batch.score(predictor, path, tmp_path / "out", Settings(overwrite=True))
    assert not (tmp_path / "out" / "rejected.parquet").exists()
