"""Two candidates of which neither is better: how often a difference is found all the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from therapport import performance
from therapport.performance import Loss, OutOfFold
from therapport.simulator import Truth
from training import out_of_fold
from training.design import Target
from training.validity.page import table
from training.validity.trials import shown
from training.validity.trials.learned import LOSS, Learned, folds
from training.validity.trials.settings import Setting

READINGS = ("first", "second")


def learn(setting: Setting, seed: int) -> dict[tuple[str, str], Learned]:
    """A regression on one noisy reading of the true expectation, and one on another of the same noise.

    Exchanging the readings changes nothing, so that in another cohort either is as good as the other; in each cohort
    their models differ. Both stand in the place of the severity.
    """
    made, design = setting.drawn(seed)
    expected = Truth(made.design, made.parts[0]).predictions(made.parts[0])["expected_end_score"].to_numpy()
    generator = np.random.default_rng(seed)
    readings = [expected + generator.normal(0, expected.std(), len(expected)) for _ in READINGS]
    found: dict[tuple[str, str], Learned] = {}
    for target in design.targets:
        fold = folds(target, seed)
        for twin, reading in zip(READINGS, readings, strict=True):
            read = _with(target, reading)
            predictions = out_of_fold.predictions(read, "severity", fold, done=lambda: None)
            found[target.kind, twin] = Learned(predictions, {}, {}, np.empty(0))
    return found


Study = Mapping[tuple[str, str], Learned]
METHODS = ("Nadeau and Bengio", "cluster bootstrap", "plain t over folds")


def found(one: OutOfFold, other: OutOfFold, *, loss: Loss) -> tuple[bool, bool, bool]:
    """Whether each of METHODS tells the two apart, at 5 %."""
    corrected = performance.corrected_difference(one, other, loss=loss)
    weights = performance.bootstrap_weights(one.cluster, draws=shown.DRAWS, seed=1)
    drawn = performance.paired_difference(one, other, weights, loss=loss)
    squares = [(each.truth - each.prediction) ** 2 for each in (one, other)]
    by_fold = [float((squares[0] - squares[1])[repeat, places].mean()) for repeat, places in one.members()]
    return corrected.p_value < shown.LEVEL, not drawn.contains(0), stats.ttest_1samp(by_fold, 0).pvalue < shown.LEVEL


def lines(settings: Mapping[str, Setting], studies: Mapping[str, Sequence[Study]]) -> Iterator[str]:
    """How often each method finds the difference that is not there."""
    rows = []
    for name, setting in settings.items():
        for kind, what in shown.OUTCOMES.items():
            each = [
                found(*(study[kind, reading].predictions for reading in READINGS), loss=LOSS[kind])
                for study in studies[name]
            ]
            rows.append(
                [
                    f"{setting.title}, {len(each)} studies: {what}",
                    *(shown.share(column) for column in zip(*each, strict=True)),
                ]
            )
    yield from table(["Share of studies in which a difference is found", *METHODS], rows)


def _with(target: Target, reading: np.ndarray) -> Target:
    matrix = target.matrix.copy()
    matrix[:, target.task.factors.index(target.task.severity)] = reading[target.rows]
    return replace(target, matrix=matrix)
