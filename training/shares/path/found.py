"""From a design to its path: what the report and MLflow are told."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.design import PATIENT, Design, Target
from training.shares import progress
from training.shares.path import between, effects, long, sensitivity, sessions
from training.shares.path.effects import Layout
from training.shares.path.results import Arrow, Beginning, Door, Level, Path, SessionPath
from training.shares.path.stages import Stages, columns, stages, standardised
from training.shares.path.table import RESISTANCE, TECHNIQUE
from training.shares.progress import Done, Reached

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
OUTCOME = "outcome"
THERAPIST = "therapist"
FEWEST_PER_COLUMN = 5
"""Patients for each column of the path; with fewer nothing is estimated."""


STEPS = 40
"""Of progress: the draws, for which gaps in the data are filled again and again."""


def path(design: Design, target: Target, *, done: Done = lambda: None) -> Path | None:
    """The path of one outcome, before the shares are ordered by it; None where the study has none."""
    with progress.block(done, STEPS) as reached:
        return _path(design, target, reached)


def _path(design: Design, target: Target, reached: Reached) -> Path | None:
    study = design.study
    found = stages(study)
    if found is None:
        return None
    table = design.cohort.table.iloc[target.rows].reset_index(drop=True)
    listed = [*found.background, *found.first, *(name for names in found.mediating.values() for name in names)]
    values, owner = columns(table, study.codebook, tuple(listed))
    found = _of_those_that_vary(found, set(owner))
    if found is None or len(values) < FEWEST_PER_COLUMN * (values.shape[1] + 1):
        return None
    values, layout, pairs = _laid_out(found, values, owner, target.outcome)
    therapist = therapists(design, target)
    cluster = clusters(design, target)
    draws, seed = study.table.validation.draws, study.table.seed
    first_half, second_half = progress.part(reached, 0.0, 0.5), progress.part(reached, 0.5, 0.9)
    fitted = between.fit(values, layout, cluster, draws=draws, seed=seed, reached=first_half)
    total, direct, mediated, through, chain, arrows, rho, doors = fitted.parts()
    names = {place: owner[place - 1] for place in range(1, len(owner) + 1)} | {layout.outcome: OUTCOME}
    at_levels = (
        None
        if therapist is None
        else between.levels(
            values, layout, therapist=therapist, cluster=cluster, draws=draws, seed=seed, reached=second_half
        )
    )
    first, stage_names = found.first, list(found.mediating)
    return Path(
        stages=found.stages,
        stated=bool(study.table.path.stated),
        labels={name: study.codebook.factors[name].label for name in listed},
        background=tuple(dict.fromkeys(study.codebook.factors[name].label for name in found.background)),
        spread=float(target.outcome.std()),
        groups=int(cluster.max()) + 1,
        draws=min(draws, between.MOST_DRAWS),
        arrows=tuple(
            Arrow(source=names[source], target=names[end], figure=figure)
            for (source, end), figure in zip(effects.arrows(layout), arrows, strict=True)
        ),
        beginnings=tuple(
            Beginning(
                factor=name,
                family=study.codebook.factors[name].family,
                total=total[place],
                direct=direct[place],
                mediated=mediated[place],
                through={stage: through[row * len(first) + place] for row, stage in enumerate(stage_names)},
                chain=chain[place],
                e_value=sensitivity.e_value(mediated[place].value),
                e_value_limit=sensitivity.e_value_of_limit(mediated[place].low, mediated[place].high),
            )
            for place, name in enumerate(first)
        ),
        rho=dict(zip(stage_names, rho, strict=True)),
        doors=tuple(Door(technique=t, resistance=r, figure=one) for (t, r), one in zip(pairs, doors, strict=True)),
        levels=tuple(
            Level(factor=name, between_share=one.between_share, within=one.within, between=one.between)
            for name, one in zip(first, at_levels or (), strict=False)
        ),
        sessions=_sessions(design, target, found, cluster, draws=draws, seed=seed),
    )


def _of_those_that_vary(found: Stages, varying: set[str]) -> Stages | None:
    kept = {stage: tuple(name for name in names if name in varying) for stage, names in found.stages.items()}
    kept = {stage: names for stage, names in kept.items() if names}
    if set(kept) <= {*found.mediating} or len(kept) == 1:
        return None
    return Stages(kept, tuple(name for name in found.background if name in varying))


def _laid_out(
    found: Stages, values: FloatArray, owner: Sequence[str], outcome: FloatArray
) -> tuple[FloatArray, Layout, list[tuple[str, str]]]:
    """Factors, outcome, then products of technique and resistance; where each stands; whose product each is."""
    place = {name: number for number, name in enumerate(owner, start=1)}
    pairs = [
        (technique, resistance)
        for technique in found.stages.get(TECHNIQUE, ())
        for resistance in found.stages.get(RESISTANCE, ())
    ]
    products = [standardised_product(values[:, place[t] - 1], values[:, place[r] - 1]) for t, r in pairs]
    last = len(owner) + 1
    layout = Layout(
        background=tuple(number for number, name in enumerate(owner, start=1) if name in found.background),
        first=tuple(place[name] for name in found.first),
        stages=tuple(tuple(place[name] for name in names) for names in found.mediating.values()),
        outcome=last,
        doors=tuple(range(last + 1, last + 1 + len(pairs))),
    )
    return np.column_stack([values, standardised(outcome), *products]), layout, pairs


def standardised_product(one: FloatArray, other: FloatArray) -> FloatArray:
    """Of two standardised columns, about its mean; missing where either is ("just another variable")."""
    product = one * other
    return np.asarray(product - np.nanmean(product))


def clusters(design: Design, target: Target) -> IntArray:
    """What is drawn again: the groups of the study; where those are patients, therapists as far as they are known."""
    own = therapists(design, target)
    if design.study.table.validation.group == PATIENT and own is not None:
        return own
    return np.asarray(np.unique(target.cluster, return_inverse=True)[1], dtype=np.int64)


def therapists(design: Design, target: Target) -> IntArray | None:
    """Codes of the target's patients; None where the study has no therapists, or some are not known."""
    column = design.study.codebook.groups.get(THERAPIST)
    if column is None:
        return None
    codes, names = pd.factorize(design.cohort.table[column].iloc[target.rows])
    return None if (codes < 0).any() or len(names) in {1, len(codes)} else codes.astype(np.int64)


def _sessions(
    design: Design, target: Target, found: Stages, cluster: IntArray, *, draws: int, seed: int
) -> tuple[SessionPath, ...]:
    named = long.measures(design, found)
    if named is None or target.kind != "score":
        return ()
    first, mediators, outcome = named
    held = long.wide(design, target, (*first, *mediators, outcome))
    repeated = design.study.codebook.repeated_measures
    made = []
    for name in first if held else ():
        steps = sessions.steps(held[name], [held[one] for one in mediators], held[outcome])
        one = sessions.within(steps, cluster, draws=draws, seed=seed)
        if one is not None:
            made.append(
                SessionPath(
                    measure=name,
                    label=repeated[name].label,
                    mediators={other: repeated[other].label for other in mediators},
                    outcome=repeated[outcome].label,
                    patients=one.patients,
                    steps=one.steps,
                    total=one.total,
                    direct=one.direct,
                    mediated=one.mediated,
                    centred=one.centred,
                )
            )
    return tuple(made)
