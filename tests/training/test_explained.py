"""Whom explanations start from, and how sure the model is: from the study's file to the predictor's answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies as material
from tests.studies import Made
from therapport import features, simulator
from therapport import predictor as predictors
from therapport.calibration import IDENTITY
from therapport.errors import ConfigurationError, DesignError
from therapport.explanation import Explainer, Refits, SplitExplainer
from therapport.models import CANDIDATES, Task
from therapport.models.candidates import Fitting
from training import design as designs
from training import explained, final, out_of_fold
from training import study as studies
from training.explained import FEWEST_ALIKE
from training.out_of_fold import Calibrated

ENDS = ("_low", "_high")


def changed(made: Made, folder: Path, lines: str = "", *, end: str = "", **settings: object) -> Path:
    """The study's file with further lines under [reference] and at its end."""
    path = material.write(folder, pd.read_csv(made.study.cohort_path), candidates='["elastic_net"]', **settings)
    path.write_text(path.read_text() + lines + "\n" + end)
    return path


def again(path: Path, made: Made) -> Made:
    """The study in the file, on the evaluations of another that differs in its explanation only."""

    study = studies.read(path)
    design = designs.read(study)
    return Made(study, design, made.evaluations, final.predictor(design, made.evaluations))


@pytest.fixture(scope="module")
def same(linear_study: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return again(changed(linear_study, tmp_path_factory.mktemp("same"), 'same = "delivery_mode"'), linear_study)


def answers(made: Made) -> pd.DataFrame:
    return made.predictor.answer(made.design.cohort)


def test_intervals_hold_their_value_and_come_from_the_refits(made: Made) -> None:
    table, predictor = answers(made), made.predictor
    assert predictor.response is not None
    assert predictor.response.refits is not None
    assert len(predictor.response.refits.explainers) == 20
    names = ["response_probability", *(f"contribution_{family}" for family in predictor.families)]
    names += [f"score_contribution_{family}" for family in predictor.families]
    for name in names:
        low, value, high = (table[f"{name}{end}"].to_numpy() for end in ("_low", "", "_high"))
        assert (low <= value + 1e-12).all(), name
        assert (value <= high + 1e-12).all(), name
    assert (table["response_probability_high"] - table["response_probability_low"]).mean() > 0.02
    margin = predictor.response.refits.margin(predictor.matrix(made.design.cohort.table))
    ends = 1 / (1 + np.exp(-(table["log_odds"] + margin.total)))
    np.testing.assert_allclose(table["response_probability_high"], ends, atol=1e-12)


def test_refits_see_whole_groups_drawn_with_replacement(linear_study: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    target, drawn = linear_study.design.targets[0], []
    own = CANDIDATES["elastic_net"]

    def spy(task: Task, matrix: np.ndarray, outcome: np.ndarray) -> Fitting:
        drawn.append(matrix)
        return own.prepare(task, matrix, outcome)

    monkeypatch.setitem(CANDIDATES, "elastic_net", replace(own, prepare=spy))
    fitted = Calibrated(linear_study.predictor.response.score, IDENTITY, own.settings[0])  # type: ignore[union-attr]
    assert isinstance(explained._refits(linear_study.design, target, "elastic_net", fitted), Refits)
    assert len(drawn) == 20
    size = {bytes(row.tobytes()): 0 for row in target.matrix}
    assert len(size) == len(target.matrix)  # patients can be told apart
    for matrix in drawn:
        times = dict(size)
        for row in matrix:
            times[bytes(row.tobytes())] += 1
        counts = np.array(list(times.values()))
        assert counts.max() > 1
        for group in np.unique(target.cluster):
            assert len(set(counts[target.cluster == group].tolist())) == 1  # a whole group as often as each of its own


def test_without_refits_there_are_no_intervals(linear_study: Made, tmp_path: Path) -> None:
    made = again(changed(linear_study, tmp_path, end="[explanation]\nrefits = 0\n"), linear_study)
    table = answers(made)
    ends = [name for name in map(str, table) if name.endswith(ENDS) and not name.startswith("end_score")]
    assert len(ends) == 2 + 4 * len(made.predictor.families)
    assert table[ends].isna().all().all()
    whole = answers(linear_study)
    kept = [name for name in map(str, table) if name not in ends and name != "model_version"]
    pd.testing.assert_frame_equal(table[kept], whole[kept])
    assert all(spread.ranks == () for one in made.predictor.evidence.comparisons for spread in one.families.values())


def test_ranks_in_the_evidence_count_refits(made: Made) -> None:
    for comparison in made.predictor.evidence.comparisons:
        ranks = np.array([spread.ranks for spread in comparison.families.values()])
        assert (ranks.sum(axis=1) == 20).all()
        assert (ranks.sum(axis=0) == 20).all()


def test_interactions_in_the_evidence_are_those_of_the_model(made: Made) -> None:
    families = list(made.predictor.families)
    for comparison, model in zip(
        made.predictor.evidence.comparisons, (made.predictor.response, made.predictor.end_score), strict=True
    ):
        assert model is not None
        target = made.design.targets[0 if comparison.kind == "binary" else 1]
        _, matrices = model.families.interactions(target.matrix)
        for row, one in enumerate(families):
            for column, other in enumerate(families):
                stated = comparison.interactions[one][other]
                assert stated.mean == pytest.approx(matrices[:, row, column].mean(), abs=1e-9)
                assert stated.mean_absolute == pytest.approx(np.abs(matrices[:, row, column]).mean(), abs=1e-9)
        linear = "xgboost" not in made.study.candidates
        together = sum(
            comparison.interactions[one][two].mean_absolute for one in families for two in families if one != two
        )
        assert (together == 0) == linear
        beside = [spread.beside_factors for spread in comparison.families.values()]
        assert (max(one or 0.0 for one in beside) < 1e-9) == linear  # a sum of factors is what it sums


def test_patients_start_from_those_of_the_same_level(same: Made, linear_study: Made, tmp_path: Path) -> None:
    families = same.predictor.response.families  # type: ignore[union-attr]
    assert isinstance(families, SplitExplainer)
    table, cohort = answers(same), same.design.cohort.table
    starts = table.groupby(cohort["delivery_mode"].fillna("?"))["log_odds_reference"].nunique()
    counts = cohort["delivery_mode"].value_counts()
    large = [level for level, count in counts.items() if count >= FEWEST_ALIKE]
    assert len(families.levels) == len(large) >= 2
    assert (starts == 1).all()
    assert table["log_odds_reference"].nunique() >= len(large)
    usual = answers(linear_study)
    np.testing.assert_allclose(table["log_odds"], usual["log_odds"], atol=1e-9)  # the prediction is the same
    # Delivery has no other factor here, and among those of one mode there is nothing left that it could explain.
    assert list(same.predictor.families["delivery"]) == ["delivery_mode"]
    known = cohort["delivery_mode"].isin(large).to_numpy()
    assert np.abs(table["log_odds_delivery"][known]).max() < 1e-12
    predictors.save(same.predictor, tmp_path / "model")
    pd.testing.assert_frame_equal(predictors.load(tmp_path / "model").answer(same.design.cohort), table)


def test_a_level_can_be_named_as_the_reference(linear_study: Made, tmp_path: Path) -> None:
    lines = 'where = { delivery_mode = "guided" }'
    made = again(changed(linear_study, tmp_path, lines, reference='"all"'), linear_study)
    target = made.design.targets[0]
    rows = explained.reference_rows(made.design, target, np.arange(len(target.rows)))
    modes = made.design.cohort.table["delivery_mode"].to_numpy()[target.rows]
    assert rows.tolist() == np.flatnonzero(modes == "guided").tolist()
    assert made.predictor.response is not None
    families = made.predictor.response.families
    assert isinstance(families, Explainer)
    mean = made.predictor.response.score.of(target.matrix[rows]).mean()
    assert families.game.reference == pytest.approx(mean)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('where = { nothing = "x" }', "the codebook has no category or boolean nothing"),
        ('where = { phq9_intake = "x" }', "the codebook has no category or boolean phq9_intake"),
        ('where = { delivery_mode = "moon" }', "unknown level; delivery_mode has: 'guided', 'unguided'"),
        ('same = "phq9_intake"', "must be a category or boolean among the study's factors"),
        ('same = "delivery_mode"\nwhere = { delivery_mode = "guided" }', "where and same exclude each other"),
    ],
)
def test_references_that_cannot_be_are_refused(lines: str, message: str, linear_study: Made, tmp_path: Path) -> None:

    with pytest.raises(ConfigurationError) as refused:
        studies.read(changed(linear_study, tmp_path, lines))
    assert message in str(refused.value) + " ".join(refused.value.problems)


