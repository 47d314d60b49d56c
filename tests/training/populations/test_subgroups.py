"""Figures of subgroups: out of fold, nothing of fewer than ten people, and no more said than many comparisons allow."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss
from statsmodels.stats.multitest import multipletests

from tests.training.conftest import Held, cohort, write
from therapport.errors import ConfigurationError
from therapport.performance import bootstrap_weights, share
from therapport.predictor.populations import Subgroups
from training import design as designs
from training import study as studies
from training.populations import subgroups, table


def shown(found: Subgroups | None) -> dict[tuple[str, str], dict[str, float]]:
    assert found is not None
    return {(one.column, one.level): {name: own.value for name, own in one.figures.items()} for one in found.shown}


def test_every_attribute_and_factor_with_levels_is_looked_at_unless_columns_are_named(held: Held) -> None:
    found = held.binary.comparison.subgroups
    assert found is not None
    assert {one.column for one in found.shown} == {"gender", "age", "delivery_mode"}
    assert found.audit_only == ("gender", "age")
    assert [level for column, level in shown(found) if column == "age"] == [
        "under 30 years",
        "30 to 49 years",
        "50 years or more",
        "not known",
    ]


def test_a_subgroup_has_the_figures_of_its_own_patients(held: Held) -> None:
    evaluated = held.binary
    predictions = evaluated.predictions[evaluated.choice.chosen]
    women = (held.cohort["gender"] == "w").to_numpy()[evaluated.target.rows]
    truth, probability = predictions.truth[women], predictions.prediction[0, women]
    found = evaluated.comparison.subgroups
    own = shown(found)["gender", "Woman"]
    assert own["brier"] == pytest.approx(brier_score_loss(truth, probability))
    weights = bootstrap_weights(evaluated.target.cluster, draws=100, seed=1)
    losses = (predictions.truth - predictions.prediction[0]) ** 2
    expected = share(losses, women, weights, evaluated.target.cluster)
    assert found is not None
    [one] = [one for one in found.shown if one.level == "Woman"]
    assert (one.figures["brier"].low, one.figures["brier"].high) == pytest.approx((expected.low, expected.high))
    assert one.patients == women.sum() // 10 * 10
    assert (one.observed, one.predicted) == (round(truth.mean(), 2), round(probability.mean(), 2))


def test_what_holds_of_the_end_score_is_in_points(held: Held) -> None:
    evaluated = held.score
    predictions = evaluated.predictions[evaluated.choice.chosen]
    men = (held.cohort["gender"] == "m").to_numpy()[evaluated.target.rows]
    missed = predictions.truth[men] - predictions.prediction[0, men]
    own = shown(evaluated.comparison.subgroups)["gender", "Man"]
    assert own["mae"] == pytest.approx(np.abs(missed).mean())
    assert own["calibration_intercept"] == pytest.approx(missed.mean())


def test_fewer_than_ten_are_suppressed(held: Held) -> None:
    """Three patients of another gender are in no file, and cannot be found by subtraction."""
    for one in held.evaluations:
        found = one.comparison.subgroups
        assert found is not None
        assert ("gender", "Other") not in shown(found)
        assert found.suppressed == 1
        assert all(own.patients % 10 == 0 for own in found.shown)


@pytest.mark.parametrize(("with_outcome", "without", "told"), [(10, 10, True), (9, 30, False), (30, 9, False)])
def test_ten_with_and_ten_without_the_outcome_are_asked_for(with_outcome: int, without: int, told: bool) -> None:
    outcome = np.repeat([1.0, 0.0], [with_outcome, without])
    assert subgroups.can_be_shown(outcome, binary=True) is told
    assert subgroups.can_be_shown(outcome, binary=False)


def test_the_others_are_those_of_the_same_column(held: Held) -> None:
    evaluated, found = held.score, held.score.comparison.subgroups
    assert found is not None
    predictions = evaluated.predictions[evaluated.choice.chosen]
    missed = np.abs(predictions.truth - predictions.prediction[0])
    ages = held.cohort["age"].to_numpy()[evaluated.target.rows]
    [young] = [one for one in found.shown if one.level == "under 30 years"]
    assert young.contrasts["mae"].value == pytest.approx(missed[ages < 30].mean() - missed[ages >= 30].mean())


def test_the_second_of_two_levels_is_no_further_comparison(held: Held) -> None:
    found = held.score.comparison.subgroups
    assert found is not None
    first, second = (one for one in found.shown if one.column == "delivery_mode")
    assert second.contrasts["mae"].value == pytest.approx(-first.contrasts["mae"].value)
    assert first.contrasts["mae"].adjusted is not None
    assert second.contrasts["mae"].adjusted is None


def test_comparisons_are_corrected_together(held: Held) -> None:
    found = held.score.comparison.subgroups
    assert found is not None
    counted = [one.contrasts["mae"] for one in found.shown if one.contrasts["mae"].adjusted is not None]
    assert len(counted) == 7
    expected = multipletests([one.p_value for one in counted], method="holm")[1]
    assert [one.adjusted for one in counted] == pytest.approx(expected.tolist())


def test_holm_is_that_of_statsmodels() -> None:
    p_values = np.random.default_rng(2).uniform(0, 0.2, 9)
    found = subgroups.holm(dict(enumerate(p_values.tolist())))
    expected = multipletests(p_values, method="holm")[1]
    assert [found[place] for place in range(9)] == pytest.approx(expected.tolist())


def test_columns_and_cuts_of_the_study_go_before_those_of_the_codebook(tmp_path: Path) -> None:
    path = write(tmp_path, cohort())
    path.write_text(
        path.read_text()
        + '\n[subgroups]\ncolumns = ["age", "phq9_intake"]\ncuts = { age = [65], phq9_intake = [15] }\n'
    )
    study = studies.read(path)
    assert table.chosen(study.table.subgroups, study.codebook, study.factors) == ("age", "phq9_intake")
    assert table.cuts(study.table.subgroups, study.codebook, "age") == (65.0,)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ('columns = ["shoe_size"]', "the codebook has no factor and no attribute for audit shoe_size"),
        ('columns = ["phq9_end"]', "is a measure of the outcome"),
        ('columns = ["age", "age"]', "age is named twice"),
        ('columns = ["gender"]\ncuts = { age = [30] }', "age is none of the columns"),
        ("cuts = { gender = [1] }", "gender has levels of its own"),
        ("cuts = { age = [50, 30] }", "each band must begin above the one before it"),
        ("cuts = { age = [18, 30] }", "bands after the first begin above 18, and at 100 at most"),
    ],
)
def test_what_the_codebook_does_not_bear_out_is_told(asked: str, problem: str, tmp_path: Path) -> None:
    path = write(tmp_path, cohort())
    path.write_text(f"{path.read_text()}\n[subgroups]\n{asked}\n")
    with pytest.raises(ConfigurationError) as caught:
        studies.read(path)
    assert problem in str(caught.value.problems)


def test_no_model_sees_an_attribute_for_audit(held: Held) -> None:
    for target in held.design.targets:
        assert not {"gender", "age"} & {*target.task.factors}
        assert target.matrix.shape[1] == len(target.task.factors)
    without = designs.read(held.design.study, audit=False)
    np.testing.assert_array_equal(without.targets[0].matrix, held.binary.target.matrix)
    assert without.cohort.digest() == held.design.cohort.digest()
    assert "gender" not in without.cohort.table
