"""The summary of a scored cohort: means and counts as pandas has them, and no count that could point at a person."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from serving import batch
from serving.batch import Settings
from tests.batch import material
from therapport.predictor import Predictor
from therapport.predictor.outputs import Output


def tens(count: int) -> int | None:
    return count // 10 * 10 if count == 0 or count >= 10 else None


def scored(predictor: Predictor, path: Path, **settings: object) -> tuple[dict[str, object], pd.DataFrame, str]:
    out = path.parent / "out"
    done = batch.score(predictor, path, out, Settings(overwrite=True, **settings))  # type: ignore[arg-type]
    page = (out / "summary.html").read_text()
    return json.loads((out / "summary.json").read_text()), pd.read_parquet(done.answers), page


def test_means_are_those_of_the_answers_in_every_level(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=1500)
    about, answers, page = scored(predictor, path, part_rows=400)
    everyone = about["everyone"]
    assert isinstance(everyone, dict)
    assert everyone["mean_response_probability"] == pytest.approx(answers["response_probability"].mean(), rel=1e-12)
    assert everyone["mean_end_score"] == pytest.approx(answers["end_score"].mean(), rel=1e-12)
    for family in predictor.families:
        moved = answers[f"contribution_{family}"]
        assert everyone["families"][family]["mean"] == pytest.approx(moved.mean(), abs=1e-12)
        assert everyone["families"][family]["mean_size"] == pytest.approx(moved.abs().mean(), rel=1e-12)
    levels = pd.read_parquet(path)["delivery_mode"]
    labels = predictor.codebook.factors["delivery_mode"].levels
    groups = {one["level"]: one for one in about["subgroups"] if one["factor"] == "delivery_mode"}  # type: ignore[attr-defined]
    assert set(groups) == {labels[level] for level in levels.dropna().unique()}
    for level, rows in answers.groupby(levels.to_numpy()):
        group = groups[labels[str(level)]]
        assert group["patients"] == len(rows) // 10 * 10
        assert group["mean_response_probability"] == pytest.approx(rows["response_probability"].mean(), rel=1e-12)
    counts, ends = np.histogram(answers["response_probability"], 20, (0, 1))
    assert [one["patients"] for one in about["probability"]] == [tens(int(one)) for one in counts]  # type: ignore[attr-defined]
    assert [one["from"] for one in about["probability"]] == pytest.approx(ends[:-1].tolist())  # type: ignore[attr-defined]
    absent = pd.read_parquet(path)[list(predictor.factors)].isna().sum()
    assert about["missing"] == {name: tens(int(absent[name])) for name in predictor.factors}
    assert "1,500" in page
    assert not re.findall(r"\b\w+=\"https?://", page)


def test_small_groups_are_not_told(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=600)
    frame = pd.read_parquet(path)
    levels = list(predictor.codebook.factors["delivery_mode"].levels)
    frame["delivery_mode"] = levels[0]
    frame.loc[:8, "delivery_mode"] = levels[1]
    frame.loc[9:12, "alliance"] = 99.0
    frame.to_parquet(path, index=False)
    about, _, page = scored(predictor, path)
    label = predictor.codebook.factors["delivery_mode"].levels[levels[1]]
    assert label not in {one["level"] for one in about["subgroups"]}  # type: ignore[attr-defined]
    assert about["rejected"] is None
    assert about["rejected_because"] == [{"column": "alliance", "reason": "out-of-range", "rows": None}]
    assert "fewer than 10" in page
    told = [
        int(found) for found in re.findall(r'"patients": (\d+)', (path.parent / "out" / "summary.json").read_text())
    ]
    assert all(count % 10 == 0 for count in told)


@pytest.mark.parametrize("few", [1, 9, 10])
def test_the_mean_of_a_few_cannot_be_had_from_the_others(predictor: Predictor, tmp_path: Path, few: int) -> None:
    """Those without a value are the rest when the levels are taken from everyone: nobody, or ten at least."""
    path = material.cohort(tmp_path, patients=400)
    frame = pd.read_parquet(path)
    larger, smaller = list(predictor.codebook.factors["delivery_mode"].levels.items())[:2]
    frame["delivery_mode"] = np.repeat([larger[0], smaller[0], None], [330 - few, 70, few])
    frame.to_parquet(path, index=False)
    about, answers, _ = scored(predictor, path)
    assert len(answers) == 400
    told = {one["level"] for one in about["subgroups"] if one["factor"] == "delivery_mode"}  # type: ignore[attr-defined]
    assert told == ({larger[1]} if few < 10 else {larger[1], smaller[1]})


def test_without_families_the_summary_has_none(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=300)
    about, _, page = scored(predictor, path, outputs=(Output.PROBABILITIES,))
    assert isinstance(about["everyone"], dict)
    assert "families" not in about["everyone"]
    assert "What the predictions rest on" not in page


def test_a_cohort_of_which_everyone_is_left_out_has_an_empty_summary(predictor: Predictor, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=50)
    pd.read_parquet(path).assign(alliance=99.0).to_parquet(path, index=False)
    about, answers, page = scored(predictor, path, most_rejected=1)
    assert len(answers) == 0
    assert about["everyone"] is None
    assert "What is missing" in page