def test_a_reference_of_hardly_anyone_is_refused_before_anything_is_fitted(linear_study: Made, tmp_path: Path) -> None:

    path = changed(linear_study, tmp_path, 'where = { delivery_mode = "unguided" }')
    cohort = pd.read_csv(path.parent / "cohort.csv")
    cohort.loc[cohort.index[4:], "delivery_mode"] = "guided"
    cohort.to_csv(path.parent / "cohort.csv", index=False)
    with pytest.raises(DesignError, match="fewer than 10 patients with a known outcome"):
        designs.read(studies.read(path))


def test_refits_spread_as_models_of_new_cohorts_do(tmp_path: Path) -> None:
    """The simulator can draw the study again; a service cannot. Severity alone, 16 cohorts of 397 patients."""
    fitted, margins = [], []
    fresh = simulator.simulate(patients=200, therapists=10, sites=2, missing=0.0, seed=999).cohort
    for seed in range(16):
        folder = tmp_path / str(seed)
        folder.mkdir()
        cohort = simulator.simulate(patients=397, therapists=20, sites=4, missing=0.0, seed=100 + seed).cohort
        made = material.write(folder, cohort, candidates='["severity"]', end_score="false")

        design = designs.read(studies.read(made))
        target = design.targets[0]
        calibrated = out_of_fold.fit("severity", target.task, target.matrix, target.outcome, target.cluster)
        line = Calibrated(calibrated.score, IDENTITY, calibrated.setting)
        matrix = features.factor_matrix(fresh, design.study.codebook, design.study.factors)
        fitted.append(
            explained.explainer(design, target, line, explained.families_of(design.study)).explain(matrix).total
        )
        if seed % 2:
            continue
        refits = explained._refits(design, target, "severity", line)
        assert refits is not None
        margins.append(refits.margin(matrix).total / refits.multiplier)
    ratio = np.mean(margins) / np.std(fitted, axis=0, ddof=1).mean()
    assert 0.75 < ratio < 1.33
