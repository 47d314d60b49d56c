from typing import Any

import numpy as np
import pandas as pd
import pytest

from therapport import simulator
from therapport.errors import DesignError
from therapport.simulator import measures, missingness
from therapport.simulator.simulation import Simulated


@pytest.fixture(scope="module")
def large() -> Simulated:
    return simulator.simulate(patients=50_000, therapists=5_000, sites=8, seed=1)


@pytest.fixture(scope="module")
def default() -> Simulated:
    return simulator.simulate()


@pytest.fixture(scope="module")
def before(large: Simulated) -> pd.Series:
    return large.cohort["phq9_intake"].astype(float)


@pytest.fixture(scope="module")
def after(large: Simulated) -> pd.Series:
    return large.cohort["phq9_end"].astype(float)


def test_a_cohort_has_the_size_that_was_asked_for(default: Simulated) -> None:
    cohort = default.cohort
    assert len(cohort) == len(default.latent) == 4000
    assert cohort["patient_id"].is_unique
    assert cohort["therapist_id"].nunique() == 80
    assert set(cohort["site_id"]) == {f"site{number}" for number in range(1, 9)}
    assert list(cohort["patient_id"][:2]) == ["S000001", "S000002"]
    assert set(cohort["therapist_id"]) == {f"T{number:02d}" for number in range(1, 81)}


def test_its_columns_are_those_of_the_codebook(default: Simulated) -> None:
    assert set(default.cohort.columns) == measures.shipped_codebook().columns()
    assert list(default.cohort.columns[:3]) == ["patient_id", "therapist_id", "site_id"]
    assert list(default.cohort.columns[-3:]) == ["phq9_end", "sessions_attended", "start_date"]


def test_a_therapist_works_at_one_site_and_is_the_same_for_all_patients(default: Simulated) -> None:
    of_therapist = default.cohort.assign(ther=default.latent["ther"]).groupby("therapist_id")
    for column in ("site_id", "ther", "therapist_skill"):
        assert (of_therapist[column].min() == of_therapist[column].max()).all(), column
    assert default.latent["ther"].nunique() == 80
    assert default.latent["y"].is_unique


def test_every_value_has_the_type_and_the_range_of_the_codebook(large: Simulated) -> None:
    described = measures.shipped_codebook()
    for name, factor in described.factors.items():
        values = large.cohort[name]
        if factor.kind == "category":
            assert values.dtype == "str"
            assert set(values) == set(factor.levels)
            continue
        assert values.dtype == ("Int64" if factor.kind == "integer" else "float64"), name
        assert factor.range is not None
        assert values.dropna().between(*factor.range).all(), name
        assert values.nunique() > 8, name
    assert large.cohort["phq9_end"].dtype == "Int64"
    assert large.cohort["phq9_end"].between(0, 27).all()


def test_everybody_is_at_caseness_at_intake(large: Simulated) -> None:
    assert large.cohort["phq9_intake"].min() == 10


def test_severity_before_and_after_is_as_expected_at_caseness(before: pd.Series, after: pd.Series) -> None:
    assert before.mean() == pytest.approx(16.8, abs=0.1)
    assert after.mean() == pytest.approx(10.3, abs=0.1)
    assert before.corr(after) == pytest.approx(0.37, abs=0.02)


def test_base_rates_are_as_expected(before: pd.Series, after: pd.Series) -> None:
    improved, below = before - after >= 6, after < 10
    assert improved.mean() == pytest.approx(0.57, abs=0.03)
    assert below.mean() == pytest.approx(0.46, abs=0.03)
    assert (improved & below).mean() == pytest.approx(0.39, abs=0.03)
    assert (after <= before / 2).mean() == pytest.approx(0.40, abs=0.03)


def test_severity_changes_sign_with_the_definition_of_response(before: pd.Series, after: pd.Series) -> None:
    assert before.corr((before - after >= 6).astype(float)) == pytest.approx(0.26, abs=0.05)
    assert before.corr((after < 10).astype(float)) == pytest.approx(-0.30, abs=0.05)
    assert before.corr((after <= before / 2).astype(float)) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("column", "direction"),
    [
        ("episode_months", 1),
        ("deprivation_decile", -1),
        ("alliance", -1),
        ("competence", -1),
        ("expectancy", -1),
        ("therapist_skill", -1),
        ("observed_resistance", 1),
        ("homework_completion", -1),
    ],
)
def test_recorded_factors_go_with_the_outcome_in_the_direction_of_the_literature(
    large: Simulated, after: pd.Series, column: str, direction: int
) -> None:
    assert large.cohort[column].astype(float).corr(after) * direction > 0.03


def test_recorded_values_are_those_of_the_latent_ones(default: Simulated) -> None:
    for column, measurement in measures.MEASUREMENTS.items():
        latent = default.latent[measurement.latent]
        direction = -1 if column == "deprivation_decile" else 1
        rank_correlation = default.cohort[column].astype(float).corr(direction * latent, method="spearman")
        assert rank_correlation > 0.97, column


def test_the_share_that_is_missing_is_the_one_asked_for() -> None:
    cohort = simulator.simulate(missing=0.2).cohort
    share = cohort.isna().mean()
    for name in missingness.CAN_BE_MISSING:
        assert share[name] == pytest.approx(0.2, abs=0.03)  # 5 standard errors at n = 4,000
    assert not share.drop(list(missingness.CAN_BE_MISSING)).any()


def test_nothing_is_missing_when_it_is_switched_off_and_all_else_stays(default: Simulated) -> None:
    complete = simulator.simulate(missing=0)
    assert not complete.cohort.isna().any(axis=None)
    seen = default.cohort.notna()
    assert ((default.cohort == complete.cohort) | ~seen).all(axis=None)
    pd.testing.assert_frame_equal(default.latent, complete.latent)


def test_the_same_seed_gives_the_same_cohort_and_another_seed_another(default: Simulated) -> None:
    pd.testing.assert_frame_equal(simulator.simulate().cohort, default.cohort)
    pd.testing.assert_frame_equal(simulator.simulate().latent, default.latent)
    assert not np.array_equal(simulator.simulate(seed=2).latent["y"], default.latent["y"])


def test_a_cohort_of_one_patient_can_be_had() -> None:
    assert len(simulator.simulate(patients=1, therapists=1, sites=1).cohort) == 1


def test_impossible_designs_are_refused_with_every_reason_at_once() -> None:
    with pytest.raises(DesignError) as refused:
        simulator.simulate(patients=5, therapists=8, sites=9, seed=-1, missing=1.0)
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "patients",
        "therapists",
        "seed",
        "missing",
    ]


@pytest.mark.parametrize(
    "design",
    [
        {"patients": 0, "therapists": 0, "sites": 0},
        {"sites": 0},
        {"patients": 79},
        {"therapists": 7},
        {"seed": -1},
        {"missing": -0.1},
        {"missing": 1},
        {"missing": float("nan")},
    ],
)
def test_each_impossible_parameter_is_refused(design: dict[str, Any]) -> None:
    with pytest.raises(DesignError):
        simulator.simulate(**design)
