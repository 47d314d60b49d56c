"""All candidates on the same folds, the choice between them, and what is said about it."""

from pathlib import Path

import pandas as pd
import pytest

from tests import studies as material
from tests.studies import Made
from therapport import instruments
from therapport.outcome import Outcome, Response
from therapport.performance import BINARY_METRICS, SCORE_METRICS, Choice, Estimate, bootstrap_weights
from therapport.performance import paired_difference as difference_of
from training import evaluation
from training.evaluation import Evaluation

RESPONSE = Outcome(Response.RELIABLE_IMPROVEMENT, instruments.instrument("phq9"), 10, 6)


@pytest.mark.parametrize(
    ("chosen", "best", "sentence"),
    [
        (
            "prevalence",
            "xgboost",
            "For predicting reliable improvement, nothing beats the prevalence: "
            "no candidate does better than the same answer for everyone.",
        ),
        (
            "severity",
            "severity",
            "For predicting reliable improvement, nothing beats severity alone: "
            "the other factors add nothing that can be told from chance.",
        ),
        (
            "xgboost",
            "xgboost",
            "For predicting reliable improvement, boosted trees did best, "
            "and no simpler candidate came close enough to be preferred.",
        ),
        (
            "elastic_net",
            "xgboost",
            "For predicting reliable improvement, boosted trees had the lowest error, but elastic net, "
            "which is simpler, cannot be told from it and is preferred.",
        ),
    ],
)
def test_the_choice_in_plain_words(chosen: str, best: str, sentence: str) -> None:
    assert evaluation.verdict(Choice(chosen, best, {}), RESPONSE) == sentence


def test_the_choice_for_an_end_score_speaks_of_the_end_score() -> None:
    verdict = evaluation.verdict(Choice("severity", "xgboost", {"severity": Estimate(0.0)}), None)
    assert verdict.startswith("For predicting the end score, nothing beats severity alone")


def test_all_candidates_are_tested_in_the_same_folds(compared: Made) -> None:
    for one in compared.evaluations:
        assert list(one.predictions) == list(compared.study.candidates)
        for predictions in one.predictions.values():
            assert (predictions.fold == one.fold).all()
        assert one.fold.shape == (1, len(one.target.rows))
        assert one.straddling == 0
        assert evaluation.steps(compared.study) == 4 * 3 * 1


def figures(one: Evaluation) -> dict[str, set[str]]:
    return {name: set(result.metrics) for name, result in one.comparison.candidates.items()}


def test_every_candidate_that_tells_patients_apart_has_every_figure(compared: Made) -> None:
    binary, score = (figures(one) for one in compared.evaluations)
    for name in ("severity", "elastic_net", "xgboost"):
        assert binary[name] >= set(BINARY_METRICS)
        assert score[name] >= set(SCORE_METRICS)
    assert binary["prevalence"] >= {"brier", "log_loss"}
    assert "auc" not in binary["prevalence"]  # nothing to rank


def test_differences_are_paired_with_the_best(compared: Made) -> None:
    one = compared.evaluations[0]
    weights = bootstrap_weights(one.target.cluster, draws=100, seed=1)
    best = one.comparison.best
    for name, difference in one.comparison.differences.items():
        expected = difference_of(one.predictions[name], one.predictions[best], weights, loss="brier")
        assert difference.value == pytest.approx(expected.value)
        assert difference.value >= 0
    brier = {name: result.metrics["brier"].value for name, result in one.comparison.candidates.items()}
    assert min(brier, key=lambda name: brier[name]) == best
    assert one.comparison.differences["prevalence"].value == pytest.approx(brier["prevalence"] - brier[best])


def test_the_same_study_gives_the_same_figures(compared: Made, tmp_path: Path, canary_cohort: pd.DataFrame) -> None:
    path = material.write(tmp_path, canary_cohort, candidates='["prevalence", "severity"]')
    again = material.carry_out(path)
    for first, second in zip(compared.evaluations, again.evaluations, strict=True):
        for name in ("prevalence", "severity"):
            assert first.comparison.candidates[name] == second.comparison.candidates[name]
