"""What the outcome means stands beside the answers, wherever they are."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet

from serving import batch
from serving.api import schema
from serving.batch import Settings
from therapport.predictor import Predictor


def test_a_file_of_answers_says_what_the_outcome_means(both: Predictor, tmp_path: Path) -> None:
    pd.DataFrame({"patient_id": ["a"], "phq9_intake": [16]}).to_csv(tmp_path / "cohort.csv", index=False)
    settings = Settings(allow_absent=True)
    target = batch.score(both, tmp_path / "cohort.csv", tmp_path / "out.parquet", settings).answers
    assert both.outcome is not None
    about = pyarrow.parquet.read_schema(target).metadata
    assert about[b"therapport.outcome"].decode() == both.outcome.definition


def test_the_description_of_the_api_says_what_the_outcome_means(both: Predictor) -> None:
    assert both.outcome is not None
    described = str(schema.response_type(both, schema.answer_type(both)).model_json_schema())
    assert f"calibrated probability of the outcome: {both.outcome.definition}" in described
