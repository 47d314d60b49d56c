"""Leave-one-site-out: what the chosen candidate, and severity alone, do at sites from which nothing was learned."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport.errors import DesignError
from therapport.models import Kind
from therapport.performance import OutOfFold, bootstrap_weights, paired_difference, subgroup
from therapport.performance.pooled import Pooled
from therapport.predictor.evidence import Figure
from therapport.predictor.schemes import LeftOutSites, Site, SiteMean
from training import evaluation, out_of_fold
from training.design import Design, Target
from training.evaluation import LOSS, Evaluation
from training.external import Answered, sites, subset
from training.external.sites import SITE, Sites
from training.schemes import left_out
from training.schemes.left_out import Parts
from training.schemes.table import NONE

BASELINE = "severity"
FEWEST_SITES = 4
"""Of enough patients: with fewer, a study that names no level has no split by site."""
FEWEST_NAMED = 2
FIGURES: dict[Kind, tuple[str, ...]] = {
    "binary": ("auc", "brier", "calibration_slope", "calibration_intercept"),
    "score": ("r2", "rmse", "calibration_slope", "calibration_intercept"),
}

TOGETHER: dict[Kind, tuple[str, ...]] = {"binary": ("auc", "brier"), "score": ("r2", "rmse")}
"""Of all sites at once: what is left where they are too small one by one."""


def level_of(design: Design, target: Target) -> str | None:
    """The level whose groups are left out; None for no such split.

    Raises DesignError if the level that the study names has a single group.
    """
    wanted = design.study.table.validation.sites
    if wanted == NONE:
        return None
    if wanted is None:
        return SITE if SITE in design.study.codebook.groups and _large(design, target) >= FEWEST_SITES else None
    codes = _codes(design, target, wanted)
    if len(np.unique(codes[codes >= 0])) < FEWEST_NAMED:
        raise DesignError(f"[validation] sites: those whose outcome is known are all of one {wanted}, or of none.")
    return wanted


def candidates(chosen: str) -> tuple[str, ...]:
    """Those that are asked about left-out sites."""
    return tuple(dict.fromkeys((chosen, BASELINE)))


def steps(design: Design, target: Target, chosen: str) -> int:
    """How many fits there are."""
    level = level_of(design, target)
    split = None if level is None else _parts(design, target, level)
    return 0 if split is None else len(split.learned_from) * len(candidates(chosen))


def of(design: Design, evaluated: Evaluation, *, done: out_of_fold.Progress) -> LeftOutSites | None:
    """Every site predicted by models of the others; None where the study or the cohort has no such split."""
    target, chosen = evaluated.target, evaluated.choice.chosen
    level = level_of(design, target)
    split = None if level is None else _parts(design, target, level)
    if level is None or split is None:
        return None
    predicted = left_out.predictions(target, candidates(chosen), split, done=done)
    answered = {name: _answered(target, split, one) for name, one in predicted.items()}
    only = FIGURES[target.kind]
    work = (delayed(sites.by_site)(design, one, level, only=only) for one in answered.values())
    found = dict(zip(answered, Parallel(n_jobs=-1)(work), strict=True))
    own = found[chosen]
    return LeftOutSites(
        level=level,
        sites=len(np.unique(split.codes[split.number >= 0])),
        parts=len(split.learned_from),
        too_small=own.left_out,
        straddling=split.straddling,
        kept_out=_tens(split.kept_out),
        everyone={name: _everyone(design, target, split, one) for name, one in predicted.items()},
        pooled={name: {figure: _mean(mean) for figure, mean in one.pooled.items()} for name, one in found.items()},
        shown=_shown(level, found),
        gain=_gain(design, answered, level, own) if chosen != BASELINE else None,
    )


def _codes(design: Design, target: Target, level: str) -> NDArray[np.int64]:
    return target.task.groups[list(design.study.codebook.groups).index(level)]


def _parts(design: Design, target: Target, level: str) -> Parts | None:
    return left_out.parts(target, _codes(design, target, level), seed=design.study.table.seed)


def _large(design: Design, target: Target) -> int:
    codes, binary = _codes(design, target, SITE), target.kind == "binary"
    return sum(
        left_out.is_enough(target.outcome[codes == site], binary=binary) for site in np.unique(codes[codes >= 0])
    )


def _answered(target: Target, split: Parts, predicted: OutOfFold) -> Answered:
    return Answered(target.kind, target.rows[split.number >= 0], predicted.prediction[0], predicted, 0, None)


def _everyone(design: Design, target: Target, split: Parts, predicted: OutOfFold) -> dict[str, Figure]:
    inside = split.codes[split.number >= 0]
    settings = design.study.table
    if len(np.unique(inside)) < FEWEST_NAMED:
        return {}
    weights = bootstrap_weights(inside, draws=settings.validation.draws, seed=settings.seed)
    # Within parts of a few sites the draws would lie off the figure: all are taken together, on one level.
    everybody = np.ones(predicted.patients, dtype=np.bool_)
    figures = subgroup.figures(predicted, everybody, weights, binary=target.kind == "binary")
    return {name: evaluation.figure(figures[name].estimate()) for name in TOGETHER[target.kind] if name in figures}


def _shown(level: str, found: Mapping[str, Sites]) -> tuple[Site, ...]:
    by_site = zip(*(one.shown for one in found.values()), strict=True)
    return tuple(
        Site(
            label=f"{level} {place}",
            patients=_tens(each[0].patients),
            candidates={
                name: {figure: evaluation.figure(estimate) for figure, estimate in one.figures.items()}
                for name, one in zip(found, each, strict=True)
            },
        )
        for place, each in enumerate(by_site, start=1)
    )


def _gain(design: Design, answered: Mapping[str, Answered], level: str, own: Sites) -> SiteMean | None:
    """Paired within each site that is shown, then pooled."""
    (one, other), kind = answered.values(), next(iter(answered.values())).kind
    column = design.cohort.table[design.study.codebook.groups[level]].iloc[one.rows]
    codes, _ = pd.factorize(column)
    estimates = []
    for site in np.unique(codes[codes >= 0]):
        places = np.flatnonzero(codes == site)
        if sites.is_large(one, places):
            a, b = subset(one.predictions, places), subset(other.predictions, places)
            weights = sites.own_weights(design, a.cluster)
            estimates.append(paired_difference(a, b, weights, loss=LOSS[kind]))
    found = sites.pooled_over(estimates, scale="plain")
    return None if found is None or len(estimates) != len(own.shown) else _mean(found)


def _mean(found: Pooled) -> SiteMean:
    return SiteMean(
        value=found.value,
        low=found.low,
        high=found.high,
        further_low=found.predicted_low,
        further_high=found.predicted_high,
        between=found.between,
        inconsistency=found.inconsistency,
        sites=found.sites,
    )


def _tens(count: int) -> int:
    return count - count % 10
