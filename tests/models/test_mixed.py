"""Random intercepts against statsmodels, against the equations that a solution must fulfil, and against the truth."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.special import expit

from tests.models import material
from therapport import features
from therapport.models import CANDIDATES, LinearScore, mixed
from therapport.models.mixed import MixedFit


def grouped(patients: int, *, therapists: int, sites: int, seed: int, spread: tuple[float, float] = (1.0, 1.5)):  # type: ignore[no-untyped-def]  # noqa: ANN201
    generator = np.random.default_rng(seed)
    therapist = generator.integers(therapists, size=patients)
    site = therapist % sites
    inputs = generator.normal(size=(patients, 2))
    effects = spread[0] * generator.normal(size=therapists)[therapist] + spread[1] * generator.normal(size=sites)[site]
    return inputs, therapist, site, 2 + inputs @ [1.0, -0.5] + effects


def fitted(*arguments: object, binary: bool) -> MixedFit:
    found = mixed.fit(*arguments, binary=binary)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_therapists_within_sites_are_those_of_statsmodels() -> None:
    inputs, therapist, site, expected = grouped(400, therapists=24, sites=6, seed=1)
    outcome = expected + 2 * np.random.default_rng(2).normal(size=400)
    table = pd.DataFrame({"y": outcome, "a": inputs[:, 0], "b": inputs[:, 1], "site": site, "therapist": therapist})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formula = {"therapist": "0 + C(therapist)"}
        theirs = smf.mixedlm("y ~ a + b", table, groups="site", re_formula="1", vc_formula=formula).fit(reml=True)
    ours = fitted(inputs, outcome, [therapist, site], binary=False)
    np.testing.assert_allclose([ours.intercept, *ours.coefficients], theirs.fe_params, atol=2e-3)
    components = ours.components
    assert components.residual == pytest.approx(theirs.scale**0.5, rel=2e-3)
    assert (components.ratios[0] * components.residual) ** 2 == pytest.approx(theirs.vcomp[0], rel=0.02)
    assert (components.ratios[1] * components.residual) ** 2 == pytest.approx(theirs.cov_re.iloc[0, 0], rel=0.02)


def test_the_order_of_the_levels_does_not_matter() -> None:
    inputs, therapist, site, outcome = grouped(200, therapists=20, sites=4, seed=3)
    there = fitted(inputs, outcome + inputs[:, 0] ** 2, [therapist, site], binary=False)
    back = fitted(inputs, outcome + inputs[:, 0] ** 2, [site, therapist], binary=False)
    np.testing.assert_allclose(there.coefficients, back.coefficients, atol=1e-3)
    np.testing.assert_allclose(there.components.effects[0], back.components.effects[1], atol=1e-2)


def test_a_response_fulfils_the_equations_of_penalised_quasi_likelihood() -> None:
    """At the solution fixed effects have no gradient left, and each group's is balanced by its penalty."""
    inputs, therapist, _, expected = grouped(600, therapists=30, sites=5, seed=4)
    outcome = (np.random.default_rng(5).random(600) < expit(expected - 2)).astype(float)
    found = fitted(inputs, outcome, [therapist], binary=True)
    (effects,), ratio = found.components.effects, found.components.ratios[0]
    left = outcome - expit(found.intercept + inputs @ found.coefficients + effects[therapist])
    np.testing.assert_allclose(left @ np.column_stack([np.ones(600), inputs]), 0, atol=1e-3)
    np.testing.assert_allclose(np.bincount(therapist, weights=left), effects / ratio**2, atol=1e-3)


def test_fixed_effects_of_a_response_are_near_the_truth_and_steeper_than_without_groups() -> None:
    inputs, therapist, site, expected = grouped(6000, therapists=120, sites=8, seed=6)
    outcome = (np.random.default_rng(7).random(6000) < expit(expected - 2)).astype(float)
    found = fitted(inputs, outcome, [therapist, site], binary=True)
    plain = sm.GLM(outcome, sm.add_constant(inputs), family=sm.families.Binomial()).fit().params[1:]
    np.testing.assert_allclose(found.coefficients, [1, -0.5], atol=0.1)
    assert (np.abs(found.coefficients) > np.abs(plain)).all()


@pytest.mark.parametrize("binary", [True, False])
def test_without_usable_groups_it_is_a_plain_regression(binary: bool) -> None:
    inputs, *_, expected = grouped(300, therapists=10, sites=2, seed=8)
    outcome = (expected > 2).astype(float) if not binary else np.random.default_rng(9).integers(0, 2, 300).astype(float)
    family = sm.families.Binomial() if binary else sm.families.Gaussian()
    plain = sm.GLM(outcome, sm.add_constant(inputs), family=family).fit().params
    for groups in ([], [np.zeros(300, int)], [np.arange(300)], [np.full(300, -1)]):
        found = fitted(inputs, outcome, groups, binary=binary)
        np.testing.assert_allclose([found.intercept, *found.coefficients], plain, atol=1e-4)


def test_patients_without_a_known_therapist_form_a_group_of_their_own() -> None:
    """They may be unlike the others; without an intercept of their own that would move everybody else's."""
    inputs, therapist, _, outcome = grouped(300, therapists=12, sites=3, seed=10)
    lost = np.where(therapist == 0, -1, therapist)
    found, same = (fitted(inputs, outcome, [codes], binary=False) for codes in (lost, therapist))
    np.testing.assert_allclose(found.coefficients, same.coefficients)
    assert len(found.components.effects[0]) == 12


@pytest.mark.parametrize("binary", [True, False])
def test_what_no_model_can_separate_or_tell_apart_does_not_stop_a_study(binary: bool) -> None:
    generator = np.random.default_rng(12)
    inputs = generator.normal(size=(40, 60))
    inputs[:, 1] = inputs[:, 0]
    outcome = (inputs[:, 0] > 0).astype(float)
    found = mixed.fit(inputs, outcome, [np.arange(40) % 8], binary=binary)
    assert found is None or np.isfinite(found.coefficients).all()


@pytest.mark.parametrize("kind", ["binary", "score"])
def test_the_score_is_linear_and_knows_no_group(kind: str) -> None:
    seen, new = material.patients(300, seed=13), material.patients(50, seed=14)
    groups = (np.arange(300) % 15, np.arange(300) % 3)
    task = replace(material.task(kind), groups=groups)  # type: ignore[arg-type]
    outcome = material.outcome(kind, seen, seed=15)  # type: ignore[arg-type]
    score = CANDIDATES["mixed"].fit(task, seen, outcome, {})
    assert isinstance(score, LinearScore)
    encoding = features.fit(seen, task.codebook, task.factors, impute=True)
    by_hand = mixed.fit(encoding.apply(seen), outcome, groups, binary=kind == "binary")
    assert by_hand is not None
    np.testing.assert_allclose(score.of(new), by_hand.intercept + encoding.apply(new) @ by_hand.coefficients)


def test_groups_that_belong_to_other_patients_are_refused() -> None:
    seen = material.patients(100, seed=16)
    task = replace(material.task("score"), groups=(np.arange(120) % 5,))
    with pytest.raises(ValueError, match="groups"):
        CANDIDATES["mixed"].fit(task, seen, material.outcome("score", seen, seed=17), {})
