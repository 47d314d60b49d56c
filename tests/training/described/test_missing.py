"""What is missing, against pandas; figures of complete patients against scikit-learn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from tests import studies as material
from tests.studies import CANARY, Made
from therapport import simulator
from therapport.predictor.described import MissingReport
from training import design as designs
from training import study as studies
from training.described.missing import by_completeness, report


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    """More than a fifth of the patients lack something; one site never rates adherence."""
    made = simulator.simulate(patients=900, therapists=30, sites=10, missing=0.06, seed=5).cohort
    made.loc[made["site_id"] == made["site_id"].iloc[0], "adherence"] = np.nan
    return made


@pytest.fixture(scope="module")
def found(cohort: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> MissingReport:
    path = material.write(tmp_path_factory.mktemp("missing"), cohort)
    return report(designs.read(studies.read(path)))


def test_shares_are_those_of_pandas(found: MissingReport, cohort: pd.DataFrame) -> None:
    absent = cohort[list(found.factors)].isna()
    for name, one in found.factors.items():
        assert one.share == pytest.approx(absent[name].mean(), abs=6e-5)
    assert found.families["technique"].share == pytest.approx(
        absent[["adherence", "competence"]].mean().mean(), abs=6e-5
    )
    assert found.complete == round((~absent.any(axis=1)).mean(), 2)


def test_the_spread_over_groups_is_that_of_pandas(found: MissingReport, cohort: pd.DataFrame) -> None:
    for level, column in (("therapist", "therapist_id"), ("site", "site_id")):
        groups = cohort["adherence"].isna().groupby(cohort[column])
        shares = groups.mean()[groups.size() >= 20]
        expected = [round(float(shares.astype(float).quantile(share)), 2) for share in (0.25, 0.5, 0.75)]
        assert found.factors["adherence"].groups[level] == pytest.approx(expected)


def test_patterns_are_those_of_pandas_in_tens(found: MissingReport, cohort: pd.DataFrame) -> None:
    counts = cohort[list(found.factors)].isna().value_counts()
    frequent = counts[counts >= 10].iloc[:8].reset_index(name="patients")
    expected = {
        tuple(name for name in found.factors if row[name]): row["patients"] // 10 * 10
        for row in frequent.to_dict("records")
    }
    assert {one.missing: one.patients for one in found.patterns} == expected
    assert found.patterns[0].missing == ()
    assert len(found.patterns) > 2


def test_a_few_without_a_value_count_as_five(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    factors = list(report(designs.read(studies.read(material.write(tmp_path, canary_cohort)))).factors)
    filled = canary_cohort.assign(**{name: canary_cohort[name].ffill().bfill() for name in factors})
    filled.loc[:2, "alliance"] = np.nan
    found = report(designs.read(studies.read(material.write(tmp_path, filled))))
    assert found.factors["alliance"].share == pytest.approx(5 / len(filled), abs=6e-5)
    assert found.complete == round(1 - 5 / len(filled), 2)
    assert [one.missing for one in found.patterns] == [()]


def test_few_groups_have_no_spread_and_none_is_named(compared: Made) -> None:
    found = report(compared.design)
    assert all("site" not in one.groups for one in found.factors.values())  # four sites
    assert CANARY not in found.model_dump_json()


def test_figures_of_complete_patients_are_those_of_scikit_learn(compared: Made) -> None:
    evaluation = compared.evaluations[0]
    whole = np.isnan(evaluation.target.matrix).sum(axis=1) == 0
    predictions = evaluation.predictions[evaluation.choice.chosen]
    found = by_completeness(compared.design, evaluation)
    assert [one.complete for one in found] == [True, False]
    for one, members in zip(found, (whole, ~whole), strict=True):
        assert one.patients == members.sum() // 10 * 10
        parts = [members & (predictions.fold[0] == number) for number in np.unique(predictions.fold[0])]
        auc = [roc_auc_score(predictions.truth[part], predictions.prediction[0, part]) for part in parts]
        brier = [brier_score_loss(predictions.truth[part], predictions.prediction[0, part]) for part in parts]
        assert one.metrics["auc"].value == pytest.approx(np.mean(auc))
        assert one.metrics["brier"].value == pytest.approx(np.mean(brier))
        assert one.metrics["brier"].low is not None


def test_few_incomplete_patients_have_no_figures_and_nor_have_the_others(compared: Made) -> None:
    evaluation = compared.evaluations[0]
    matrix = np.nan_to_num(evaluation.target.matrix, nan=0.0)
    matrix[:20, 0] = np.nan
    few = replace(evaluation, target=replace(evaluation.target, matrix=matrix))
    assert by_completeness(compared.design, few) == ()
