"""What a figure that is too good rests on."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from tests.studies import Made
from training.findings import suspects


def test_single_factors_reach_what_scikit_learn_says(linear_study: Made) -> None:
    for target in linear_study.design.targets:
        found = suspects.strengths(target)
        for place, name in enumerate(target.task.factors):
            column = target.matrix[:, place]
            known = ~np.isnan(column)
            values, outcome = column[known], target.outcome[known]
            if target.task.codebook.factors[name].kind == "category":
                values = np.array([outcome[values == value].mean() for value in values])
            if target.kind == "binary":
                expected = roc_auc_score(outcome, values)
                expected = max(expected, 1 - expected)
            else:
                line = np.polyfit(values, outcome, 1)
                expected = r2_score(outcome, np.polyval(line, values))
            assert found[place] == pytest.approx(expected), name


def test_factors_are_taken_out_until_the_figure_is_believed(linear_study: Made) -> None:
    one = linear_study.evaluations[1]
    whole = one.comparison.candidates["elastic_net"].metrics["r2"].value
    strongest = np.argsort(-suspects.strengths(one.target))
    first = suspects.suspects(one, "elastic_net", "r2", whole - 0.001)
    assert first.factors == (one.target.task.factors[strongest[0]],)
    assert first.without < whole
    every = suspects.suspects(one, "elastic_net", "r2", -1.0)
    assert every.factors == tuple(one.target.task.factors[place] for place in strongest[:3])
    assert every.without < first.without
    text = suspects.in_words(every, "r2", "Elastic net")
    assert all(name in text for name in every.factors)
    assert f"would read {every.without:.2f}" in text


def test_without_its_only_factor_a_candidate_orders_nobody(compared: Made) -> None:
    one = compared.evaluations[0]
    place = one.target.task.factors.index("phq9_intake")
    matrix = np.full_like(one.target.matrix, np.nan)
    matrix[:, place] = one.target.matrix[:, place]
    alone = replace(one, target=replace(one.target, matrix=matrix))
    found = suspects.suspects(alone, "severity", "auc", 0.1)
    assert found.factors == ("phq9_intake",)
    assert found.without == 0.5
