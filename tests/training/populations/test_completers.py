"""Those who were lost: who they are, how they differ, and what they could have changed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss

from tests.training.conftest import Held, cohort, write
from therapport import features
from training import design as designs
from training import out_of_fold
from training import study as studies
from training.design import Design
from training.populations import completers, differences, lost


def designed(folder: Path, patients: pd.DataFrame, response: str = "reliable_improvement") -> Design:
    path = write(folder, patients)
    path.write_text(path.read_text().replace("reliable_improvement", response))
    return designs.read(studies.read(path))


def rows_of(held: Held) -> np.ndarray:
    return np.flatnonzero(held.cohort["phq9_end"].isna().to_numpy())


def test_the_lost_are_those_without_an_end(held: Held) -> None:
    for one in held.evaluations:
        np.testing.assert_array_equal(lost.rows(held.design, one.target), rows_of(held))
        found = one.comparison.completers
        assert found is not None
        assert found.lost == len(rows_of(held)) // 10 * 10
        assert found.share == round(len(rows_of(held)) / len(held.cohort), 2)


def test_whose_outcome_is_undefined_was_not_lost(tmp_path: Path) -> None:
    """Who began below the cut-off cannot recover, whether or not the end is known."""
    patients = cohort()
    patients.loc[:49, "phq9_intake"] = 5
    patients.loc[40:59, "phq9_end"] = np.nan
    design = designed(tmp_path, patients, "recovery")
    binary, score = design.targets
    ended = patients["phq9_end"].notna().to_numpy()
    began = (patients["phq9_intake"] >= 10).to_numpy()
    np.testing.assert_array_equal(lost.rows(design, binary), np.flatnonzero(~ended & began))
    np.testing.assert_array_equal(lost.rows(design, score), np.flatnonzero(~ended))


def test_fewer_than_ten_lost_are_not_described(tmp_path: Path, held: Held) -> None:
    patients = cohort()
    patients["phq9_end"] = patients["phq9_end"].fillna(10.0)
    for many, told in ((0, 0), (4, None)):
        patients.loc[: many - 1, "phq9_end"] = np.nan if many else patients["phq9_end"]
        design = designed(tmp_path, patients)
        found = completers.of(design, replace(held.score, target=design.targets[1]))
        assert found.lost == told
        assert not found.differences
        assert not found.bounds


def test_differences_are_in_standard_deviations(held: Held) -> None:
    found = held.binary.comparison.completers
    assert found is not None
    by_column = {one.column: one for one in found.differences}
    gone = held.cohort["phq9_end"].isna()
    severity = held.cohort["phq9_intake"]
    spread = np.sqrt((severity[gone].var(ddof=0) + severity[~gone].var(ddof=0)) / 2)
    expected = (severity[gone].mean() - severity[~gone].mean()) / spread
    assert by_column["phq9_intake"].standardised == round(expected, 2) > 0.3
    first = next(iter(held.design.study.codebook.factors["delivery_mode"].levels))
    guided = held.cohort["delivery_mode"] == first
    shares = [float(guided[gone].mean()), float(guided[~gone].mean())]
    by_hand = (shares[0] - shares[1]) / np.sqrt(sum(one * (1 - one) for one in shares) / 2)
    assert abs(by_column["delivery_mode"].standardised) == pytest.approx(abs(round(by_hand, 2)))
    sizes = [abs(one.standardised) for one in found.differences]
    assert sizes == sorted(sizes, reverse=True)
    # What is only known later says nothing of intake.
    assert "alliance" not in by_column
    assert {"gender", "age"} <= {*by_column}


def test_a_level_that_fewer_than_ten_have_is_hidden(held: Held) -> None:
    found = held.binary.comparison.completers
    assert found is not None
    assert found.hidden == 1
    assert "Gender: Other" not in [one.label for one in found.differences]


@pytest.mark.parametrize(("first", "second", "expected"), [([1, 1, 0, 0], [1, 0, 0, 0], 0.25 / np.sqrt(0.4375 / 2))])
def test_a_difference_by_hand(first: list[float], second: list[float], expected: float) -> None:
    # Shares of .5 and .25: variances .25 and .1875.
    assert differences.standardised(np.array(first), np.array(second)) == pytest.approx(expected)
    assert differences.standardised(np.ones(4), np.ones(3)) is None


def test_the_lost_are_predicted_by_models_that_had_not_met_their_group(held: Held) -> None:
    evaluated, rows = held.binary, rows_of(held)
    target, candidate = evaluated.target, evaluated.choice.chosen
    found = completers.with_lost(held.design, evaluated, rows)
    known = len(target.outcome)
    np.testing.assert_array_equal(found.prediction[:, :known], evaluated.predictions[candidate].prediction)
    therapist = held.cohort["therapist_id"].to_numpy()
    matrix = features.factor_matrix(held.design.cohort.table, held.design.study.codebook, held.design.study.factors)
    for number in np.unique(evaluated.fold[0]):
        learned = evaluated.fold[0] != number
        asked = rows[found.fold[0, known:] == number]
        assert not set(therapist[target.rows[learned]]) & set(therapist[asked])
        fitted = out_of_fold.fit(
            candidate, target.task.of(learned), target.matrix[learned], target.outcome[learned], target.cluster[learned]
        )
        own = found.prediction[0, known:][found.fold[0, known:] == number]
        np.testing.assert_allclose(own, fitted.predict(matrix[asked], target.task))


def test_a_group_in_which_everyone_was_lost_gets_a_fold() -> None:
    folds = completers._folds_of(np.array([7, 8, 9, 7]), np.array([1, 7, 1]), np.array([0, 1, 0]))
    assert folds.tolist() == [1, 0, 1, 1]


def test_bounds_are_the_figures_of_everyone_had_all_the_lost_ended_so(held: Held) -> None:
    evaluated, rows = held.binary, rows_of(held)
    found = evaluated.comparison.completers
    assert found is not None
    together = completers.with_lost(held.design, evaluated, rows)
    parts = [together.fold[0] == number for number in np.unique(together.fold[0])]
    known = evaluated.target.outcome
    for end, outcome in (("poor", 0.0), ("good", 1.0)):
        truth = np.concatenate([known, np.full(len(rows), outcome)])
        by_fold = [brier_score_loss(truth[part], together.prediction[0, part]) for part in parts]
        assert found.bounds[end]["brier"].value == pytest.approx(np.mean(by_fold))
        assert found.means[end] == round(truth.mean(), 2)
    assert set(found.bounds) == {"poor", "good"}
    chosen = evaluated.comparison.candidates[evaluated.choice.chosen].metrics
    assert found.completers["auc"].value == pytest.approx(chosen["auc"].value)


def test_ends_of_a_score_are_those_of_its_range_and_the_last_observation(held: Held) -> None:
    rows = rows_of(held)
    ends = lost.ends(held.design, "score", rows)
    assert set(ends["poor"]) == {27.0}
    assert set(ends["good"]) == {0.0}
    np.testing.assert_array_equal(ends["last"], held.cohort["phq9_intake"].to_numpy()[rows])
    found = held.score.comparison.completers
    assert found is not None
    assert found.means["good"] < found.means["completers"] < found.means["last"] < found.means["poor"]


def test_an_unfavourable_outcome_is_the_poor_end(tmp_path: Path) -> None:
    patients = cohort()
    design = designed(tmp_path, patients, "reliable_deterioration")
    ends = lost.ends(design, "binary", np.arange(3))
    assert (ends["poor"].tolist(), ends["good"].tolist()) == ([1, 1, 1], [0, 0, 0])


def test_completers_stand_for_those_like_them(held: Held) -> None:
    """Weights are the inverse probability of staying, and give the severe, who are lost more often, more to say."""
    rows = rows_of(held)
    target = held.binary.target
    weights, foreseen = completers.staying(held.design, target, rows)
    assert weights is not None
    assert foreseen is not None
    assert foreseen.value > 0.6
    severity = held.cohort["phq9_intake"].to_numpy()
    plain, weighted = severity[target.rows].mean(), np.average(severity[target.rows], weights=weights)
    everyone = severity.mean()
    assert plain < weighted
    assert abs(weighted - everyone) < 0.4 * abs(plain - everyone)
    found = held.binary.comparison.completers
    assert found is not None
    assert found.effective == pytest.approx(weights.sum() ** 2 / (weights @ weights) / len(weights), abs=0.006)
    assert found.means["weighted"] == round(float(np.average(target.outcome, weights=weights)), 2)
    predictions = held.binary.predictions[held.binary.choice.chosen]
    by_fold = [
        brier_score_loss(predictions.truth[part], predictions.prediction[0, part], sample_weight=weights[part])
        for part in (predictions.fold[0] == number for number in np.unique(predictions.fold[0]))
    ]
    assert found.weighted["brier"].value == pytest.approx(np.mean(by_fold))
