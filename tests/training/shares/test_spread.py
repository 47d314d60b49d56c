"""How much factors vary, how reliable they are, and shares without error of measurement."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.studies import Made
from tests.training.shares import made_up
from therapport import simulator
from therapport.codebook import Landmark
from therapport.explanation import shapley
from training import design as designs
from training import study as studies
from training.design import Design
from training.shares import alpha, attenuation, spread
from training.shares.results import FactorSpread, FamilySpread


def with_reliability(design: Design, name: str, value: float | None) -> Design:
    codebook = design.study.codebook
    factors = {**codebook.factors, name: codebook.factors[name].model_copy(update={"reliability": value})}
    study = dataclasses.replace(design.study, codebook=codebook.model_copy(update={"factors": factors}))
    return dataclasses.replace(design, study=study)


def of(design: Design, name: str, *, alphas: dict[str, float] | None = None) -> FactorSpread:
    found = spread.spread(design, design.targets[-1], alphas or {})
    return next(one for family in found.values() for one in family.factors if one.factor == name)


def test_reliability_comes_from_the_codebook_then_the_instrument_then_the_sessions(linear_study: Made) -> None:
    design = with_reliability(linear_study.design, "competence", None)
    assert of(design, "competence").reliability_source == "not known"
    assert of(design, "competence", alphas={"competence": 0.7}).reliability == 0.7
    stated = of(with_reliability(design, "competence", 0.6), "competence", alphas={"competence": 0.7})
    assert (stated.reliability, stated.reliability_source) == (0.6, "codebook")
    published = of(with_reliability(design, "phq9_intake", None), "phq9_intake")
    assert published.reliability == 0.86
    assert published.reliability_source.startswith("PHQ-9, internal consistency")


def test_a_factor_that_everybody_has_in_the_same_measure_varies_little(linear_study: Made) -> None:
    design = linear_study.design
    target = design.targets[-1]
    matrix, place = target.matrix.copy(), design.study.factors.index("adherence")
    matrix[:, place] = 1.0
    matrix[:40, place] = 0.5
    same = dataclasses.replace(design, targets=(dataclasses.replace(target, matrix=matrix),))
    assert of(same, "adherence").narrow
    assert of(same, "adherence").at_mode == pytest.approx(1 - 40 / len(matrix))
    assert not of(design, "phq9_intake").narrow


def test_the_range_counts_for_scales_and_not_for_what_is_counted(linear_study: Made) -> None:
    design = linear_study.design
    assert design.study.codebook.factors["episode_months"].unit == "months"
    months = of(design, "episode_months")
    assert months.of_range is not None
    assert months.of_range < spread.LITTLE
    assert not months.narrow
    target = design.targets[-1]
    matrix, place = target.matrix.copy(), design.study.factors.index("adherence")
    matrix[:, place] = 0.5 + 0.02 * np.linspace(-1, 1, len(matrix))
    kept = dataclasses.replace(design, targets=(dataclasses.replace(target, matrix=matrix),))
    assert of(kept, "adherence").narrow


def test_shares_that_would_tell_of_fewer_than_ten_people_are_not_told(linear_study: Made) -> None:
    design = linear_study.design
    target = design.targets[-1]
    matrix, place = target.matrix.copy(), design.study.factors.index("adherence")
    matrix[:, place] = 1.0
    matrix[:3, place] = 0.5
    same = dataclasses.replace(design, targets=(dataclasses.replace(target, matrix=matrix),))
    assert of(same, "adherence").at_mode == 1
    assert of(same, "adherence").at_end == 1


def test_alpha_is_cronbachs() -> None:
    # Columns with variances 2.5 and 2.5 and covariance 2.25: total 9.5, alpha = 2 (1 - 5 / 9.5) = .947...
    first = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    second = np.array([1.0, 2.0, 4.0, 3.0, 5.0])
    assert alpha.alpha(np.column_stack([first, second])) == pytest.approx(2 * (1 - 5 / 9.5))
    # Spearman and Brown: two sessions of alpha .8 come from a single one of .8 / (2 - .8)
    assert alpha.single(0.8, 2) == pytest.approx(0.8 / 1.2)


def test_sessions_up_to_the_landmark_say_how_reliable_a_repeated_measure_is(tmp_path: Path) -> None:
    made = simulator.simulate(patients=300, therapists=30, seed=4)
    simulator.write(made, tmp_path)
    design = designs.read(studies.read(tmp_path / "study-sessions.toml", landmark=Landmark.SESSION_3))
    found = alpha.of_cohort(design)
    assert found
    assert all(0 < value < 1 for value in found.values())
    plain = designs.read(studies.read(tmp_path / "study.toml"))
    assert alpha.of_cohort(plain) == {}


def spreads(reliability: list[float | None]) -> dict[str, FamilySpread]:
    return {
        made_up.NAMES[place]: FamilySpread(
            factors=(FactorSpread(factor=f"f{place}", label="", missing=0, reliability=value),)
        )
        for place, value in enumerate(reliability)
    }


def test_shares_without_error_are_those_of_the_true_values() -> None:
    generator = np.random.default_rng(6)
    true = generator.standard_normal((20_000, 2))
    true[:, 1] = 0.6 * true[:, 0] + 0.8 * true[:, 1]
    outcome = 0.5 * true[:, 0] + 0.4 * true[:, 1] + generator.standard_normal(20_000)
    seen = true + generator.standard_normal(true.shape) * np.sqrt([1 / 0.7 - 1, 1 / 0.9 - 1])
    found = attenuation.corrected(made_up.material(seen, [0, 1], outcome), spreads([0.7, 0.9]), seed=1)
    assert found is not None
    correlation = np.array([[1, 0.6], [0.6, 1]])
    along = correlation @ [0.5, 0.4]
    total = 1 + along @ [0.5, 0.4]
    values = np.array([0, along[0] ** 2, along[1] ** 2, along @ np.linalg.solve(correlation, along)]) / total
    shares = values @ shapley.weights(2)
    assert [one.value for one in found.without_error.values()] == pytest.approx(shares, abs=0.015)
    assert found.as_measured["patient"].value < found.without_error["patient"].value


def test_reliabilities_that_the_correlations_rule_out_give_no_corrected_shares() -> None:
    generator = np.random.default_rng(6)
    matrix = generator.standard_normal((500, 2))
    matrix[:, 1] = matrix[:, 0] + 0.3 * matrix[:, 1]
    material = made_up.material(matrix, [0, 1], matrix.sum(axis=1))
    assert attenuation.corrected(material, spreads([0.5, 0.5]), seed=1) is None
    assert attenuation.corrected(material, spreads([None, None]), seed=1) is None
