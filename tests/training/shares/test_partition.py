"""Shares out of sample: laws of the game, brute force, and nothing learned from whom is predicted."""

import itertools

import numpy as np
import pytest

from tests.studies import Made
from tests.training.shares import made_up
from therapport.models import Kind
from training.shares import coalitions, partition, worth
from training.shares.coalitions import Model
from training.shares.material import Material
from training.shares.material import material as as_material
from training.shares.results import Partition


def parted(material: Material, model: Model = "linear") -> Partition:
    widened = partition.widening(material, draws=50, seed=1)
    measure = worth.measures(binary=material.binary)[0]
    return partition.partition(coalitions.predict(material, model), measure, widened=widened, draws=200, seed=1)


@pytest.mark.parametrize(("model", "kind"), [("linear", "score"), ("linear", "binary"), ("xgboost", "binary")])
def test_shares_add_up_to_what_all_families_explain_together(kind: Kind, model: Model) -> None:
    found = parted(made_up.linear(patients=100, kind=kind, repeats=1), model)
    total = sum(one.share.value for one in found.families.values())
    assert total == pytest.approx(found.total.value, abs=1e-12)
    for one in found.families.values():
        assert one.unique.value + one.shared.value == pytest.approx(one.share.value, abs=1e-12)


def test_a_share_is_what_the_family_adds_averaged_over_all_orders() -> None:
    material = made_up.linear()
    found = parted(material)
    values = worth.worth(coalitions.predict(material, "linear"), "r2").value
    orders = list(itertools.permutations(range(3)))
    for family, one in enumerate(found.families.values()):
        added = []
        for order in orders:
            before = sum(1 << other for other in order[: order.index(family)])
            added.append(values[before | 1 << family] - values[before])
        assert one.share.value == pytest.approx(np.mean(added))
        assert one.unique.value == pytest.approx(values[7] - values[7 ^ (1 << family)])
        assert one.alone.value == pytest.approx(values[1 << family])


def test_the_overlap_of_two_families_is_their_common_variance() -> None:
    generator = np.random.default_rng(2)
    matrix = generator.standard_normal((500, 2))
    matrix[:, 1] += 1.5 * matrix[:, 0]
    material = made_up.material(matrix, [0, 1], matrix.sum(axis=1) + generator.standard_normal(500))
    found = parted(material)
    values = worth.worth(coalitions.predict(material, "linear"), "r2").value
    (overlap,) = found.overlaps
    # Commonality: r2 of the first + r2 of the second - r2 of both.
    assert overlap.overlap.value == pytest.approx(values[1] + values[2] - values[3])
    assert overlap.overlap.low is not None
    assert overlap.overlap.low > 0


def test_families_that_say_the_same_have_nothing_unique() -> None:
    generator = np.random.default_rng(5)
    first = generator.standard_normal(600)
    matrix = np.column_stack([first, first])
    found = parted(made_up.material(matrix, [0, 1], first + generator.standard_normal(600)))
    for one in found.families.values():
        assert one.unique.value == pytest.approx(0, abs=0.002)
        assert one.share.value == pytest.approx(found.total.value / 2, abs=0.002)


def test_a_family_that_tells_nothing_cannot_be_told_from_zero_and_one_that_tells_much_can() -> None:
    found = parted(made_up.linear(patients=600))
    assert found.families["patient"].beyond_zero
    assert not found.families["technique"].beyond_zero


@pytest.mark.parametrize("model", ["linear", "xgboost"])
def test_nobody_is_predicted_from_an_outcome_of_their_own_fold(model: Model) -> None:
    material = made_up.linear(patients=60, repeats=1)
    before = coalitions.predict(material, model).prediction
    tested = material.fold[0] == 0
    outcome = np.where(tested, 1000.0, material.target.outcome)
    object.__setattr__(material.target, "outcome", outcome)
    after = coalitions.predict(material, model).prediction
    assert (after[0, tested] == before[0, tested]).all()
    assert (after[0, ~tested] != before[0, ~tested]).any()


def test_nobody_is_predicted_from_values_of_others_in_their_fold() -> None:
    """Medians, scales and missing indicators are learned in the training part."""
    material = made_up.linear(patients=120)
    before = coalitions.predict(material, "linear").prediction
    tested = np.flatnonzero(material.fold[0] == 0)
    material.target.matrix[tested[1:]] = 50.0
    material.target.matrix[tested[2:], 0] = np.nan
    after = coalitions.predict(material, "linear").prediction
    assert (after[0, tested[0]] == before[0, tested[0]]).all()


def test_the_folds_are_those_of_compare(linear_study: Made) -> None:
    for evaluation in linear_study.evaluations:
        material = as_material(linear_study.study, evaluation.target)
        assert (material.fold == evaluation.fold).all()
        assert material.families == tuple(linear_study.study.codebook.families_of(linear_study.study.factors))


def test_refitting_never_narrows_an_interval() -> None:
    widened = partition.widening(made_up.linear(patients=200), draws=50, seed=1)
    assert (widened >= 1).all()
    assert widened.max() > 1.02


def test_models_that_are_not_refitted_are_widened_by_the_correction_for_shared_patients() -> None:
    material = made_up.linear(patients=60, repeats=1)
    # 4 folds, 1 repeat: 1 + 4/3
    assert partition.resampled(material) == pytest.approx((1 + 4 / 3) ** 0.5)
    assert parted(material, "xgboost").widened >= partition.resampled(material)


def test_two_models_that_draws_do_not_define_have_no_interval() -> None:
    undefined = partition.figure(0.2, np.array([0.1, np.nan, 0.3]), 1.0, 10)
    assert (undefined.value, undefined.low, undefined.high) == (0.2, None, None)


def test_an_interval_is_wider_with_few_groups() -> None:
    # SD of .1, .2, .3 is .1; t of 9 degrees of freedom 2.262, of 999 1.962; widened twofold
    drawn = np.array([0.1, 0.2, 0.3])
    few, many = (partition.figure(0.2, drawn, 2.0, groups).high for groups in (10, 1000))
    assert few == pytest.approx(0.2 + 2 * 2.2622 * 0.1 * (10 / 9) ** 0.5, abs=1e-4)
    assert many == pytest.approx(0.2 + 2 * 1.9623 * 0.1 * (1000 / 999) ** 0.5, abs=1e-4)
