"""Answers in parts are those of the whole, row by row and to the last bit."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from serving import batch
from serving.batch import Settings
from tests.batch import material
from therapport.errors import CohortError, OutputError
from therapport.predictor import Predictor, answer_columns
from therapport.predictor.outputs import Output

ROWS = 2000


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return material.cohort(tmp_path_factory.mktemp("cohort"), patients=ROWS)


def test_parts_are_the_whole_row_by_row(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    frame = pd.read_parquet(cohort)
    known = [*predictor.factors, "patient_id"]
    expected = predictor.predict(frame[known]).drop(columns="residual")
    for size in (613, 100_000):
        done = batch.score(predictor, cohort, tmp_path / str(size), Settings(part_rows=size, threads=2))
        answers = pd.read_parquet(done.answers)
        assert tuple(answers.columns) == answer_columns(predictor)
        pd.testing.assert_frame_equal(
            answers.drop(columns="residual"), expected, check_exact=True, check_dtype=False, check_column_type=False
        )
        assert answers["residual"].notna().sum() == 1000
        assert (done.rows, done.scored + done.abstained, done.rejected) == (ROWS, ROWS, 0)


def test_every_kind_of_file_gives_the_same_answers(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    frame = pd.read_parquet(cohort)
    frame.to_csv(tmp_path / "new.csv", index=False)
    frame.iloc[:50].to_excel(tmp_path / "new.xlsx", index=False)
    (tmp_path / "many").mkdir()
    for place in range(4):
        frame.iloc[place * 500 : place * 500 + 500].to_parquet(tmp_path / "many" / f"{place}.parquet", index=False)
    expected = pd.read_parquet(batch.score(predictor, cohort, tmp_path / "out").answers)
    (tmp_path / "new.xlsx").rename(tmp_path / "few.xlsx")
    for name in ("new.csv", "many", "few.xlsx"):
        answers = pd.read_parquet(batch.score(predictor, tmp_path / name, tmp_path / "of" / Path(name).stem).answers)
        # Of fifty rows, the model's own library may round a last bit otherwise.
        same = [name for name in answers.columns if name != "residual" or len(answers) == ROWS]
        pd.testing.assert_frame_equal(answers[same], expected[same].iloc[: len(answers)], check_exact=True)


def test_a_table_of_a_database_is_scored(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "clinic.duckdb")) as connection:
        connection.execute(f"CREATE TABLE patients AS SELECT * FROM '{cohort}'")  # noqa: S608 - our own file
    settings = Settings(table="patients", part_rows=700)
    done = batch.score(predictor, tmp_path / "clinic.duckdb", tmp_path / "out", settings)
    expected = batch.score(predictor, cohort, tmp_path / "of file")
    pd.testing.assert_frame_equal(pd.read_parquet(done.answers), pd.read_parquet(expected.answers), check_exact=True)


def test_one_file_holds_what_the_parts_hold(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    parts = batch.score(predictor, cohort, tmp_path / "out", Settings(part_rows=613))
    for name in ("answers.parquet", "answers.csv", "scores.parquet"):  # a folder's parts have the last name, too
        one = batch.score(predictor, cohort, tmp_path / name, Settings(part_rows=613))
        assert one.answers == tmp_path / name
    expected = pd.read_parquet(parts.answers)
    for name in ("answers.parquet", "scores.parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / name), expected, check_exact=True)
    text = dict.fromkeys(expected.select_dtypes(exclude="number").columns, str)
    csv = pd.read_csv(tmp_path / "answers.csv", dtype=text, keep_default_na=False, na_values={
        name: [""] for name in expected.select_dtypes("number").columns
    })  # fmt: skip
    pd.testing.assert_frame_equal(csv, expected, check_exact=True, check_dtype=False)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["answers.csv", "answers.parquet", "out", "scores.parquet"]


def test_the_manifest_says_which_model_what_input_and_every_part(
    predictor: Predictor, cohort: Path, tmp_path: Path
) -> None:
    import hashlib

    done = batch.score(predictor, cohort, tmp_path, Settings(part_rows=613))
    said = json.loads((tmp_path / "manifest.json").read_text())
    assert said["model_version"] == predictor.version
    assert said["input"] == [{"file": cohort.name, "sha256": hashlib.sha256(cohort.read_bytes()).hexdigest()}]
    assert [part["rows"] for part in said["parts"]] == [613, 613, 613, 161]
    for part in said["parts"]:
        content = (done.answers / part["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == part["sha256"]
    assert said["columns"] == {
        field.name: str(field.type) for field in pyarrow.parquet.read_schema(done.answers / "part-00000.parquet")
    }


def test_outputs_choose_what_is_computed_and_change_nothing_else(
    predictor: Predictor, cohort: Path, tmp_path: Path
) -> None:
    found = {}
    for output in Output:
        done = batch.score(predictor, cohort, tmp_path / output, Settings(outputs=(output,)))
        found[output] = pd.read_parquet(done.answers)
    every = found[Output.INTERVALS]
    assert tuple(every.columns) == answer_columns(predictor)
    for output in (Output.PROBABILITIES, Output.FAMILIES, Output.FACTORS):
        shared = [name for name in found[output].columns if name in every.columns]
        pd.testing.assert_frame_equal(found[output][shared], every[shared], check_exact=True)
    few, more = found[Output.PROBABILITIES].columns, found[Output.FAMILIES].columns
    assert {"response_probability", "end_score", "end_score_low", "missing"} <= set(few)
    assert not any("contribution" in name or name == "response_probability_low" for name in few)
    assert set(more) - set(few) == {
        f"{kind}{family}"
        for family in predictor.families
        for kind in ("contribution_", "log_odds_", "score_contribution_")
    }
    single = found[Output.FACTORS]
    for beginning, reference, total in (
        ("log_odds_of_", "log_odds_reference", "log_odds"), ("points_of_", "end_score_reference", "end_score")
    ):  # fmt: skip
        parts = single[[f"{beginning}{name}" for name in predictor.factors]].sum(axis=1)
        np.testing.assert_allclose(single[reference] + parts, single[total], rtol=0, atol=1e-5)


def test_what_is_there_is_not_overwritten_unasked(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    batch.score(predictor, cohort, tmp_path)
    before = material.contents(tmp_path)
    with pytest.raises(OutputError, match="exists already"):
        batch.score(predictor, cohort, tmp_path)
    assert material.contents(tmp_path) == before
    batch.score(predictor, cohort, tmp_path, Settings(overwrite=True))
    assert material.contents(tmp_path) == before


def test_a_file_of_another_codebook_is_refused(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    pd.read_parquet(cohort).rename(columns={"alliance": "bond"}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(CohortError, match="2 problems"):
        batch.score(predictor, tmp_path / "other.parquet", tmp_path / "out")
    assert not (tmp_path / "out").exists()
