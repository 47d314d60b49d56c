"""Patients whose outcome is not known cannot be counted by subtraction: in random cohorts, and in all that is told."""

import itertools
import json
import re
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from serving import report
from tests import studies as material
from tests.studies import PATIENTS
from therapport import predictor
from training import check, compare, results
from training import design as designs
from training import study as studies
from training.described.few import too_few

LOST, UNDEFINED = 4, 3
"""Patients without an end, and patients who began below the cut-off: these cannot recover, but have an end score."""


@pytest.mark.parametrize("seed", range(200))
def test_of_two_groups_that_are_told_one_within_the_other_none_differ_by_one_to_nine(seed: int) -> None:
    generator = np.random.default_rng(seed)
    number = int(generator.integers(60, 150))
    known = [generator.random(number) < generator.choice([0.6, 0.9, 0.97, 1.0]) for _ in range(2)]
    apart = generator.random(number) < generator.choice([0.0, 0.05, 0.3])
    few = too_few(known, apart)
    told = [np.ones(number, dtype=bool), *known, *(~one & ~apart for one in known), *(~one for one in known)]
    for larger, smaller in itertools.permutations([one & ~few for one in told], 2):
        if not (smaller & ~larger).any():
            assert (larger & ~smaller).sum() not in range(1, 10)
    assert not (few & known[0] & known[1]).any()


def test_ten_are_told_and_nine_are_not() -> None:
    known = np.ones(60, dtype=bool)
    known[:10] = False
    nobody = np.zeros(60, dtype=bool)
    assert not too_few([known], nobody).any()
    known[9] = True
    assert too_few([known], nobody).sum() == 9


@pytest.fixture(scope="module")
def told(canary_cohort: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything that is written of a cohort with a few unknown outcomes: name -> text."""
    folder = tmp_path_factory.mktemp("few")
    cohort = canary_cohort.assign(phq9_end=canary_cohort["phq9_end"].fillna(9))
    places = np.random.default_rng(1).permutation(PATIENTS)
    cohort.loc[places[:LOST], "phq9_end"] = np.nan
    cohort.loc[places[LOST : LOST + UNDEFINED], "phq9_intake"] = 8
    path = material.write(folder, cohort)
    path.write_text(path.read_text().replace("reliable_improvement", "recovery"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        check.run(path, report=folder / "check.html")
        compare.run(path, save=folder / "model")
        (folder / "report.html").write_text(report.render(predictor.load(folder / "model")))
        done = CliRunner().invoke(results.results, [str(path), "-o", str(folder / "results.md")])
        assert done.exit_code == 0, done.output
    ends = (".html", ".md", ".json")
    texts = {str(file): file.read_text() for file in folder.rglob("*") if file.suffix in ends and file.is_file()}
    with sqlite3.connect(folder / "mlruns" / "mlflow.db") as database:
        for table in ("params", "metrics", "tags", "experiment_tags", "model_versions", "model_version_tags"):
            texts[table] = "\n".join(map(str, database.execute(f"SELECT * FROM {table}").fetchall()))  # noqa: S608
    return texts


def test_no_number_of_patients_is_told_that_counts_the_few(told: dict[str, str]) -> None:
    complete = PATIENTS - LOST - UNDEFINED
    few = {complete + LOST, complete + UNDEFINED, PATIENTS}
    assert any("card" in name for name in told)
    assert any("comparison.html" in name for name in told)
    for name, text in told.items():
        # Whole numbers by themselves: not digits of a figure, a digest or a drawing.
        numbers = {int(one.replace(",", "")) for one in re.findall(r"(?<![\w.#−-])\d[\d,]*(?![\w.]*\d|\w)", text)}
        assert not numbers & few, (name, numbers & few)
    for page in ("report.html", "results.md", "check.html"):
        (text,) = (text for name, text in told.items() if name.endswith(page))
        assert f"{complete}" in text


def test_counts_of_parts_add_up_to_those_who_are_told(told: dict[str, str]) -> None:
    (text,) = (text for name, text in told.items() if name.endswith("model/evidence.json"))
    evidence, complete = json.loads(text), PATIENTS - LOST - UNDEFINED
    assert {evidence["cohort"]["patients"], evidence["cohort"]["with_outcome"]} == {complete}
    assert set(evidence["cohort"]["known"].values()) == {complete}
    everyone, *outcomes = (one["patients"] for one in evidence["table_one"]["columns"])
    assert everyone == sum(outcomes) == complete
    for comparison in evidence["comparisons"]:
        assert sum(point["patients"] for point in comparison["curve"]) == complete
        assert comparison["completers"]["lost"] is None
    assert evidence["cohort"]["events"] == pytest.approx(evidence["cohort"]["base_rate"] * complete, abs=0.05)


def test_the_few_are_told_of_without_a_number(told: dict[str, str]) -> None:
    (text,) = (text for name, text in told.items() if name.endswith("report.html"))
    assert "fewer than 10 of a kind, are left out of everything" in text


def test_ten_patients_are_counted_as_before(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    cohort = canary_cohort.assign(phq9_end=canary_cohort["phq9_end"].fillna(9))
    cohort.loc[:11, "phq9_end"] = np.nan
    design = designs.read(studies.read(material.write(tmp_path, cohort)))
    assert len(design.cohort.table) == PATIENTS
    assert [len(target.rows) for target in design.targets] == [PATIENTS - 12] * 2
    assert not design.few_left_out
