"""Scoring a cohort with a long table beside it: as of the moment at which the model predicts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from serving import batch, report
from serving.batch import Settings
from tests import measured
from tests.studies import Made, carry_out
from therapport import predictor as predictors
from therapport.codebook import Landmark
from therapport.errors import CohortError, ConfigurationError
from therapport.predictor import Predictor

EPISODES = 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("measured")
    return carry_out(measured.write(folder, *measured.episodes(150, seed=8)))


def answers(predictor: Predictor, folder: Path, wide: pd.DataFrame, long: pd.DataFrame | None) -> pd.DataFrame:
    wide.to_csv(folder / "new.csv", index=False)
    if long is not None:
        long.to_csv(folder / "long.csv", index=False)
    beside = None if long is None else folder / "long.csv"
    settings = Settings(measurements=beside, overwrite=True)
    return pd.read_parquet(batch.score(predictor, folder / "new.csv", folder / "out.parquet", settings).answers)


def test_a_loaded_model_scores_the_long_table_as_it_does_the_columns_that_it_gives(made: Made, tmp_path: Path) -> None:
    predictors.save(made.predictor, tmp_path / "model")
    loaded = predictors.load(tmp_path / "model")
    assert loaded.landmark is Landmark.SESSION_3
    wide, long = measured.episodes(EPISODES, seed=9)
    by_table = answers(loaded, tmp_path, wide, long)
    columns = measured.by_loops(wide, long, session=3, days=None).drop(columns="phq9_end")
    complete = wide.join(columns)
    by_columns = answers(loaded, tmp_path, complete, None)
    assert by_table["episode_id"].tolist() == wide["episode_id"].tolist()
    assert by_table["response_probability"].nunique() > EPISODES // 2
    pd.testing.assert_frame_equal(by_table, by_columns, check_exact=False, rtol=0, atol=1e-9)
    in_memory = loaded.predict(complete)
    np.testing.assert_allclose(in_memory["end_score"], by_table["end_score"], rtol=0, atol=1e-9)


def test_no_measurement_after_the_landmark_changes_a_score(made: Made, tmp_path: Path) -> None:
    wide, long = measured.episodes(EPISODES, seed=9)
    later = long["session"] > 3
    whole = answers(made.predictor, tmp_path, wide, long)
    changed = long.assign(value=long["value"].mask(later, 0.0))
    pd.testing.assert_frame_equal(answers(made.predictor, tmp_path, wide, changed), whole)
    pd.testing.assert_frame_equal(answers(made.predictor, tmp_path, wide, long[~later]), whole)
    now = long.assign(value=long["value"].mask((long["session"] == 3) & (long["measure"] == "phq9"), 0.0))
    assert (answers(made.predictor, tmp_path, wide, now)["end_score"] != whole["end_score"]).any()


def test_an_episode_that_has_just_begun_is_scored_with_what_is_missing(made: Made, tmp_path: Path) -> None:
    wide, long = measured.episodes(EPISODES, seed=9)
    begun = long[(long["episode_id"] != "E0000") | (long["session"] == 0)]
    first = answers(made.predictor, tmp_path, wide, begun).iloc[0]
    assert first["status"] == "scored"
    assert {"phq9_change", "phq9_slope"} <= set(first["missing"].split(", "))


def test_columns_of_dates_and_people_are_not_needed_where_sessions_decide(made: Made, tmp_path: Path) -> None:
    wide, long = measured.episodes(EPISODES, seed=9)
    few = wide[["episode_id", "age"]]
    pd.testing.assert_frame_equal(
        answers(made.predictor, tmp_path, few, long), answers(made.predictor, tmp_path, wide, long)
    )


def test_the_report_counts_episodes_and_says_as_of_when_measurements_are(made: Made) -> None:
    page = " ".join(report.render(made.predictor).split())
    assert "<dt>episodes</dt><dd>150</dd>" in page
    assert 'Slope of the PHQ-9 <span class="soft small">known at session 3</span>' in page


def test_without_the_long_table_nothing_is_written(made: Made, tmp_path: Path) -> None:
    wide, _ = measured.episodes(EPISODES, seed=9)
    with pytest.raises(CohortError, match=r"phq9_now: .* no table of measurements was given"):
        answers(made.predictor, tmp_path, wide, None)
    assert not (tmp_path / "out.parquet").exists()


def test_a_model_whose_codebook_has_no_long_table_says_so(linear_study: Made, tmp_path: Path) -> None:
    _, long = measured.episodes(3, seed=9)
    long.to_csv(tmp_path / "long.csv", index=False)
    predictor, cohort = linear_study.predictor, linear_study.study.cohort_path
    with pytest.raises(ConfigurationError, match="has no \\[measurements\\]"):
        batch.score(predictor, cohort, tmp_path / "out.csv", Settings(measurements=tmp_path / "long.csv"))
