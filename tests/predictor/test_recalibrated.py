"""A predictor on a further line of calibration: what follows the line, and what stays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from tests.studies import Made
from therapport import predictor as predictors
from therapport.calibration import Affine
from therapport.explanation import Explainer, SplitExplainer
from therapport.predictor import Predictor, reproduces_golden
from therapport.predictor.evidence import Recalibration
from therapport.predictor.recalibrated import after, recalibrated

STATED = Recalibration(kind="slope", parent="parent", cohort_digest="0123", patients=120, gains={})
LINES = {"response": Affine(0.3, 0.7), "end_score": Affine(1.5, 0.9)}


def child(predictor: Predictor) -> Predictor:
    return recalibrated(predictor, LINES, STATED)  # type: ignore[arg-type]


def test_two_lines_make_one() -> None:
    score = np.linspace(-3, 3, 7)
    first, second = Affine(0.4, 1.3), Affine(-0.2, 0.6)
    np.testing.assert_allclose(after(first, second).of(score), second.of(first.of(score)))


def test_answers_lie_on_the_line_and_still_add_up(made: Made) -> None:
    before, now = (
        one.predict(made.patients[["patient_id", *made.predictor.factors]])
        for one in (
            made.predictor,
            child(made.predictor),
        )
    )
    assert (now["status"] == "scored").equals(before["status"] == "scored")
    scored = now["status"] == "scored"
    before, now = before[scored], now[scored]
    families = list(made.predictor.families)
    np.testing.assert_allclose(now["log_odds"], 0.3 + 0.7 * before["log_odds"])
    np.testing.assert_allclose(now["response_probability"], expit(now["log_odds"]))
    np.testing.assert_allclose(now["end_score"], 1.5 + 0.9 * before["end_score"])
    for family in families:
        np.testing.assert_allclose(now[f"log_odds_{family}"], 0.7 * before[f"log_odds_{family}"])
        np.testing.assert_allclose(now[f"score_contribution_{family}"], 0.9 * before[f"score_contribution_{family}"])
        widths = [
            one[f"score_contribution_{family}_high"] - one[f"score_contribution_{family}_low"] for one in (before, now)
        ]
        np.testing.assert_allclose(widths[1], 0.9 * widths[0])
    total = now["reference_probability"] + now[[f"contribution_{family}" for family in families]].sum(axis=1)
    np.testing.assert_allclose(total, now["response_probability"], atol=1e-9)
    # Single precision of the trees: relative to scores above 1, as the answer itself asks.
    assert (np.abs(now["residual"]) <= 1e-5 * np.maximum(1, np.abs(now["end_score"]))).all()


def test_the_child_is_another_version_with_golden_rows_of_its_own(made: Made) -> None:
    made_anew = child(made.predictor)
    assert made_anew.version != made.predictor.version
    assert made_anew.version == child(made.predictor).version
    assert made_anew.evidence.golden != made.predictor.evidence.golden
    assert reproduces_golden(made_anew)
    assert made_anew.evidence.comparisons == made.predictor.evidence.comparisons
    assert any("Recalibrated (slope) on 120 patients" in warning for warning in made_anew.evidence.warnings)


def test_a_saved_child_answers_as_it_did_and_only_lines_and_their_account_differ(made: Made, tmp_path: Path) -> None:
    asked = made.patients[["patient_id", *made.predictor.factors]]
    predictors.save(made.predictor, tmp_path / "parent")
    predictors.save(child(made.predictor), tmp_path / "child")
    loaded = predictors.load(tmp_path / "child")
    np.testing.assert_array_equal(loaded.predict(asked)["log_odds"], child(made.predictor).predict(asked)["log_odds"])
    assert loaded.evidence.recalibration == STATED
    names = {path.name for path in (tmp_path / "parent").iterdir()}
    assert names == {path.name for path in (tmp_path / "child").iterdir()}
    differing = {
        name for name in names if (tmp_path / "parent" / name).read_bytes() != (tmp_path / "child" / name).read_bytes()
    }
    assert differing == {"manifest.json", "predictor.json", "evidence.json", "response.json", "end_score.json"}


def test_a_game_for_each_level_follows_the_line_in_every_level(linear_study: Made) -> None:
    response = linear_study.predictor.response
    assert response is not None
    assert isinstance(response.families, Explainer)
    place = linear_study.predictor.factors.index("phq9_intake")
    split = SplitExplainer(place, (12.0,), (response.families, response.families))
    made = replace(linear_study.predictor, response=replace(response, families=split))
    again = child(made).response
    assert again is not None
    assert isinstance(again.families, SplitExplainer)
    matrix = linear_study.predictor.matrix(linear_study.design.cohort.table)
    np.testing.assert_allclose(
        again.families.explain(matrix).total, 0.3 + 0.7 * response.families.explain(matrix).total
    )


def test_a_line_that_changes_nothing_changes_no_answer(made: Made) -> None:
    same = recalibrated(made.predictor, {"response": Affine(0.0, 1.0)}, STATED)
    asked = made.patients[["patient_id", *made.predictor.factors]]
    assert same.predict(asked)["log_odds"].to_numpy() == pytest.approx(
        made.predictor.predict(asked)["log_odds"].to_numpy(), nan_ok=True
    )
