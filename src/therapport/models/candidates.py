"""The candidates by name: what each may use, which settings it tries, how it is fitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from therapport import features
from therapport.codebook import Codebook
from therapport.features import FactorMatrix
from therapport.models import forest, linear, mixed, trees
from therapport.models.score import Score
from therapport.models.space import Range, Space

FloatArray = NDArray[np.float64]
Kind = Literal["binary", "score"]
Setting = Mapping[str, float]
IMPUTED = (
    "a missing number counts as the median of the patients learned from, and being missing has a coefficient of its "
    "own where it occurs among them; in a category, missing is a level of its own"
)
SPLIT = (
    "a missing number is left missing, and each split of a tree learns to which side it goes; in a category, missing "
    "is a level of its own"
)
Fitting = Callable[[Setting], Score]
"""Patients, encoded once: fits any setting to them."""


@dataclass(frozen=True)
class Task:
    """What a candidate has to predict, and from what."""

    kind: Kind
    codebook: Codebook
    factors: tuple[str, ...]
    """The columns of the factor matrix, in order."""
    severity: str
    """The factor that `severity alone` uses."""
    seed: int
    trials: int = 0
    """Settings that a search tries for each candidate that has any; 0 compares the fixed ones."""
    inner_folds: int = 3
    """On which settings are compared and the calibration line is fitted."""
    latest: str | None = None
    """The factor with the latest score of the outcome's instrument, where one is known after the severity."""
    groups: tuple[NDArray[np.int64], ...] = ()
    """For each grouping level a code per patient, -1 where it is not known; in the order of the factor matrix."""

    def of(self, patients: NDArray[np.int64] | NDArray[np.bool_]) -> "Task":
        """The same task for some of the patients, chosen like rows of the factor matrix."""
        return replace(self, groups=tuple(codes[patients] for codes in self.groups))


@dataclass(frozen=True)
class Candidate:
    """A way to fit a score; `settings` are compared on inner folds, and the best is kept."""

    label: str
    description: str
    settings: tuple[Setting, ...]
    prepare: Callable[[Task, FactorMatrix, FloatArray], Fitting]
    """Learns the encoding from the patients given, and from no others: settings that are tried on them share it."""
    factors: Callable[[Task], Sequence[str]]
    """The factors that the score can depend on."""
    on_log_odds: bool = True
    """Whether a binary score is on the log-odds before any calibration."""
    missing: str = ""
    """How it takes a missing value."""
    space: Space = field(default_factory=dict)
    """Where a study that tunes looks for settings, the others staying as in `settings[0]`."""
    while_searching: Setting = field(default_factory=dict)
    """What is set lower while settings are compared; the best few are compared again with all of it."""
    rounds: Sequence[int] = ()
    """Settings of `rounds` that one fit passes on its way (`trees.Boosting.climb`)."""
    effort: int = 1
    """About how many times as long as an elastic net a tuned fit takes; the longest are begun first."""

    def fit(self, task: Task, matrix: FactorMatrix, outcome: FloatArray, setting: Setting) -> Score:
        """Fit encoding and model together on these patients."""
        return self.prepare(task, matrix, outcome)(setting)


