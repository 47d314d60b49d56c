"""All candidates on the same folds, the choice between them, and what is said about it."""

from pathlib import Path

import pandas as pd
import pytest

from tests import studies as material
from tests.studies import Made
from therapport import instruments
from therapport.outcome import Outcome, Response
from therapport.performance import (
    BINARY_METRICS,
    SCORE_METRICS,
    Choice,
    Estimate,
    bootstrap_weights,
    corrected_difference,
)
from therapport.performance import paired_difference as difference_of
from training import evaluation
from training import figures as figures_as_read
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


def test_a_baseline_that_is_only_compared_with_and_not_beaten_is_named() -> None:
    choice = Choice("xgboost", "xgboost", {"xgboost": Estimate(0.0)})
    assert evaluation.verdict(choice, RESPONSE, ["severity", "elastic_net"]) == (
        "For predicting reliable improvement, the study offers boosted trees alone to be kept. "
        "It is not shown to do better than severity alone, which the study does not offer to be kept."
    )


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
        assert evaluation.steps(compared.study) == 5 * 3 * 1


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


def test_every_candidate_stands_beside_every_baseline_with_both_intervals(compared: Made) -> None:
    for one, loss in zip(compared.evaluations, ("brier", "squared_error"), strict=True):
        assert set(one.comparison.beside) == set(one.predictions)
        for name, baselines in one.comparison.beside.items():
            assert list(baselines) == ["prevalence", "severity", "elastic_net", "mixed"]
            for base, found in baselines.items():
                expected = corrected_difference(one.predictions[name], one.predictions[base], loss=loss)  # type: ignore[arg-type]
                assert found.value == pytest.approx(expected.value)
                assert (found.corrected_low, found.corrected_high) == (expected.low, expected.high)
        itself = one.comparison.beside["severity"]["severity"]
        assert (itself.value, itself.low, itself.corrected_high, itself.p_value) == (0, 0, 0, 1)


def test_the_decision_curve_is_that_of_the_poor_outcome(compared: Made) -> None:
    response, score = (one.comparison for one in compared.evaluations)
    assert score.decision == ()
    no_response = 1 - compared.evaluations[0].target.outcome.mean()
    for point in response.decision:
        odds = point.threshold / (1 - point.threshold)
        assert set(point.candidates) == set(response.candidates)
        # Within folds, whose shares differ a little from that of the whole cohort.
        assert point.everyone.value == pytest.approx(no_response - (1 - no_response) * odds, abs=0.01 * (1 + odds))


def test_the_interval_is_held_against_subgroups_and_left_out_sites(compared: Made) -> None:
    response, score = (one.comparison for one in compared.evaluations)
    assert response.interval is None
    assert score.interval is not None
    assert (score.interval.level, score.interval.groups) == (0.8, 20)
    by = [one.by for one in score.interval.coverage]
    assert by[:4] == ["everyone", "phq9_intake", "phq9_intake", "phq9_intake"]
    assert by[-1] == "left-out site"
    everyone, *thirds = score.interval.coverage[:4]
    assert sum(one.patients for one in thirds) <= everyone.patients
    for one in score.interval.coverage:
        assert one.patients % 10 == 0
        assert one.low is not None
        assert one.high is not None
        assert 0.5 < one.low <= one.share <= one.high <= 1


def test_what_stands_below_the_tables(compared: Made) -> None:
    response, score = (list(figures_as_read.lines(one.comparison)) for one in compared.evaluations)
    assert len(response) >= 3
    *beside, gap = response
    assert all("Nadeau and Bengio" in line for line in beside)
    assert gap.startswith("In plain random folds its AUC would read")
    assert "to hold 80% of patients of new therapists" in score[-1]
    assert "at a left-out site" in score[-1]


def test_the_same_study_gives_the_same_figures(compared: Made, tmp_path: Path, canary_cohort: pd.DataFrame) -> None:
    path = material.write(tmp_path, canary_cohort, candidates='["prevalence", "severity"]')
    again = material.carry_out(path)
    for first, second in zip(compared.evaluations, again.evaluations, strict=True):
        for name in ("prevalence", "severity"):
            assert first.comparison.candidates[name] == second.comparison.candidates[name]
