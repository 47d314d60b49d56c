"""A candidate fitted on everyone, calibrated out of fold, explained against the study's reference patients."""

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport.explanation import AnyExplainer, Explainer, Refits, SplitExplainer, compile_explainer, refits
from therapport.models import CANDIDATES
from therapport.performance import bootstrap_weights
from therapport.predictor import ExplainedModel
from training import intervals, out_of_fold
from training.design import Design, Target
from training.evaluation import Evaluation
from training.out_of_fold import Calibrated
from training.study import Study

FEWEST_ALIKE = 30
"""A level with fewer reference patients than this has no game of its own."""
TRIES = 3
"""Draws for each refit that is wanted: in a small cohort a draw may leave one outcome out."""


def explained_model(design: Design, evaluation: Evaluation, candidate: str, *, uncertain: bool) -> ExplainedModel:
    """The candidate with both games; `uncertain` asks for the refits too, which cost as many fits."""
    target, study = evaluation.target, design.study
    fitted = out_of_fold.fit(candidate, target.task, target.matrix, target.outcome, target.cluster)
    half_width, level = None, study.table.validation.interval
    if target.kind == "score" and study.instrument is not None:
        lowest, highest = study.instrument.range
        # Where too few groups bear out an interval, it is all that the instrument can say.
        half_width = min(intervals.width(evaluation.predictions[candidate], level=level), highest - lowest)
    families, factors = families_of(study), list(range(len(study.factors)))
    return ExplainedModel(
        candidate=candidate,
        score=fitted.score,
        calibration=fitted.calibration,
        families=explainer(design, target, fitted, families),
        factors=explainer(design, target, fitted, factors),
        half_width=half_width,
        level=level,
        refits=_refits(design, target, candidate, fitted) if uncertain else None,
        setting=fitted.setting,
    )


def families_of(study: Study) -> list[int]:
    """For each factor of the study the place of its family."""
    families = study.codebook.families_of(study.factors)
    owner = {name: place for place, members in enumerate(families.values()) for name in members}
    return [owner[name] for name in study.factors]


def explainer(design: Design, target: Target, fitted: Calibrated, player_of_factor: list[int]) -> AnyExplainer:
    """The game against the reference patients that the study names."""
    wanted, matrix = design.study.table.reference, target.matrix
    players = max(player_of_factor) + 1

    def against(rows: NDArray[np.int64]) -> Explainer:
        return compile_explainer(fitted.score, fitted.calibration, matrix[rows], player_of_factor, players=players)

    everyone = against(reference_rows(design, target, np.arange(len(matrix))))
    if wanted.same is None:
        return everyone
    factor = design.study.factors.index(wanted.same)
    alike = {level: np.flatnonzero(matrix[:, factor] == level) for level in np.unique(matrix[:, factor]).tolist()}
    large = {level: rows for level, rows in alike.items() if len(rows) >= FEWEST_ALIKE}
    each = [against(reference_rows(design, target, rows)) for rows in large.values()]
    return SplitExplainer(factor, tuple(large), (*each, everyone))


def reference_rows(design: Design, target: Target, among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the target's factor matrix that explanations start from: all of these patients, or a seeded sample."""
    study = design.study
    wanted = study.table.reference
    among = among[wanted.are_meant(design.cohort.table.iloc[target.rows[among]])]
    if wanted.patients == "all" or wanted.patients >= len(among):
        return among
    return np.sort(np.random.default_rng(study.table.seed).choice(among, size=wanted.patients, replace=False))


def rows_of_refits(design: Design, target: Target) -> list[NDArray[np.int64]]:
    """For each refit the rows of the target that it is fitted to; none where there is one group only."""
    wanted = design.study.table.explanation.refits
    if wanted == 0 or len(np.unique(target.cluster)) < 2:  # noqa: PLR2004 - one group cannot be drawn from
        return []
    weights = bootstrap_weights(target.cluster, draws=TRIES * wanted, seed=target.task.seed)
    rows = [np.repeat(np.arange(len(one)), one.astype(np.int64)) for one in weights]
    return [one for one in rows if len(np.unique(target.outcome[one])) > 1][:wanted]


def _refits(design: Design, target: Target, candidate: str, fitted: Calibrated) -> Refits | None:
    """The same setting fitted to patients drawn group by group, on the same calibration and reference patients."""
    usable = rows_of_refits(design, target)
    if not usable:
        return None
    made = Parallel(n_jobs=-1)(delayed(_refit)(design, target, candidate, fitted, one) for one in usable)
    return refits(made)


def _refit(design: Design, target: Target, candidate: str, fitted: Calibrated, rows: NDArray[np.int64]) -> AnyExplainer:
    score = CANDIDATES[candidate].fit(target.task.of(rows), target.matrix[rows], target.outcome[rows], fitted.setting)
    again = Calibrated(score, fitted.calibration, fitted.setting)
    return explainer(design, target, again, families_of(design.study))
