"""What families do together: found where it is, not found where families only overlap."""

import numpy as np
import pytest

from tests.training.shares import made_up
from therapport.models.trees import read_ensemble
from therapport.predictor.evidence import Figure
from training.shares import boosted, coalitions, interplay
from training.shares.coalitions import Model
from training.shares.material import Material
from training.shares.results import Together


def pair(material: Material, model: Model, one: str, other: str) -> Together:
    found = interplay.together(coalitions.predict(material, model), draws=100, seed=1)
    return next(each for each in found if {each.one, each.other} == {one, other})


def acting_together(patients: int = 1200, *, binary: bool = False) -> Material:
    """Technique helps only where alliance is high; each by itself explains little."""
    generator = np.random.default_rng(7)
    matrix = generator.standard_normal((patients, 3))
    score = matrix[:, 0] + 0.8 * matrix[:, 1] * matrix[:, 2] + generator.standard_normal(patients)
    outcome = (score > 0).astype(np.float64) if binary else score
    return made_up.material(matrix, [0, 1, 2], outcome, kind="binary" if binary else "score")


@pytest.mark.parametrize(("model", "binary"), [("linear", False), ("linear", True), ("xgboost", False)])
def test_a_pair_that_acts_together_is_found_and_no_other(model: Model, binary: bool) -> None:
    patients = 1200 if model == "linear" else 500
    material = acting_together(patients, binary=binary)
    found = interplay.together(coalitions.predict(material, model), draws=100, seed=1)
    assert [(one.one, one.other) for one in found if one.found] == [("alliance", "technique")]


@pytest.mark.parametrize("model", ["linear", "xgboost"])
def test_families_that_overlap_do_not_act_together(model: Model) -> None:
    generator = np.random.default_rng(8)
    matrix = generator.standard_normal((300, 2))
    matrix[:, 1] += matrix[:, 0]
    material = made_up.material(matrix, [0, 1], matrix.sum(axis=1) + generator.standard_normal(300), repeats=1)
    assert not pair(material, model, "patient", "alliance").found


def test_alliance_and_technique_are_tested_by_themselves_and_the_others_by_holm() -> None:
    found = interplay.together(coalitions.predict(acting_together(400), "linear"), draws=100, seed=1)
    (stated,) = (one for one in found if one.prestated)
    assert {stated.one, stated.other} == {"alliance", "technique"}
    assert stated.adjusted == stated.p_value
    others = sorted(one.p_value for one in found if not one.prestated)
    adjusted = sorted(one.adjusted for one in found if not one.prestated)
    # Holm: twice the smaller one, then the larger of that and the larger one.
    assert adjusted == pytest.approx([min(1, 2 * others[0]), min(1, max(2 * others[0], others[1]))])


def test_over_several_outcomes_and_models_p_values_are_corrected_for_all_of_them() -> None:
    def test(p_value: float, *, prestated: bool) -> Together:
        own = {"one": "alliance", "other": "technique"} if prestated else {"one": "patient", "other": "technique"}
        gain = Figure(value=0.01)
        return Together(**own, gain=gain, p_value=p_value, adjusted=p_value, prestated=prestated)

    tests = [
        (test(0.024, prestated=True), test(0.01, prestated=False)),
        (test(0.4, prestated=True), test(0.02, prestated=False)),
        (test(0.001, prestated=True), test(0.9, prestated=False)),
    ]
    found = [[one.adjusted for one in own] for own in interplay.corrected(tests)]
    # Holm by hand: the smallest of three times 3, the next times 2, the last as it is, never below the one before.
    assert found == [[pytest.approx(0.048), pytest.approx(0.03)], [0.4, pytest.approx(0.04)], [0.003, 0.9]]


def test_no_tree_lets_families_meet_that_are_kept_apart() -> None:
    material = acting_together(300)
    groups = [np.array([0]), np.array([1]), np.array([2])]
    matrix, outcome = material.target.matrix, material.target.outcome
    binned = boosted.binned(matrix, outcome)
    apart = boosted.fit_binned(binned, float(outcome.mean()), binary=False, groups=groups)
    free = boosted.fit(matrix, outcome, binary=False)
    met = []
    for booster in (apart, free):
        _, trees = read_ensemble(booster)
        met.append(max(len(set(tree.column[tree.column >= 0].tolist())) for tree in trees))
    assert met[0] == 1
    assert met[1] > 1


def test_products_are_cleared_of_what_the_sum_explains() -> None:
    material = made_up.linear(patients=200)
    part = next(material.parts())
    inputs = material.inputs(part, impute=True)
    products = interplay._products(inputs, 0, 1, np.ones(len(part.seen)))
    assert products.seen.shape == (len(part.seen), 2)
    assert np.abs(inputs.seen.T @ products.seen).max() < 1e-8 * len(part.seen)
