"""Conformal intervals: by hand, against their definition, and by what they hold in patients whom nobody has met."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from therapport import conformal, simulator

FACTORS = ["phq9_intake", "episode_months", "alliance", "homework_completion"]


def test_where_every_patient_is_alone_it_is_the_usual_conformal_quantile() -> None:
    # Nine patients at 80 %: the ceil(10 x .8) = 8th smallest error.
    errors = np.array([[5.0, 1, 9, 3, 7, 2, 8, 4, 6]])
    assert conformal.half_width(errors, np.arange(9), level=0.8) == 8


def test_groups_count_alike_by_hand() -> None:
    # Four groups have 1/5 each. Group 0 has errors 1, 2, 3, 4 (1/20 each), the others one each: 5, 6, 7.
    # 60 % is reached at 6 (4/20 + 1/5 + 1/5), 65 % only at 7.
    errors = np.array([[1.0, 2, 3, 4, 5, 6, 7]])
    cluster = np.array([0, 0, 0, 0, 1, 2, 3])
    assert conformal.half_width(errors, cluster, level=0.6) == 6
    assert conformal.half_width(errors, cluster, level=0.65) == 7
    assert conformal.half_width(errors, cluster, level=0.15) == 3


def test_too_few_groups_bear_out_no_interval() -> None:
    errors = np.arange(300.0)[np.newaxis]
    assert math.isinf(conformal.half_width(errors, np.arange(300) % 3, level=0.8))
    assert conformal.half_width(errors, np.arange(300) % 4, level=0.8) == 299


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=1, max_size=25),
    st.integers(1, 3),
    st.floats(0.05, 0.95),
)
def test_it_is_the_smallest_error_that_gathers_enough_mass(
    patients: list[tuple[int, int]], repeats: int, level: float
) -> None:
    cluster, first = (np.array(column) for column in zip(*patients, strict=True))
    errors = np.stack([first + repeat for repeat in range(repeats)]).astype(float)
    groups = np.unique(cluster)

    def mass(points: float) -> float:
        return sum(float((errors[:, cluster == group] <= points).mean()) for group in groups) / (len(groups) + 1)

    enough = [points for points in np.unique(errors) if mass(points) >= level - 1e-9]
    assert conformal.half_width(errors, cluster, level=level) == (min(enough) if enough else math.inf)


@pytest.mark.parametrize(("level", "shape"), [(0.0, 4), (1.0, 4), (80.0, 4), (0.8, 5)])
def test_what_does_not_fit_is_refused(level: float, shape: int) -> None:
    with pytest.raises(ValueError, match=r"level|errors"):
        conformal.half_width(np.ones((1, 4)), np.zeros(shape, int), level=level)


def test_nobody_is_held_against_an_error_of_their_own_group() -> None:
    """One group is hopelessly wrong: a width would hold it only if its own errors had a say."""
    cluster = np.repeat(np.arange(10), 5)
    errors = np.where(cluster == 9, 100.0, 1.0)[np.newaxis]
    fold = (cluster % 5)[np.newaxis]
    held = conformal.covered(errors, cluster, fold, level=0.7)
    assert (held[0] == (cluster != 9)).all()


def test_a_patient_of_a_new_group_is_held_as_often_as_stated_however_alike_groups_are() -> None:
    """Patients of a group err in the same direction, large groups more than small ones: 2,000 studies of 20 groups."""
    generator = np.random.default_rng(1)
    held, pooled = [], []
    for _ in range(2000):
        sizes = generator.integers(2, 40, size=21)
        cluster = np.repeat(np.arange(21), sizes)
        centre = generator.normal(size=21) * np.where(sizes > 20, 0.5, 2.0)
        errors = np.abs(centre[cluster] + generator.normal(size=len(cluster)))
        new = generator.integers(21)
        seen = cluster != new
        width = conformal.half_width(errors[np.newaxis, seen], cluster[seen], level=0.8)
        patient = np.flatnonzero(~seen)[0]
        held.append(errors[patient] <= width)
        pooled.append(errors[patient] <= np.quantile(errors[seen], 0.8))
    # Between the level and level + 1 / (K + 1), with two and a half standard errors of 2,000 studies.
    assert 0.8 - 0.022 <= np.mean(held) <= 0.8 + 1 / 21 + 0.022, np.mean(held)
    # The quantile of all patients' errors, in which large groups outvote small ones, does not keep its word here.
    assert np.mean(pooled) < 0.8 - 0.022, np.mean(pooled)


def test_fresh_cohorts_of_new_therapists_are_held_as_often_as_stated() -> None:
    """Forty studies of 500 patients and 25 therapists, each held against 500 patients of 100 others."""
    shares = []
    for seed in range(40):
        seen = simulator.simulate(patients=500, therapists=25, sites=5, missing=0.0, seed=seed).cohort
        new = simulator.simulate(patients=500, therapists=100, sites=5, missing=0.0, seed=1000 + seed).cohort
        cluster = np.unique(seen["therapist_id"], return_inverse=True)[1]
        model, truth = LinearRegression(), seen["phq9_end"].to_numpy()
        inputs = seen[FACTORS].to_numpy()
        predicted = cross_val_predict(model, inputs, truth, groups=cluster, cv=GroupKFold(5))
        width = conformal.half_width(np.abs(predicted - truth)[np.newaxis], cluster, level=0.8)
        missed = np.abs(model.fit(inputs, truth).predict(new[FACTORS].to_numpy()) - new["phq9_end"].to_numpy())
        shares.append(float((missed <= width).mean()))
    # 25 therapists round the level up to .8 x 26 / 25 = .832.
    assert 0.8 <= np.mean(shares) <= 0.86, np.mean(shares)
