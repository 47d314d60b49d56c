"""What a study adds to its runs: figures by fold, settings without paths, a page that needs nothing else."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, r2_score, roc_auc_score, root_mean_squared_error

from tests.serving.html_document import Document
from tests.studies import CANARY, CANARY_VALUES, Made
from training import tracked
from training.tracked import drawings, folds, page, settings


def test_figures_by_fold_are_those_of_scikit_learn(compared: Made) -> None:
    for one in compared.evaluations:
        for name, predictions in one.predictions.items():
            found = folds.of(predictions)
            assert [(fold.repeat, fold.number) for fold in found] == [(1, 1), (1, 2), (1, 3)]
            for fold, (repeat, places) in zip(found, predictions.members(), strict=True):
                truth, predicted = predictions.truth[places], predictions.prediction[repeat, places]
                if one.target.kind == "binary":
                    assert fold.figures["brier"] == pytest.approx(brier_score_loss(truth, predicted))
                    assert ("auc" in fold.figures) == (name != "prevalence")
                    if "auc" in fold.figures:
                        assert fold.figures["auc"] == pytest.approx(roc_auc_score(truth, predicted))
                else:
                    assert fold.figures["rmse"] == pytest.approx(root_mean_squared_error(truth, predicted))
                    if name == "prevalence":
                        assert fold.figures["r2"] == pytest.approx(0.0)
                    shift = np.mean((truth - truth.mean()) ** 2) / np.mean(
                        (truth - predictions.training_mean[0, places]) ** 2
                    )
                    expected = 1 - (1 - r2_score(truth, predicted)) * shift
                    assert fold.figures["r2"] == pytest.approx(expected)


def test_a_fold_of_few_patients_is_not_told(compared: Made) -> None:
    predictions = compared.evaluations[0].predictions["severity"]
    small = np.zeros_like(predictions.fold)
    small[0, :9] = 1
    assert [fold.number for fold in folds.of(replace(predictions, fold=small))] == [1]


def test_settings_hold_every_default_and_no_path(compared: Made) -> None:
    table = compared.study.table
    elsewhere = table.model_copy(update={"cohort": "/home/someone/secret/cohort.csv", "codebook": "../codebook.toml"})
    stated = json.loads(settings.portable(replace(compared.study, table=elsewhere)))
    assert (stated["cohort"], stated["codebook"]) == ("cohort.csv", "codebook.toml")
    assert stated["validation"]["interval"] == table.validation.interval
    assert {key: value for key, value in stated.items() if key not in ("cohort", "codebook")} == {
        key: value for key, value in table.model_dump(mode="json").items() if key not in ("cohort", "codebook")
    }


def test_the_page_shows_every_figure_and_asks_nobody(compared: Made) -> None:
    made = tracked.attached(compared.study, compared.evaluations, compared.predictor.evidence)
    for comparison in compared.predictor.evidence.comparisons:
        text = made[comparison.kind].files["comparison.html"]
        assert "<script" not in text
        assert not re.search(r"(src|href|url)\s*[=(]", text)
        assert "http" not in text
        assert CANARY not in text
        assert not [value for value in CANARY_VALUES.values() if str(value) in text]
        document = Document(text)
        assert comparison.verdict in document.text
        assert "Simulated: nobody in this cohort exists" in document.text
        for one in comparison.candidates.values():
            assert one.label in document.text
            for figure in one.metrics.values():
                assert f"{figure.value:.3f}" in document.text
        drawn = [one.attributes["aria-label"] for one in document.all("svg")]
        assert len(drawn) == (2 if comparison.kind == "binary" else 1)
        if comparison.interval is not None:
            assert f"{comparison.interval.coverage[0].share:.0%}" in document.text


def test_curves_lie_where_their_figures_say(compared: Made) -> None:
    comparison = compared.predictor.evidence.comparisons[0]
    axes, lines = drawings.decision(comparison)
    for name, line in zip(comparison.candidates, lines[2:], strict=True):
        points = [tuple(map(float, point.split(","))) for point in line.points.split()]
        for (x, y), point in zip(points, comparison.decision, strict=True):
            assert x == pytest.approx(420 * (point.threshold - 0.1) / 0.8, abs=0.06)
            value = point.candidates[name].value
            if value > axes.bottom:
                assert axes.bottom + (axes.top - axes.bottom) * (1 - y / 300) == pytest.approx(value, abs=0.002)
        assert line.bold == (name == comparison.chosen)
    axes, groups = drawings.calibration(comparison)
    for group, one in zip(groups, comparison.curve, strict=True):
        assert group.x == pytest.approx(420 * one.predicted, abs=0.06)
        assert group.y == pytest.approx(300 * (1 - one.observed), abs=0.06)
    assert [label for _, label in axes.across] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_bars_are_as_long_as_what_they_stand_for(compared: Made) -> None:
    for comparison in compared.predictor.evidence.comparisons:
        largest = max(value for one in comparison.candidates.values() for value in one.families.values())
        by_label = {one.label: one.families for one in comparison.candidates.values()}
        bars = drawings.families(comparison)
        assert max(bar.width for _, each in bars for bar in each) == 100
        for family, each in bars:
            for bar in each:
                assert bar.width == pytest.approx(100 * by_label[bar.label][family] / largest, abs=0.06)


def test_a_page_of_one_candidate_without_curve_can_be_made(compared: Made, tmp_path: Path) -> None:
    evidence = compared.predictor.evidence
    bare = evidence.comparisons[0].model_copy(update={"decision": (), "curve": (), "beside": {}, "gap": None})
    text = page.render(compared.study, evidence, bare)
    (tmp_path / "page.html").write_text(text)
    assert "Decision curve" not in text
