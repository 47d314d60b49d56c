"""A predictor as a folder: the same answers wherever it is copied to, and none at all once a byte has changed."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.studies import Made
from therapport import predictor as predictors
from therapport.errors import ModelError, OutputError
from therapport.predictor import Limits, Predictor
from therapport.predictor.manifest import MANIFEST

FILES = {
    "linear": {"response.json", "end_score.json"},
    "trees": {f"{part}{ending}" for part in ("response", "end_score") for ending in (".json", ".ubj", "_games.npz")},
}
ALWAYS = {"predictor.json", "evidence.json", "codebook.json", MANIFEST}


@pytest.fixture
def folder(predictor: Predictor, tmp_path: Path) -> Path:
    predictors.save(predictor, tmp_path / "model")
    return tmp_path / "model"


def answers(predictor: Predictor, made: Made) -> pd.DataFrame:
    return predictor.predict(made.patients[["patient_id", *made.predictor.factors]])


def sealed(folder: Path) -> None:
    """Write a manifest that fits the files as they are now."""
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / MANIFEST).write_text(json.dumps({"files": digests, "format": 2}, indent=1, sort_keys=True) + "\n")


def test_a_predictor_comes_back_with_the_same_answers(folder: Path, made: Made) -> None:
    loaded = predictors.load(folder)
    pd.testing.assert_frame_equal(answers(loaded, made), answers(made.predictor, made), check_exact=True)
    for part in ("name", "version", "codebook", "landmark", "factors", "outcome", "end_score_instrument"):
        assert getattr(loaded, part) == getattr(made.predictor, part), part
    assert loaded.profile == made.predictor.profile
    assert loaded.evidence == made.predictor.evidence
    for part in ("response", "end_score"):
        stored, own = getattr(loaded, part), getattr(made.predictor, part)
        assert stored.candidate == own.candidate
        assert stored.half_width == own.half_width
        assert stored.level == own.level
        matrix = made.design.targets[0].matrix
        single = stored.factors.explain(matrix).contributions
        np.testing.assert_array_equal(single, own.factors.explain(matrix).contributions)


def test_the_rules_by_which_a_predictor_abstains_come_back(predictor: Predictor, tmp_path: Path) -> None:
    limits = Limits(missing=0.25, beyond=2, wide=0.3, wide_points=4.5)
    predictors.save(replace(predictor, limits=limits), tmp_path / "strict")
    assert predictors.load(tmp_path / "strict").limits == limits


def test_a_folder_from_before_baselines_and_conformal_intervals_still_answers(folder: Path, made: Made) -> None:
    new = {"evidence.json": ("beside", "only_compared", "decision", "interval"), "end_score.json": ("level",)}
    for name, keys in {**new, "predictor.json": ("limits",)}.items():
        document = json.loads((folder / name).read_text())
        for part in document["comparisons"] if name == "evidence.json" else (document,):
            for key in keys:
                del part[key]
        (folder / name).write_text(json.dumps(document))
    sealed(folder)
    loaded = predictors.load(folder)
    pd.testing.assert_frame_equal(answers(loaded, made), answers(made.predictor, made), check_exact=True)
    assert loaded.evidence.comparisons[1].beside == {}
    assert loaded.end_score is not None
    assert loaded.end_score.level == 0.8


def test_a_predictor_of_one_outcome_comes_back_too(made: Made, tmp_path: Path) -> None:
    one = replace(made.predictor, end_score=None, end_score_instrument=None)
    predictors.save(one, tmp_path / "model")
    assert predictors.load(tmp_path / "model").end_score is None
    assert not list((tmp_path / "model").glob("end_score*"))
    pd.testing.assert_frame_equal(answers(predictors.load(tmp_path / "model"), made), answers(one, made))


def test_the_folder_holds_what_is_documented_and_no_pickle(folder: Path, made: Made) -> None:
    kind = "trees" if "xgboost" in made.study.candidates else "linear"
    assert {path.name for path in folder.iterdir()} == ALWAYS | FILES[kind]
    for path in folder.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind in "biuf" for name in arrays.files)
    for path in folder.glob("*.json"):
        json.loads(path.read_text(), parse_constant=pytest.fail)  # NaN and Infinity are no JSON


def test_the_same_predictor_is_written_in_the_same_bytes(folder: Path, predictor: Predictor, tmp_path: Path) -> None:
    predictors.save(predictor, tmp_path / "again")
    predictors.save(predictors.load(folder), tmp_path / "loaded")
    for path in folder.iterdir():
        content = path.read_bytes()
        if path.suffix == ".npz":  # a zip file holds the time of writing
            continue
        if path.name == MANIFEST:
            continue
        assert (tmp_path / "again" / path.name).read_bytes() == content
        assert (tmp_path / "loaded" / path.name).read_bytes() == content


def test_a_copied_folder_still_loads(folder: Path, made: Made, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "another place" / "model")
    shutil.rmtree(folder)
    copied = predictors.load(tmp_path / "another place" / "model")
    pd.testing.assert_frame_equal(answers(copied, made), answers(made.predictor, made), check_exact=True)


def test_any_byte_that_differs_is_refused_in_any_file(folder: Path) -> None:
    generator = np.random.default_rng(1)
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for place in generator.choice(len(content), 20).tolist():
            spoilt = bytearray(content)
            spoilt[place] ^= 1 << int(generator.integers(8))
            path.write_bytes(spoilt)
            with pytest.raises(ModelError, match=r"differs from its digest|damaged|missing|is of format"):
                predictors.load(folder)
        for changed in (content[:-1], content + b"\n", b""):
            path.write_bytes(changed)
            with pytest.raises(ModelError):
                predictors.load(folder)
        path.write_bytes(content)
    predictors.load(folder)  # restored


def test_every_byte_of_the_manifest_counts(linear_study: Made, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    predictors.save(linear_study.predictor, folder)
    content = (folder / MANIFEST).read_bytes()
    for place in range(len(content)):
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << (place % 8)
        (folder / MANIFEST).write_bytes(spoilt)
        with pytest.raises(ModelError):
            predictors.load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(ModelError, match=f"{path.name} is missing or cannot be read"):
            predictors.load(folder)
        path.write_bytes(content)


def test_a_missing_folder_and_a_folder_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such model folder"):
        predictors.load(tmp_path / "absent")
    with pytest.raises(ModelError, match=r"this is not a model: manifest\.json is missing"):
        predictors.load(tmp_path)


def test_another_version_of_the_format_is_told_apart_from_damage(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "format": 3}, indent=1, sort_keys=True) + "\n")
    with pytest.raises(ModelError, match="the model is of format 3; this version of therapport reads 2"):
        predictors.load(folder)


@pytest.mark.parametrize(
    "manifest",
    ["[]", "{}", '{"files": {}}', '{"files": [], "format": 2}', '{"files": {"../x": "0"}, "format": 2}', "null"],
)
def test_a_manifest_of_another_shape_is_refused(manifest: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps(json.loads(manifest), indent=1, sort_keys=True) + "\n")
    with pytest.raises(ModelError):
        predictors.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("predictor.json", lambda document: document.pop("landmark")),
        ("predictor.json", lambda document: document.update(landmark="session99")),
        ("codebook.json", lambda document: document.update(colour="green")),
        ("evidence.json", lambda document: document.pop("folds")),
        ("response.json", lambda document: document.pop("calibration")),
    ],
)
def test_a_folder_whose_digests_fit_but_whose_content_is_of_another_version_is_refused(
    folder: Path, name: str, change: Callable[[dict[str, Any]], object]
) -> None:
    document = json.loads((folder / name).read_text())
    change(document)
    (folder / name).write_text(json.dumps(document))
    sealed(folder)
    with pytest.raises(ModelError, match="another version of therapport"):
        predictors.load(folder)


def test_a_folder_that_exists_is_only_overwritten_when_asked(folder: Path, predictor: Predictor) -> None:
    with pytest.raises(OutputError, match="exists already"):
        predictors.save(predictor, folder)
    (folder / "old.txt").write_text("old")
    predictors.save(predictor, folder, overwrite=True)
    assert not (folder / "old.txt").exists()
    predictors.load(folder)