def _prevalence(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    encoding = features.fit(matrix, task.codebook, task.factors, impute=True)
    return lambda _: linear.constant(encoding, outcome, binary=task.kind == "binary")


def _severity(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    return lambda _: _plain([task.severity], task, matrix, outcome)


def _severity_landmark(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    return lambda _: _plain(_two_scores(task), task, matrix, outcome)


def _two_scores(task: Task) -> list[str]:
    return [name for name in task.factors if name in (task.severity, task.latest)]


def _plain(names: list[str], task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Score:
    places = np.array([task.factors.index(name) for name in names])
    # Fitted on its own columns, then pointed at their places, so that every score reads the same factor matrix.
    encoding = features.fit(matrix[:, places], task.codebook, names, impute=True)
    model = linear.plain(encoding, matrix[:, places], outcome, binary=task.kind == "binary")
    moved = replace(encoding, factor=places[encoding.factor])
    return linear.LinearScore(moved, model.intercept, model.coefficients)


def _mixed(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    if any(len(codes) != len(matrix) for codes in task.groups):
        raise ValueError("groups: not those of these patients; choose them with Task.of")
    encoding = features.fit(matrix, task.codebook, task.factors, impute=True)
    return lambda _: mixed.mixed_model(encoding, matrix, outcome, task.groups, binary=task.kind == "binary")


def _elastic_net(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    encoding = features.fit(matrix, task.codebook, task.factors, impute=True)
    inputs = encoding.apply(matrix)
    return lambda setting: linear.elastic_net(
        encoding,
        inputs,
        outcome,
        binary=task.kind == "binary",
        penalty=setting["penalty"],
        mixing=setting["mixing"],
        seed=task.seed,
    )


def _xgboost(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    encoding = features.fit(matrix, task.codebook, task.factors, impute=False)
    return trees.Boosting(encoding, matrix, outcome, binary=task.kind == "binary", seed=task.seed)


def _forest(task: Task, matrix: FactorMatrix, outcome: FloatArray) -> Fitting:
    encoding = features.fit(matrix, task.codebook, task.factors, impute=False)
    return lambda setting: forest.random_forest(
        encoding,
        matrix,
        outcome,
        binary=task.kind == "binary",
        trees=int(setting["trees"]),
        depth=int(setting["depth"]),
        seed=task.seed,
        share=setting.get("share", forest.SHARE),
        smallest_leaf=setting.get("smallest_leaf"),
    )


CANDIDATES: Mapping[str, Candidate] = {
    "prevalence": Candidate(
        "Prevalence",
        "the same prediction for everyone: how often the outcome occurs, or the mean end score",
        ({},),
        _prevalence,
        lambda _: (),
        missing="uses no factor, so none can be missing",
    ),
    "severity": Candidate(
        "Severity alone",
        "a regression on the severity at the start and nothing else",
        ({},),
        _severity,
        lambda task: (task.severity,),
        missing=IMPUTED,
    ),
    "severity_landmark": Candidate(
        "Severity and landmark score",
        "a regression on the severity at the start and the latest score before the prediction",
        ({},),
        _severity_landmark,
        _two_scores,
        missing=IMPUTED,
    ),
    "elastic_net": Candidate(
        "Elastic net",
        "a penalised regression on all factors",
        tuple({"penalty": penalty, "mixing": 0.5} for penalty in (0.3, 0.1, 0.03, 0.01, 0.003)),
        _elastic_net,
        lambda task: task.factors,
        missing=IMPUTED,
        space={"penalty": Range(1e-4, 1.0, log=True), "mixing": Range(0.0, 1.0)},
    ),
    "mixed": Candidate(
        "Mixed model",
        "a regression on all factors with random intercepts of the groups, such as therapist and site",
        ({},),
        _mixed,
        lambda task: task.factors,
        missing=IMPUTED,
    ),
    "random_forest": Candidate(
        "Random forest",
        "the mean of decision trees, each grown on other patients and factors (scikit-learn)",
        ({"trees": 100, "depth": 5},),
        _forest,
        lambda task: task.factors,
        missing=SPLIT,
        on_log_odds=False,
        space={
            "depth": Range(2, forest.DEEPEST, whole=True),
            "share": Range(0.1, 1.0),
            "smallest_leaf": Range(5, 100, log=True, whole=True),
        },
        while_searching={"trees": 30},
        effort=16,
    ),
    "xgboost": Candidate(
        "Boosted trees",
        "gradient-boosted decision trees on all factors (xgboost)",
        tuple({"rounds": rounds, "depth": 3, "learning_rate": 0.05} for rounds in (60, 150)),
        _xgboost,
        lambda task: task.factors,
        missing=SPLIT,
        space={
            "depth": Range(1, 6, whole=True),
            "learning_rate": Range(0.02, 0.3, log=True),
            "min_child_weight": Range(1.0, 50.0, log=True),
            "subsample": Range(0.5, 1.0),
            "colsample_bytree": Range(0.3, 1.0),
            "lambda": Range(0.1, 30.0, log=True),
        },
        rounds=(10, 20, 30, 45, 60, 80, 105, 140, 180, 230, 300),
        effort=4,
    ),
}
"""From the simplest to the most complex: the order in which ties are broken."""
DEFAULT = tuple(name for name in CANDIDATES if name != "random_forest")
"""The candidates of a study that names none; the forest costs more time than it gains on cohorts of the usual size."""
BASELINES = ("prevalence", "severity", "severity_landmark", "elastic_net", "mixed")
"""What every comparison holds, named or not, as far as the cohort has what they need."""
