"""Table 1 against pandas and hand arithmetic."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies as material
from tests.studies import PATIENTS, Made
from therapport.predictor.described import CohortTable
from training import design as designs
from training import study as studies
from training.described.table_one import table_one


def made(folder: Path, cohort: pd.DataFrame, **settings: object) -> CohortTable:
    return table_one(designs.read(studies.read(material.write(folder, cohort, **settings))))


def responded(cohort: pd.DataFrame) -> pd.Series:
    """Yes, no, or not known: PHQ-9 falls by 6 points or more."""
    change = cohort["phq9_intake"] - cohort["phq9_end"]
    return change.ge(6).map({True: "with", False: "without"}).where(change.notna(), "unknown")


@pytest.fixture
def cohort(canary_cohort: pd.DataFrame) -> pd.DataFrame:
    """Fifty patients whose outcome is not known, and forty without an alliance score."""
    lost = canary_cohort["phq9_end"].mask(canary_cohort.index % 8 == 3)
    return canary_cohort.assign(phq9_end=lost, alliance=canary_cohort["alliance"].mask(canary_cohort.index % 3 == 0))


def test_counts_are_those_of_pandas(cohort: pd.DataFrame, tmp_path: Path) -> None:
    found = made(tmp_path, cohort)
    outcome = responded(cohort)
    assert [one.key for one in found.columns] == ["all", "with", "without", "unknown"]
    sizes = {"all": len(cohort), **outcome.value_counts().to_dict()}
    assert {one.key: one.patients for one in found.columns} == sizes
    described = {one.name: one for one in found.factors}
    mode = pd.crosstab(cohort["delivery_mode"], outcome, margins=True)[["All", "with", "without", "unknown"]]
    for level, row in mode.drop("All").iterrows():
        assert described["delivery_mode"].counts[str(level)] == tuple(row)
    rated = cohort["alliance"].isna().map({True: "missing", False: "known"})
    absent = pd.crosstab(rated, outcome, margins=True)[["All", "with", "without", "unknown"]]
    for part in ("missing", "known"):
        assert described["alliance"].counts[part] == tuple(absent.loc[part])


def test_numbers_are_those_of_pandas_to_four_digits(cohort: pd.DataFrame, tmp_path: Path) -> None:
    found = made(tmp_path, cohort)
    columns = [one.key for one in found.columns]
    groups = cohort.groupby(responded(cohort))["reactance"]
    values = next(one for one in found.factors if one.name == "reactance").values
    for key, value in zip(columns, values, strict=True):
        own = cohort["reactance"] if key == "all" else groups.get_group(key)
        assert value is not None
        expected = [own.mean(), own.std(), own.median(), own.quantile(0.25), own.quantile(0.75)]
        assert list(value.model_dump().values()) == [float(f"{one:.4g}") for one in expected]


def test_differences_are_those_of_the_textbook(cohort: pd.DataFrame, tmp_path: Path) -> None:
    differences = {one.name: one.difference for one in made(tmp_path, cohort).factors}
    outcome = responded(cohort)
    one, other = (cohort.loc[outcome == key, "reactance"] for key in ("with", "without"))
    expected = abs(one.mean() - other.mean()) / np.sqrt((one.var() + other.var()) / 2)
    assert differences["reactance"] == pytest.approx(expected, abs=0.005)
    # Of two levels, Yang and Dalton's is the difference of shares in pooled binomial deviations (Austin 2009).
    guided = [(cohort.loc[outcome == key, "delivery_mode"] == "guided").mean() for key in ("with", "without")]
    spread = np.sqrt(sum(share * (1 - share) for share in guided) / 2)
    assert differences["delivery_mode"] == pytest.approx(abs(guided[0] - guided[1]) / spread, abs=0.005)


def test_a_few_unknown_are_in_no_column(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    lost = canary_cohort["phq9_end"].fillna(9).mask(canary_cohort.index < 4)
    found = made(tmp_path, canary_cohort.assign(phq9_end=lost))
    assert [one.key for one in found.columns] == ["all", "with", "without"]
    everyone, reached, others = (one.patients for one in found.columns)
    assert everyone == PATIENTS - 4 == reached + others


def test_a_few_missing_in_one_outcome_are_withheld_in_all(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    reached = canary_cohort["phq9_intake"] - canary_cohort["phq9_end"] >= 6
    few, many = canary_cohort.index[reached][:3], canary_cohort.index[~reached][:30]
    alliance = canary_cohort["alliance"].fillna(3.0)
    alliance[[*few, *many]] = np.nan
    found = made(tmp_path, canary_cohort.assign(alliance=alliance))
    (one,) = (one for one in found.factors if one.name == "alliance")
    assert one.counts == {"known": (PATIENTS - 33, None, None), "missing": (33, None, None)}
    assert all(value is not None for value in one.values)


def test_means_are_withheld_where_few_of_an_outcome_have_a_value(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    reached = canary_cohort["phq9_intake"] - canary_cohort["phq9_end"] >= 6
    alliance = canary_cohort["alliance"].fillna(3.0)
    alliance[canary_cohort.index[reached][12:]] = np.nan
    (one,) = (one for one in made(tmp_path, canary_cohort.assign(alliance=alliance)).factors if one.name == "alliance")
    # Twelve values would do for a count, and not for a mean; everyone's less the others' would tell it.
    assert one.values[0] is not None
    assert one.values[1:] == (None, None)
    assert one.difference is None


def test_an_end_score_alone_has_those_whose_score_is_not_known_beside_the_others(
    cohort: pd.DataFrame, tmp_path: Path
) -> None:
    path = material.write(tmp_path, cohort)
    path.write_text(path.read_text().replace('response = "reliable_improvement"\n', ""))
    found = table_one(designs.read(studies.read(path)))
    assert [one.key for one in found.columns] == ["all", "known", "unknown"]
    assert found.columns[2].patients == cohort["phq9_end"].isna().sum()


def test_too_few_with_an_outcome_have_no_column(compared: Made) -> None:
    target = compared.design.targets[0]
    rare = replace(target, outcome=np.r_[np.ones(12), np.zeros(len(target.outcome) - 12)])
    found = table_one(replace(compared.design, targets=(rare,)))
    assert [one.key for one in found.columns] == ["all"]
    assert all(one.difference is None for one in found.factors)


def test_every_factor_stands_there_once_by_family(compared: Made) -> None:
    names = [one.name for one in table_one(compared.design).factors]
    families = compared.study.codebook.families_of(compared.study.factors)
    assert names == [name for members in families.values() for name in members]
