"""The same shares, worked out anew within each kind of delivery.

Strata can be small, and refits to groups drawn again erratic: intervals are widened by Nadeau and Bengio's factor.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from therapport import validation
from therapport.errors import DesignError
from therapport.performance import SMALLEST_CELL
from training.design import Design, Target
from training.shares import coalitions, partition, worth
from training.shares.across.kinds import Delivered, Kind, Split
from training.shares.across.results import StratumShares
from training.shares.material import Material
from training.shares.progress import Reached

BoolArray = NDArray[np.bool_]
PER_COLUMN = 10
"""Fewer patients per factor leave shares that are mostly noise."""


def members(split: Split, target: Target) -> dict[str, BoolArray]:
    """Kind -> its patients among those with a known outcome, shape (patients of the target,)."""
    return {kind.name: kind.members[target.rows] for kind in split.kinds}


def of(
    design: Design, delivered: Delivered, material: Material, *, reached: Reached = lambda _: None
) -> tuple[list[StratumShares], dict[tuple[str, str], BoolArray], list[str]]:
    """Shares of every kind that is large enough; who is in it by (split, kind); and what was left out, in words."""
    found, kept, left_out = [], {}, []
    kinds, begun = sum(len(split.kinds) for split in delivered.splits), 0
    for split in delivered.splits:
        for kind in split.kinds:
            reached(begun / kinds)
            begun += 1
            own = kind.members[material.target.rows]
            count = int(own.sum())
            lack = _lack(design, material, own)
            if lack is not None:
                shown = "fewer than ten patients" if count < SMALLEST_CELL else f"{_rounded(count):,} patients"
                left_out.append(f"{kind.label} ({shown}): {lack}")
                continue
            kept[split.name, kind.name] = own
            found.append(_shares(design, split, kind, within(design, material, own), count))
    return found, kept, left_out


def within(design: Design, material: Material, own: BoolArray) -> Material:
    """The same outcome in some patients, with folds of their own; groups stay together."""
    target, settings = material.target, design.study.table.validation
    part = replace(
        target,
        task=replace(target.task, groups=tuple(group[own] for group in target.task.groups)),
        rows=target.rows[own],
        matrix=target.matrix[own],
        outcome=target.outcome[own],
        cluster=target.cluster[own],
    )
    fold = validation.fold_numbers(
        part.cluster,
        part.outcome,
        folds=settings.folds,
        repeats=settings.repeats,
        seed=design.study.table.seed,
        binary=material.binary,
    )
    cluster = np.unique(part.cluster, return_inverse=True)[1].astype(np.int64)
    return replace(material, target=part, fold=fold, cluster=cluster)


def _shares(design: Design, split: Split, kind: Kind, material: Material, count: int) -> StratumShares:
    seed, draws = design.study.table.seed, design.study.table.validation.draws
    measure = worth.measures(binary=material.binary)[0]
    found = partition.partition(
        coalitions.predict(material, "linear"),
        measure,
        widened=np.full(_figures(len(material.families)), partition.resampled(material)),
        draws=draws,
        seed=seed,
    )
    return StratumShares(
        split=split.name,
        kind=kind.name,
        label=kind.label,
        patients=_rounded(count),
        total=found.total,
        families={name: one.share for name, one in found.families.items() if name in _varying(material)},
    )


def _varying(material: Material) -> set[str]:
    """Families in any of whose factors two patients differ, a missing value being one of its own."""
    matrix = material.target.matrix
    differ = [len(np.unique(values)) > 1 for values in matrix.T]
    return {material.families[place] for place, one in zip(material.family_of_factor, differ, strict=True) if one}


def _lack(design: Design, material: Material, own: BoolArray) -> str | None:
    """Why a kind has no shares of its own; None where it has."""
    needed = PER_COLUMN * len(design.study.factors)
    outcome, cluster = material.target.outcome[own], material.target.cluster[own]
    if len(outcome) < needed:
        return f"shares of {len(design.study.factors)} factors ask for {needed}"
    if material.binary and min(outcome.sum(), len(outcome) - outcome.sum()) < SMALLEST_CELL:
        return "nearly everyone has the same outcome"
    if len(np.unique(outcome)) < 2:  # noqa: PLR2004 - one value
        return "everyone has the same outcome"
    try:
        validation.require_enough_clusters(
            cluster, outcome, folds=design.study.table.validation.folds, binary=material.binary
        )
    except DesignError:
        return f"too few {design.study.table.validation.group}s for the folds"
    return None


def _figures(families: int) -> int:
    return int(partition.Functionals(families).table().shape[1])


def _rounded(count: int) -> int:
    return count - count % SMALLEST_CELL
