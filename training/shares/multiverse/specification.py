"""One specification: its choices turned into patients, factors, families and an outcome, and what follows."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from therapport import features, validation
from therapport.codebook import Landmark
from therapport.errors import DesignError
from therapport.explanation import shapley
from therapport.models import Kind, Task
from therapport.performance import SMALLEST_CELL
from training import design as designs
from training import study_problems
from training.design import Design, Target
from training.landmarks.at_risk import undecided
from training.shares import coalitions, partition, worth
from training.shares.coalitions import Model
from training.shares.material import FEWEST_FAMILIES, Material
from training.shares.multiverse.choices import ALL, AS_IS, Choices, early_changes, stated
from training.shares.multiverse.results import Specification
from training.shares.multiverse.table import END_SCORE
from training.study import Study

FloatArray = NDArray[np.float64]
REFITS, DRAWS = 60, 400
PER_FACTOR = 5


def carried_out(choices: Choices, chosen: Mapping[str, str], design: Design) -> Specification:
    """The shares of one specification; `design` is that of its landmark. What cannot be done says why."""
    own = dict(chosen) == choices.own
    try:
        played = material(choices, chosen, design)
    except DesignError as error:
        lack = str(error).rstrip(".")
        return Specification(choices=dict(chosen), own=own, patients=0, total=None, families={}, lack=lack)
    seed = design.study.table.seed
    model: Model = "linear" if chosen["model"] == "linear" else "xgboost"
    found = partition.partition(
        coalitions.predict(played, model),
        worth.measures(binary=played.binary)[0],
        widened=partition.widening(played, draws=REFITS, seed=seed) if model == "linear" else _unwidened(played),
        draws=DRAWS,
        seed=seed,
    )
    patients = len(played.target.rows)
    return Specification(
        choices=dict(chosen),
        own=own,
        patients=patients - patients % SMALLEST_CELL,
        total=found.total,
        families={name: one.share for name, one in found.families.items()},
    )


def material(choices: Choices, chosen: Mapping[str, str], design: Design) -> Material:
    """Patients, factors, families and outcome; raises DesignError where there is too little of one."""
    study = design.study
    factors = _factors(study, choices, chosen)
    outcome, kind = _outcome(design, chosen)
    known = features.factor_matrix(design.cohort.table, study.codebook, factors)
    kept = ~np.isnan(outcome)
    if chosen["missing"] == "complete":
        kept &= ~np.isnan(known).any(axis=1)
    rows = np.flatnonzero(kept)
    cluster = designs.cluster_codes(study, design.cohort)[rows]
    settings = study.table.validation
    if len(rows) < PER_FACTOR * len(factors):
        raise DesignError(f"Fewer than {PER_FACTOR} patients are left for each factor.")
    if len(np.unique(outcome[rows])) < 2:  # noqa: PLR2004 - one value
        raise DesignError("Everyone who is left has the same outcome.")
    binary = kind == "binary"
    validation.require_enough_clusters(cluster, outcome[rows], folds=settings.folds, binary=binary)
    moved = {} if chosen["family_map"] == AS_IS else choices.maps[chosen["family_map"]]
    owner = [moved.get(name, study.codebook.factors[name].family) for name in factors]
    families = tuple(name for name in study.codebook.families if name in owner)
    if len(families) < FEWEST_FAMILIES:
        raise DesignError("Fewer than two families are known by then.")
    fold = validation.fold_numbers(
        cluster, outcome[rows], folds=settings.folds, repeats=1, seed=study.table.seed, binary=binary
    )
    task = Task(kind, study.codebook, factors, study.table.severity, study.table.seed)
    target = Target(task, rows, known[rows], outcome[rows], cluster)
    codes = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    return Material(target, families, np.array([families.index(name) for name in owner]), fold, codes)


def at(study: Study, landmark: str) -> Study:
    """The study asked at another moment."""
    return replace(study, table=study.table.at(Landmark(landmark)))


def _factors(study: Study, choices: Choices, chosen: Mapping[str, str]) -> tuple[str, ...]:
    left_out: set[str] = set()
    if chosen["early_change"] == "out":
        left_out |= set(early_changes(study))
    if chosen["rater"] != ALL:
        others = {name for rater, names in choices.raters.items() if rater != chosen["rater"] for name in names}
        left_out |= others - set(choices.raters[chosen["rater"]])
    return tuple(name for name in study.factors if name not in left_out)


def _outcome(design: Design, chosen: Mapping[str, str]) -> tuple[FloatArray, Kind]:
    study, table = design.study, design.cohort.table
    kind: Kind = "score" if chosen["outcome"] == END_SCORE else "binary"
    own = study.table.outcome
    columns = {role: table[column].to_numpy(dtype=np.float64, na_value=np.nan) for role, column in study.roles.items()}
    decided = replace(design.at_risk, decided=design.at_risk.decided)
    if chosen["missing"] == "carried_forward" and own.after is not None:
        last = study_problems.latest(study.table, study.codebook)
        name = last if last in study.factors else own.before
        carried = table[name].to_numpy(dtype=np.float64, na_value=np.nan)
        columns["after"] = np.where(np.isnan(columns["after"]), carried, columns["after"])
    if kind == "score":
        values = columns["after"]
    elif own.response is not None and own.response.value == chosen["outcome"] and study.outcome is not None:
        values = study.outcome.of_columns(columns)
    else:
        values = stated(study, chosen["outcome"]).of_columns({role: columns[role] for role in ("before", "after")})
    return undecided(study, decided, kind, values), kind


def _unwidened(played: Material) -> FloatArray:
    """Trees are widened by the correction for folds that share patients in any case."""
    families = len(played.families)
    return np.ones(4 * families + len(shapley.pairs(families)) + 1)
