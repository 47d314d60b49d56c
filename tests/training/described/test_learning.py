"""The learning curve against fits by hand, and what may and may not be learned from."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import brier_score_loss, mean_squared_error, roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, cross_val_predict

from tests.studies import Made
from therapport.performance import Choice, Estimate
from therapport.predictor.evidence import LearningCurve
from training.described import learning
from training.described.figures import METRICS
from training.evaluation import Evaluation
from training.external import subset


@pytest.fixture(scope="module")
def severity_only(compared: Made) -> tuple[Evaluation, ...]:
    """The evaluations as if severity alone had been compared, so that nothing else has to be fitted."""
    choice = Choice(chosen="severity", best="severity", differences={})
    return tuple(
        replace(one, choice=choice, predictions={"severity": one.predictions["severity"]})
        for one in compared.evaluations
    )


@pytest.fixture(scope="module")
def curves(compared: Made, severity_only: tuple[Evaluation, ...]) -> list[LearningCurve]:
    found = [learning.learning_curve(compared.study, one, done=lambda: None) for one in severity_only]
    return [curve for curve in found if curve is not None]


def groups_learned_from(evaluation: Evaluation, number: int, share: float, seed: int) -> np.ndarray:
    """The rule of the documentation: a seeded order of the fold's training groups, of which the first ones count."""
    seen = evaluation.fold[0] != number
    order = np.random.default_rng((seed, number)).permutation(np.unique(evaluation.target.cluster[seen]))
    return order[: max(1, round(share * len(order)))]


ENOUGH = 0.4
Predict = Callable[[np.ndarray], np.ndarray]


def by_hand(severity: np.ndarray, outcome: np.ndarray, cluster: np.ndarray, *, binary: bool, seed: int) -> Predict:
    """A regression on severity, and a line on its scores for inner folds that it had not seen; by scikit-learn."""
    model = LogisticRegression(C=np.inf) if binary else LinearRegression()
    inner = (StratifiedGroupKFold if binary else GroupKFold)(3, shuffle=True, random_state=seed)
    method = "decision_function" if binary else "predict"
    unseen = cross_val_predict(model, severity, outcome, groups=cluster, cv=inner, method=method)
    line = clone(model).fit(unseen[:, np.newaxis], outcome)
    if np.ravel(line.coef_)[0] <= 0:  # such a score has learned nothing
        return lambda new: np.full(len(new), outcome.mean())
    own = model.fit(severity, outcome)
    if binary:
        return lambda new: line.predict_proba(own.decision_function(new)[:, np.newaxis])[:, 1]
    return lambda new: line.predict(own.predict(new)[:, np.newaxis])


@pytest.mark.parametrize("place", [0, 1])
def test_each_point_is_what_scikit_learn_gives_on_the_same_groups(
    compared: Made, curves: list[LearningCurve], place: int
) -> None:
    curve, evaluation = curves[place], compared.evaluations[place]
    target, fold, seed = evaluation.target, evaluation.fold[0], compared.study.table.seed
    severity = target.matrix[:, [compared.study.factors.index("phq9_intake")]]
    binary = target.kind == "binary"
    # With fewer groups there are fewer inner folds.
    points = [point for point in curve.points if ENOUGH <= point.share < 1]
    assert len(points) == 3
    for point in points:
        found, sizes = [], []
        for number in np.unique(fold):
            kept = np.isin(target.cluster, groups_learned_from(evaluation, int(number), point.share, seed))
            tested = fold == number
            assert not set(target.cluster[kept]) & set(target.cluster[tested])
            predict = by_hand(severity[kept], target.outcome[kept], target.cluster[kept], binary=binary, seed=seed)
            truth, predicted = target.outcome[tested], predict(severity[tested])
            sizes.append(kept.sum())
            if binary:
                found.append((roc_auc_score(truth, predicted), brier_score_loss(truth, predicted)))
            else:
                gain = 1 - ((truth - predicted) ** 2).sum() / ((truth - target.outcome[kept].mean()) ** 2).sum()
                found.append((gain, mean_squared_error(truth, predicted) ** 0.5))
        assert point.patients == round(np.mean(sizes))
        figures = [point.candidates["severity"][name].value for name in METRICS[target.kind]]
        assert figures == pytest.approx(np.mean(found, axis=0), abs=1e-3)


