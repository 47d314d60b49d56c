"""The long trials behind docs/validity.md, in short: few studies, the same code."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from joblib import parallel_config
from sklearn.metrics import r2_score, roc_auc_score

from therapport.performance import Estimate, OutOfFold
from training import out_of_fold
from training.validity.page import long_trials, replace_part
from training.validity.trials import choices, conformal_coverage, coverage, learned, no_difference, shown, store
from training.validity.trials.__main__ import trials
from training.validity.trials.learned import LEVELS, Learned
from training.validity.trials.settings import CHOICES, COVERAGE, TWINS

SMALL = replace(COVERAGE["forty"], patients=240, therapists=12, candidates=("severity",))
SEED = 5


@pytest.fixture(scope="module")
def study() -> dict[tuple[str, str], Learned]:
    with parallel_config("sequential"):
        return learned.learn(SMALL, SMALL.new_patients(2_000).targets, seed=SEED)


def test_a_study_is_what_compare_predicts_and_what_its_model_does_in_new_patients(
    study: dict[tuple[str, str], Learned],
) -> None:
    new = SMALL.new_patients(2_000).targets
    for target, others in zip(SMALL.drawn(SEED)[1].targets, new, strict=True):
        one = study[target.kind, "severity"]
        with parallel_config("sequential"):
            fold = learned.folds(target, SEED)
            expected = out_of_fold.predictions(target, "severity", fold, done=lambda: None)
        np.testing.assert_array_equal(one.predictions.prediction, expected.prediction)
        np.testing.assert_array_equal(one.predictions.training_mean, expected.training_mean)
        model = out_of_fold.fit("severity", target.task, target.matrix, target.outcome, target.cluster)
        there = model.predict(others.matrix, others.task)
        if target.kind == "binary":
            assert one.final["auc"] == pytest.approx(roc_auc_score(others.outcome, there))
            assert one.final["brier"] == pytest.approx(np.mean((others.outcome - there) ** 2))
        else:
            # About the mean of those who were learned from, so a little above R2 about the new patients' own.
            assert r2_score(others.outcome, there) <= one.final["r2"] < r2_score(others.outcome, there) + 0.05
            each_alike = [np.median(np.abs(there - others.outcome)[others.cluster == code]) for code in range(100)]
            assert one.errors[len(LEVELS) // 2] == pytest.approx(np.mean(each_alike), rel=0.1)
        # Models of four fifths of the patients do a little worse, if anything.
        for metric, worse in (("brier", 1), ("rmse", 1), ("r2", -1)):
            if metric in one.final:
                assert worse * (one.of_folds[metric] - one.final[metric]) > -0.01


def test_a_study_is_kept_as_it_is(study: dict[tuple[str, str], Learned], tmp_path: Path) -> None:
    path = store.path(tmp_path, "forty", 3)
    store.keep(path, study)
    again = store.kept(path)
    assert again.keys() == study.keys()
    for key, one in study.items():
        assert (again[key].final, again[key].of_folds) == (one.final, one.of_folds)
        np.testing.assert_array_equal(again[key].errors, one.errors)
        for name in store.PARTS:
            np.testing.assert_array_equal(getattr(again[key].predictions, name), getattr(one.predictions, name))


def test_an_interval_is_held_against_the_truth_of_its_own_study() -> None:
    found = coverage.Held([Estimate(0.6, 0.5, 0.7), Estimate(0.6, 0.55, 0.65)], [0.52, 0.52], [0.4, 0.6])
    assert found.of(found.final) == [True, False]
    assert found.of(found.of_folds) == [False, True]
    assert found.procedure == [0.52, 0.52]
    row = coverage._row("binary", "severity", "auc", found)
    assert row[:4] == ["`severity`, response: `auc`", "0.520", "0.600", "0.150"]
    assert shown.share([True, False]) == "50.0% (9.5% to 90.5%)"  # Wilson's interval of 1 of 2, by hand


def test_few_studies_show_no_gross_failure() -> None:
    """Where 95 % are held, 7 or fewer of 10 are in 1 % of trials."""
    with parallel_config("sequential"):
        new = SMALL.new_patients(2_000).targets
        studies = [learned.learn(SMALL, new, seed) for seed in range(1, 11)]
    found = coverage.held(studies)
    for metric in ("rmse", "mae"):
        assert sum(found["score", "severity", metric].of(found["score", "severity", metric].of_folds)) >= 7
    widths = [conformal_coverage.in_new_patients(one["score", "severity"], level=0.8) for one in studies]
    assert 0.8 <= np.mean([held for _, held in widths]) <= 0.93  # of 12 groups, 80 % or more are promised


def test_where_nothing_predicts_the_prevalence_is_kept() -> None:
    setting = replace(CHOICES["null"], patients=300, therapists=15, candidates=("prevalence", "severity"))
    with parallel_config("sequential"):
        new = setting.new_patients(1_000).targets
        studies = [learned.learn(setting, new, seed) for seed in range(1, 7)]
    kept = [choices.chosen(study, kind) for study in studies for kind in ("binary", "score")]
    assert kept.count("prevalence") >= 9  # of 12: at 5 % each, fewer in 1 of 400 trials


def test_what_is_clearly_best_is_kept(study: dict[tuple[str, str], Learned]) -> None:
    one = study["score", "severity"]
    made = one.predictions
    flat = OutOfFold(made.truth, made.training_mean, made.fold, made.training_mean, made.cluster)
    sure = OutOfFold(
        made.truth, made.truth + (made.prediction - made.truth) / 4, made.fold, made.training_mean, made.cluster
    )
    pair = {
        ("score", "prevalence"): replace(one, predictions=flat, final={"rmse": 6.0}),
        ("score", "severity"): replace(one, predictions=sure, final={"rmse": 2.0}),
    }
    assert choices.chosen(pair, "score") == choices.truly_best(pair, "score") == "severity"


def test_twins_are_alike_on_average_and_the_plain_t_is_fooled_more_often() -> None:
    setting = replace(TWINS["twins_fifteen"], patients=300)
    with parallel_config("sequential"):
        studies = [no_difference.learn(setting, seed) for seed in range(1, 13)]
    pairs = [[study["score", name].predictions for name in no_difference.READINGS] for study in studies]
    losses = np.array([[np.mean((one.truth - one.prediction) ** 2) for one in pair] for pair in pairs])
    difference = losses[:, 0] - losses[:, 1]
    assert abs(difference.mean()) < 3 * difference.std(ddof=1) / np.sqrt(len(difference))
    assert (difference != 0).all()
    found = np.array([no_difference.found(*pair, loss="squared_error") for pair in pairs]).sum(axis=0)
    assert found[0] <= 3  # of 12 at 5 %
    assert found[2] >= found[0]


def test_a_trial_goes_on_where_it_was_and_writes_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Before.\n\n<!-- long trials -->\n<!-- no difference -->\nnothing yet\n<!-- end no difference -->\nAfter.\n"
    )
    keep = tmp_path / "kept"
    arguments = ["--studies", "2", "--only", "no difference", "--keep", str(keep), "--jobs", "1", "--write", str(page)]
    assert CliRunner().invoke(trials, arguments).exit_code == 0
    written = page.read_text()
    assert "nothing yet" not in written
    assert "| 15 therapists, 2 studies: end score |" in written
    assert written.endswith("After.\n")
    assert long_trials(page).startswith("<!-- long trials -->\n<!-- no difference -->\n|")
    made = {path: path.stat().st_mtime_ns for path in keep.rglob("*.npz")}
    assert len(made) == 4
    next(iter(made)).unlink()
    assert CliRunner().invoke(trials, arguments).exit_code == 0
    assert page.read_text() == written
    again = {path: path.stat().st_mtime_ns for path in keep.rglob("*.npz")}
    assert again.keys() == made.keys()
    assert sum(again[path] != made[path] for path in made) == 1


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing here.\n")
    with pytest.raises(Exception, match="marks"):
        replace_part(page, "coverage", "table")
    assert page.read_text() == "Nothing here.\n"
    assert long_trials(page) == ""
