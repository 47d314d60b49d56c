"""Nothing in a predictor's folder is a patient's: no id, no extreme, no row, no list with an entry for each."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from tests.studies import CANARY, CANARY_VALUES, PATIENTS, REFERENCE, Made
from therapport import predictor as predictors


@pytest.fixture
def folder(made: Made, tmp_path: Path) -> Path:
    predictors.save(made.predictor, tmp_path / "model")
    return tmp_path / "model"


def parts(document: object) -> Iterator[Any]:
    """The document and everything in it, keys included."""
    yield document
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from parts(value)
    elif isinstance(document, list):
        for value in document:
            yield from parts(value)


def documents(folder: Path) -> Iterator[Any]:
    """Every file of the folder, unpacked into plain lists, numbers and text."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            yield json.loads(path.read_text())
        elif path.suffix == ".npz":
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
                yield {name: arrays[name].tolist() for name in arrays.files}
        else:
            assert path.suffix == ".ubj"
            yield json.loads(bytes(xgboost.Booster(model_file=path).save_raw("json")))


def test_no_id_of_a_patient_therapist_or_site_is_in_any_file(folder: Path) -> None:
    for path in folder.iterdir():
        assert CANARY.encode() not in path.read_bytes()
    for document in documents(folder):
        assert not [part for part in parts(document) if isinstance(part, str) and CANARY in part]


def test_the_extremes_of_a_patient_are_in_no_file(folder: Path) -> None:
    for document in documents(folder):
        found = {float(part) for part in parts(document) if isinstance(part, int | float)}
        for value in CANARY_VALUES.values():
            assert not [number for number in found if abs(number - value) < 1e-6]


def test_no_list_has_an_entry_for_each_patient(folder: Path, made: Made) -> None:
    lengths = {len(part) for document in documents(folder) for part in parts(document) if isinstance(part, list)}
    known = {len(target.rows) for target in made.design.targets}
    assert not lengths & {PATIENTS, REFERENCE, *known}


def test_no_row_of_the_cohort_is_in_any_file(folder: Path, made: Made) -> None:
    factors = made.design.cohort.table[["phq9_intake", "reactance", "alliance", "expectancy"]].dropna()
    rows = {tuple(row) for row in factors.to_numpy().tolist()}
    for document in documents(folder):
        for part in parts(document):
            if isinstance(part, list) and len(part) >= 4 and all(isinstance(value, int | float) for value in part):
                windows = zip(part, part[1:], part[2:], part[3:], strict=False)
                assert not rows & {tuple(map(float, window)) for window in windows}


def test_counts_under_ten_are_left_out_of_the_evidence(made: Made) -> None:
    evidence = made.predictor.evidence
    assert evidence.cohort.patients == PATIENTS
    lost = evidence.cohort.patients - evidence.cohort.with_outcome
    assert lost == 0 or lost >= 10
    for comparison in evidence.comparisons:
        assert all(point.patients >= 10 for point in comparison.curve)