def test_the_last_point_is_the_comparison_itself(compared: Made, curves: list[LearningCurve]) -> None:
    for curve, evaluation, kind in zip(curves, compared.evaluations, ("auc", "r2"), strict=True):
        last, told = curve.points[-1], evaluation.comparison.candidates["severity"].metrics[kind]
        assert last.share == 1.0
        # One repeat, so both rest on the same predictions and draws.
        assert last.candidates["severity"][kind].model_dump() == pytest.approx(told.model_dump())


def test_smaller_shares_are_among_the_larger_ones(compared: Made, curves: list[LearningCurve]) -> None:
    evaluation, seed = compared.evaluations[0], compared.study.table.seed
    for number in np.unique(evaluation.fold[0]):
        kept = [set(groups_learned_from(evaluation, int(number), share, seed)) for share in learning.SHARES]
        assert all(small < large for small, large in pairwise(kept))
    patients = [point.patients for point in curves[0].points]
    assert patients == sorted(patients)


def test_shares_with_too_few_patients_are_left_out(compared: Made, severity_only: tuple[Evaluation, ...]) -> None:
    whole, rows = severity_only[0], np.arange(120)
    target = replace(
        whole.target,
        task=whole.target.task.of(rows),
        matrix=whole.target.matrix[rows],
        outcome=whole.target.outcome[rows],
        cluster=whole.target.cluster[rows],
    )
    few = replace(
        whole,
        target=target,
        fold=whole.fold[:, rows],
        predictions={name: subset(one, rows) for name, one in whole.predictions.items()},
    )
    curve = learning.learning_curve(compared.study, few, done=lambda: None)
    assert curve is not None
    assert 0.2 not in [point.share for point in curve.points]
    assert all(point.patients >= learning.FEWEST for point in curve.points)
    all_alike = replace(few, target=replace(target, outcome=np.zeros(len(rows))))
    assert learning.learning_curve(compared.study, all_alike, done=lambda: None) is None


def test_progress_is_reported_and_the_same_seed_gives_the_same(
    compared: Made, severity_only: tuple[Evaluation, ...], curves: list[LearningCurve]
) -> None:
    calls: list[None] = []
    again = learning.with_curve(compared.study, severity_only[1], done=lambda: calls.append(None))
    assert len(calls) == learning.steps(compared.study, severity_only[1])
    assert again.comparison.learning == curves[1]


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (Estimate(-0.01, -0.02, -0.005), "fell by 0.01: more patients like these would probably help further"),
        (Estimate(-0.001, -0.0019, 0.002), "fell by less than 1% of itself, if at all: more patients like these would"),
        (Estimate(-0.001, -0.0021, 0.002), "whether more patients would help cannot be told"),
        (Estimate(0.01, 0.005, 0.02), "rose by 0.01: it does not gain"),
        (Estimate(-0.01), "changed by -0.01; how sure that is cannot be told"),
    ],
)
def test_the_sentence_says_what_the_interval_allows(gain: Estimate, said: str) -> None:
    # One per cent of a Brier score of .2 is .002.
    told = learning.sentence("xgboost", gain, 500, 1000, kind="binary", loss=0.2)
    assert told.startswith("From 500 to 1,000 patients to learn from, the Brier score of boosted trees ")
    assert said in told


def test_where_a_baseline_is_preferred_the_best_candidate_is_followed_too(compared: Made) -> None:
    evaluation = compared.evaluations[0]
    kept = replace(evaluation, choice=replace(evaluation.choice, chosen="severity", best="xgboost"))
    assert learning.candidates(kept) == ("severity", "xgboost")
    nothing = replace(evaluation, choice=replace(evaluation.choice, chosen="prevalence", best="prevalence"))
    assert learning.candidates(nothing) == ("severity", "elastic_net")
