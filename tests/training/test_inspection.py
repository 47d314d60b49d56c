"""What `check` reports of a cohort before anything is fitted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies
from training import check, inspection
from training import design as designs
from training import study as read_study
from training.inspection import Inspection


def inspected(folder: Path, cohort: pd.DataFrame, **settings: object) -> Inspection:
    path = studies.write(folder, cohort, **settings)
    return inspection.inspect(designs.read(read_study.read(path)))


def test_patients_groups_and_outcomes_are_counted(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    found = inspected(tmp_path, canary_cohort)
    assert found.patients == 397
    sizes = canary_cohort["therapist_id"].value_counts()
    assert found.groups[0] == ("therapist", 20, sizes.median())
    improved = (canary_cohort["phq9_intake"] - canary_cohort["phq9_end"] >= 6).mean()
    assert f"{improved:.0%} of 397 patients" in found.outcomes[0]
    assert f"mean {canary_cohort['phq9_end'].mean():.1f}" in found.outcomes[1]


def test_the_factors_come_by_family_with_median_quartiles_and_levels(
    canary_cohort: pd.DataFrame, tmp_path: Path
) -> None:
    rows = {row.label: row for row in inspected(tmp_path, canary_cohort).factors}
    low, middle, high = canary_cohort["phq9_intake"].quantile([0.25, 0.5, 0.75])
    assert rows["PHQ-9 at intake"].summary == f"{middle:.3g} ({low:.3g} to {high:.3g})"
    assert "Guided e-health" in rows["Mode of delivery"].summary
    families = list(dict.fromkeys(row.family for row in rows.values()))
    assert families == ["Patient", "Alliance", "Technique", "Social influence", "Active role", "Delivery"]


def test_what_is_missing_more_in_one_outcome_is_said(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    cohort = canary_cohort.copy()
    improved = (cohort["phq9_intake"] - cohort["phq9_end"] >= 6).to_numpy()
    cohort["expectancy"] = np.where(improved & (np.arange(397) % 2 == 0), np.nan, 12.0)
    cohort.loc[np.flatnonzero(~improved)[:20], "expectancy"] = np.nan
    found = inspected(tmp_path, cohort)
    row = next(one for one in found.factors if one.label.startswith("Expectancy"))
    assert row.missing_by_outcome == pytest.approx(
        (cohort["expectancy"][improved].isna().mean(), cohort["expectancy"][~improved].isna().mean())
    )
    assert any(concern.startswith("Expectancy") and "missing in" in concern for concern in found.concerns)


def test_few_missing_values_are_not_told_apart_by_outcome(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    cohort = canary_cohort.copy()
    cohort["expectancy"] = [*[np.nan] * 4, *[12.0] * 393]
    row = next(one for one in inspected(tmp_path, cohort).factors if one.label.startswith("Expectancy"))
    assert row.missing_by_outcome is None


def test_few_groups_and_rare_levels_are_said(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    cohort = canary_cohort.copy()
    cohort["delivery_mode"] = ["unguided"] * 5 + ["guided"] * 392
    concerns = inspected(tmp_path, cohort, group="site").concerns
    assert any(concern.startswith("Only 4 sites") for concern in concerns)
    assert any("fewer than 10 patients in Unguided e-health" in concern for concern in concerns)


def test_the_page_needs_no_other_file_and_shows_no_patient(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    page = check.page([inspected(tmp_path, canary_cohort)])
    assert "http" not in page
    assert "src=" not in page
    assert "Simulated: nobody in this cohort exists" in page
    assert studies.CANARY not in page
    for value in studies.CANARY_VALUES.values():
        assert str(value) not in page
    for family in ("Patient", "Alliance", "Technique", "Social influence", "Active role", "Delivery"):
        assert page.count(f">{family}<") == 1
