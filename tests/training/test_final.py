"""From the chosen candidate to the predictor, and what is kept as evidence of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies as material
from tests.studies import PATIENTS, REFERENCE, Made
from therapport.explanation import in_probability_points
from therapport.predictor import artifact
from therapport.predictor.evidence import Reference
from training import explained, final, out_of_fold


def test_the_model_is_fitted_on_everyone_with_a_known_outcome(made: Made) -> None:
    predictor = made.predictor
    for target, model in zip(made.design.targets, (predictor.response, predictor.end_score), strict=True):
        assert model is not None
        fitted = out_of_fold.fit(model.candidate, target.task, target.matrix, target.outcome, target.cluster)
        np.testing.assert_array_equal(model.score.of(target.matrix), fitted.score.of(target.matrix))
        assert model.calibration == fitted.calibration


def test_the_reference_is_a_seeded_sample_of_patients_with_a_known_outcome(made: Made) -> None:
    target = made.design.targets[0]
    everyone = np.arange(len(target.rows))
    rows = explained.reference_rows(made.design, target, everyone)
    assert len(set(rows.tolist())) == len(rows) == REFERENCE
    np.testing.assert_array_equal(rows, explained.reference_rows(made.design, target, everyone))
    assert made.predictor.response is not None
    mean = made.predictor.response.score.of(target.matrix[rows]).mean()
    calibrated = made.predictor.response.calibration.of(np.array([mean]))[0]
    explanation = made.predictor.response.families.explain(target.matrix)
    assert explanation.reference == pytest.approx(np.full(len(everyone), calibrated), abs=1e-5)


@pytest.mark.parametrize("patients", ['"all"', "9999"])
def test_the_reference_may_be_everyone(patients: str, canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    made = material.carry_out(material.write(tmp_path, canary_cohort, reference=patients))
    target = made.design.targets[0]
    everyone = np.arange(len(target.rows))
    assert explained.reference_rows(made.design, target, everyone).tolist() == everyone.tolist()


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("67", Reference(patients=67)),
        ('"all"', Reference()),
        ("9999", Reference()),
        ('67\nwhere = { delivery_mode = "guided" }', Reference(patients=67, where={"delivery_mode": "guided"})),
        ('9999\nwhere = { delivery_mode = "guided" }', Reference(where={"delivery_mode": "guided"})),
        ('67\nsame = "delivery_mode"', Reference(patients=67, same="delivery_mode")),
        ('"all"\nsame = "delivery_mode"', Reference(same="delivery_mode")),
    ],
)
def test_the_evidence_says_whom_explanations_start_from(
    asked: str, kept: Reference, canary_cohort: pd.DataFrame, tmp_path: Path
) -> None:
    made = material.carry_out(material.write(tmp_path, canary_cohort, candidates='["severity"]', reference=asked))
    assert made.predictor.evidence.reference == kept
    artifact.save(made.predictor, tmp_path / "model")
    assert artifact.load(tmp_path / "model").evidence.reference == kept


def test_eight_tenths_of_the_mass_of_errors_lie_within_the_interval_of_the_end_score(made: Made) -> None:
    _, score = made.evaluations
    errors = np.abs(score.predictions[score.choice.chosen].prediction - score.target.outcome)
    assert made.predictor.end_score is not None
    assert made.predictor.end_score.half_width is not None
    therapists, of = np.unique(score.target.cluster, return_inverse=True)
    within = (errors <= made.predictor.end_score.half_width).mean(axis=0)
    # Each of the therapists counts alike, and one more is to come, of whom nothing is known.
    held = sum(within[of == place].mean() for place in range(len(therapists))) / (len(therapists) + 1)
    assert 0.8 <= held <= 0.8 + 1 / len(therapists)
    assert made.predictor.response is not None
    assert made.predictor.response.half_width is None


def test_the_spread_of_a_family_is_that_of_its_contributions(made: Made) -> None:
    binary, score = made.predictor.evidence.comparisons
    response, end_score = made.predictor.response, made.predictor.end_score
    assert response is not None
    assert end_score is not None
    explanation = response.families.explain(made.design.targets[0].matrix)
    points = in_probability_points(explanation.reference, explanation.contributions)
    in_points = end_score.families.explain(made.design.targets[1].matrix).contributions
    for comparison, values in ((binary, points), (score, in_points)):
        for place, family in enumerate(made.predictor.families):
            spread = comparison.families[family]
            assert spread.mean_absolute == pytest.approx(np.abs(values[:, place]).mean())
            assert spread.quantiles[2] == pytest.approx(np.median(values[:, place]))
            assert list(spread.quantiles) == sorted(spread.quantiles)


def test_the_evidence_says_who_was_in_the_cohort_and_how_candidates_were_compared(made: Made) -> None:
    evidence, cohort = made.predictor.evidence, made.design.cohort
    assert evidence.cohort.patients == PATIENTS
    assert evidence.cohort.groups == {"therapist": 20, "site": 4}
    assert evidence.cohort.digest == cohort.digest()
    assert evidence.cohort.base_rate == pytest.approx(made.design.targets[0].outcome.mean(), abs=5e-5)
    assert evidence.cohort.mean_end_score == pytest.approx(made.design.targets[1].outcome.mean(), abs=5e-5)
    assert (evidence.group, evidence.folds, evidence.repeats, evidence.draws) == ("therapist", 3, 1, 100)
    assert evidence.straddling == 0
    assert [comparison.kind for comparison in evidence.comparisons] == ["binary", "score"]


def test_a_version_changes_with_cohort_codebook_and_study(linear_study: Made) -> None:
    made, version = linear_study, linear_study.predictor.version
    assert final.predictor(made.design, made.evaluations).version == version
    table = made.design.cohort.table.iloc[::-1].reset_index(drop=True)
    other_cohort = replace(made.design, cohort=replace(made.design.cohort, table=table))
    other_table = made.study.table.model_copy(update={"seed": 2})
    other_study = replace(made.design, study=replace(made.study, table=other_table))
    factors = {**made.study.codebook.factors}
    factors["expectancy"] = factors["expectancy"].model_copy(update={"family": "patient"})
    codebook = made.study.codebook.model_copy(update={"factors": factors})
    other_codebook = replace(made.design, study=replace(made.study, codebook=codebook))
    others = (other_cohort, other_study, other_codebook)
    assert len({version, *(final.predictor(one, made.evaluations).version for one in others)}) == 4
    assert len(version) == 8
