"""The gap between random and grouped folds: large where the groups decide, none where there are none."""

from dataclasses import replace

import numpy as np
import pytest

from tests.models import material
from tests.studies import Made
from therapport import validation
from training import figures, out_of_fold
from training.design import Target
from training.gap import gap


def target(groups: np.ndarray, outcome: np.ndarray, matrix: np.ndarray) -> Target:
    return Target(material.task("score"), np.arange(len(outcome)), matrix, outcome, groups)


def test_random_folds_promise_more_where_groups_differ(linear_study: Made) -> None:
    generator = np.random.default_rng(1)
    groups = np.repeat(np.arange(30), 8)
    matrix = material.patients(240, seed=1, missing=0.0)
    # All of a group share a value that says who they are, and an outcome that has nothing to do with it.
    matrix[:, 0] = generator.normal(15, 4, 30)[groups]
    outcome = generator.normal(10, 5, 30)[groups] + generator.normal(0, 1, 240)
    made = target(groups, outcome, matrix)
    study = linear_study.study
    fold = validation.fold_numbers(groups, outcome, folds=3, repeats=1, seed=1, binary=False)
    grouped = out_of_fold.predictions(made, "xgboost", fold, done=lambda: None)
    found = gap(study, made, "xgboost", grouped)
    assert found is not None
    assert found.metric == "r2"
    assert found.grouped < 0.1
    assert found.random > 0.5
    assert gap(study, replace(made, cluster=np.arange(240)), "xgboost", grouped) is None


def test_a_constant_has_no_gap_in_its_order(compared: Made) -> None:
    evaluation = compared.evaluations[0]
    assert gap(compared.study, evaluation.target, "prevalence", evaluation.predictions["prevalence"]) is None


def test_the_gap_stands_below_the_table(linear_study: Made) -> None:
    comparison = linear_study.evaluations[0].comparison
    assert comparison.gap is not None
    (line,) = (one for one in figures.lines(comparison) if one.startswith("In plain random folds"))
    assert f"{comparison.gap.random:.3f} instead of {comparison.gap.grouped:.3f}" in line
    assert comparison.gap.grouped == pytest.approx(comparison.candidates["elastic_net"].metrics["auc"].value)
