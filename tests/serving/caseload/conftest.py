"""A cohort file and its scored cohort."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from therapport import simulator
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Files:
    cohort: Path
    scored: Path
    answers: pd.DataFrame
    """What the library says of everyone, without a caseload."""


@pytest.fixture(scope="session")
def files(both: Predictor, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Two hundred patients the model has not seen; two of them without severity."""
    folder = tmp_path_factory.mktemp("caseload")
    simulator.write(simulator.simulate(patients=200, therapists=10, sites=4, seed=9), folder)
    table = pd.read_parquet(folder / "cohort.parquet")[["patient_id", *both.factors]]
    table.loc[[3, 7], "phq9_intake"] = None
    table.to_parquet(folder / "caseload.parquet", index=False)
    answers = both.predict(table)
    parts = folder / "scored" / "scores.parquet"
    parts.mkdir(parents=True)
    for number, begin in enumerate(range(0, 200, 80)):
        answers.iloc[begin : begin + 80].to_parquet(parts / f"part-{number:05}.parquet", index=False)
    return Files(folder / "caseload.parquet", folder / "scored", answers)
