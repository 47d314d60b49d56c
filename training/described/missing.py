"""What is missing in a cohort: how often, over groups, together with what, and what it does to the figures."""

import numpy as np
from numpy.typing import NDArray

from therapport import features
from therapport.performance import SMALLEST_CELL, bootstrap_weights
from therapport.predictor.described import MissingReport, MissingShare, Pattern
from therapport.predictor.evidence import Complete
from training.described.figures import two_figures
from training.design import Design
from training.evaluation import Evaluation
from training.external import subset

Absent = NDArray[np.bool_]
"""Shape (patients, factors)."""
FEWEST_GROUPS, FEWEST_IN_GROUP = 8, 20
"""Quartiles over fewer groups would be single groups; shares in smaller ones are mostly chance."""
MOST_PATTERNS = 8
FEWEST_PATIENTS, FEWEST_CLUSTERS = 30, 5
"""Fewer patients have no figures of their own; with fewer groups patients are drawn one by one."""


def report(design: Design) -> MissingReport:
    """The report on the factors of the study, in everyone."""
    study = design.study
    absent = np.isnan(features.factor_matrix(design.cohort.table, study.codebook, study.factors))
    places = {name: [place] for place, name in enumerate(study.factors)}
    families = study.codebook.families_of(study.factors)
    return MissingReport(
        # Whole per cent: with the exact counts of single factors it would tell how many lack two of them.
        complete=round(_share(int((~absent.any(axis=1)).sum()), len(absent)), 2),
        factors={name: _missing(design, absent[:, place]) for name, place in places.items()},
        families={
            family: _missing(design, absent[:, [study.factors.index(name) for name in members]])
            for family, members in families.items()
        },
        patterns=_patterns(absent, study.factors),
    )


def by_completeness(design: Design, evaluation: Evaluation) -> tuple[Complete, ...]:
    """The chosen candidate's figures among those with every factor, and among the others; none, or of both."""
    target, settings = evaluation.target, design.study.table
    predictions = evaluation.predictions[evaluation.choice.chosen]
    whole = ~np.isnan(target.matrix).any(axis=1)
    found = []
    for complete, members in ((True, whole), (False, ~whole)):
        places = np.flatnonzero(members)
        truth = target.outcome[places]
        rarest = min(truth.sum(), len(truth) - truth.sum()) if target.kind == "binary" else len(truth)
        if len(places) < FEWEST_PATIENTS or rarest < SMALLEST_CELL:
            continue
        own = subset(predictions, places)
        alone = len(np.unique(own.cluster)) < FEWEST_CLUSTERS
        cluster = np.arange(len(places)) if alone else own.cluster
        weights = bootstrap_weights(cluster, draws=settings.validation.draws, seed=settings.seed)
        patients = len(places) // SMALLEST_CELL * SMALLEST_CELL
        metrics = two_figures(target.kind, own, weights)
        found.append(Complete(complete=complete, patients=patients, metrics=metrics))
    # One of the two alone is everybody, or nearly so.
    return tuple(found) if len(found) > 1 else ()


def _missing(design: Design, absent: Absent) -> MissingShare:
    cells = absent.reshape(len(absent), -1)
    groups = {}
    for level, column in design.study.codebook.groups.items():
        shares = _shares_of_groups(design, column, cells)
        if len(shares) >= FEWEST_GROUPS:
            first, middle, third = np.round(np.quantile(shares, [0.25, 0.5, 0.75]), 2).tolist()
            groups[level] = (first, middle, third)
    return MissingShare(share=_share(int(cells.sum()), cells.size), groups=groups)


def _shares_of_groups(design: Design, column: str, cells: Absent) -> NDArray[np.float64]:
    codes = design.cohort.table[column].astype("category").cat.codes.to_numpy()
    known = codes >= 0
    size = np.bincount(codes[known])
    missing = np.bincount(codes[known], weights=cells[known].mean(axis=1))
    large = size >= FEWEST_IN_GROUP
    return np.asarray(missing[large] / size[large])


def _share(count: int, of: int) -> float:
    few, many = 0 < count < SMALLEST_CELL, 0 < of - count < SMALLEST_CELL
    blurred = SMALLEST_CELL // 2 if few else of - SMALLEST_CELL // 2 if many else count
    return round(blurred / of, 4)


def _patterns(absent: Absent, factors: tuple[str, ...]) -> tuple[Pattern, ...]:
    packed, first, count = np.unique(np.packbits(absent, axis=1), axis=0, return_index=True, return_counts=True)
    del packed
    frequent = [place for place in np.argsort(-count, kind="stable") if count[place] >= SMALLEST_CELL]
    return tuple(
        Pattern(
            missing=tuple(name for name, gone in zip(factors, absent[first[place]], strict=True) if gone),
            # Tens, or the count of a factor less those of its patterns would tell of the rare ones.
            patients=int(count[place]) // SMALLEST_CELL * SMALLEST_CELL,
        )
        for place in frequent[:MOST_PATTERNS]
    )
