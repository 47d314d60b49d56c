import dataclasses
import json
import tomllib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from therapport import codebook, simulator
from therapport.errors import OutputError
from therapport.simulator import measures
from therapport.simulator.simulation import Simulated

WHOLE = {"phq9_end": "integer", "sessions_attended": "integer"}
NAMES = [
    "cohort.parquet",
    "sessions.parquet",
    "truth.parquet",
    "codebook.toml",
    "study.toml",
    "codebook-sessions.toml",
    "study-sessions.toml",
    "truth.json",
]


@pytest.fixture(scope="module")
def small() -> Simulated:
    return simulator.simulate(patients=60, therapists=6, sites=2, seed=3, missing=0.1)


def test_cohort_codebook_and_study_are_written_into_a_new_folder(small: Simulated, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "simulated"
    written = simulator.write(small, folder)
    assert written == [folder / name for name in NAMES]
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "cohort.parquet"), small.cohort)
    assert codebook.read(folder / "codebook.toml") == measures.shipped_codebook()


def test_columns_of_the_file_have_plain_types(small: Simulated, tmp_path: Path) -> None:
    schema = parquet.read_schema(simulator.write(small, tmp_path)[0])
    described = measures.shipped_codebook().factors
    for name in schema.names:
        kind = described[name].kind if name in described else WHOLE.get(name)
        expected = {"integer": pa.types.is_int64, "number": pa.types.is_float64}.get(
            str(kind), lambda found: pa.types.is_string(found) or pa.types.is_large_string(found)
        )
        assert expected(schema.field(name).type), name


def test_the_study_names_columns_and_files_that_are_there(small: Simulated, tmp_path: Path) -> None:
    simulator.write(small, tmp_path)
    study = tomllib.loads((tmp_path / "study.toml").read_text())
    assert (tmp_path / study["cohort"]).exists()
    described = codebook.read(tmp_path / study["codebook"])
    assert study["severity"] in described.factors_known_at(codebook.Landmark(study["landmark"]))
    assert study["outcome"]["before"] == "phq9_intake"
    assert study["outcome"]["after"] in described.measures
    assert study["validation"]["group"] in described.groups
    assert study["reference"] == {"patients": 500}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small: Simulated, tmp_path: Path) -> None:
    again = simulator.simulate(patients=60, therapists=6, sites=2, seed=3, missing=0.1)
    other = simulator.simulate(patients=60, therapists=6, sites=2, seed=4, missing=0.1)
    first, second, third = (
        [path.read_bytes() for path in simulator.write(simulated, tmp_path / folder)]
        for folder, simulated in (("first", small), ("second", again), ("third", other))
    )
    assert first == second
    assert first[0] != third[0]


def test_the_file_says_that_it_is_simulated_and_from_what(small: Simulated, tmp_path: Path) -> None:
    metadata = parquet.read_schema(simulator.write(small, tmp_path)[0]).metadata
    assert metadata[b"therapport.simulated"] == b"true"
    assert metadata[b"therapport.seed"] == b"3"
    assert metadata[b"therapport.scenario"] == b"published"
    parameters = json.loads(metadata[b"therapport.parameters"])
    asked = {"patients": 60, "therapists": 6, "sites": 2, "seed": 3, "missing": 0.1}
    assert {name: parameters[name] for name in asked} == asked
    assert parameters["layers"]["dropout"] == 0


def test_files_that_are_already_there_are_kept(small: Simulated, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("mine")
    with pytest.raises(OutputError) as refused:
        simulator.write(small, tmp_path)
    assert refused.value.problems == ("study.toml exists",)
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]
    assert (tmp_path / "study.toml").read_text() == "mine"


def test_files_are_overwritten_when_asked_and_nothing_else_is_touched(small: Simulated, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    simulator.write(small, tmp_path, overwrite=True)
    assert (tmp_path / "study.toml").read_text().startswith("# What is predicted")
    assert (tmp_path / "notes.txt").read_text() == "mine too"
    assert len(list(tmp_path.iterdir())) == len(NAMES) + 1


def test_a_file_in_place_of_the_folder_is_an_error_of_one_line(small: Simulated, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match="cannot be written: "):
        simulator.write(small, tmp_path / "taken")


def test_nothing_is_left_behind_when_writing_fails_half_way(small: Simulated, tmp_path: Path) -> None:
    mixed = dataclasses.replace(small.parts[0], cohort=pd.DataFrame({"mixed": pd.Series([1, "one"], dtype=object)}))
    unwritable = dataclasses.replace(small, parts=(mixed,))
    with pytest.raises(pa.ArrowException):
        simulator.write(unwritable, tmp_path)
    assert not list(tmp_path.iterdir())
