"""From a design to its path: what the report and MLflow are told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport import features
from therapport.predictor.evidence import Figure
from training.design import PATIENT, Design, Target
from training.shares import coalitions, partition, worth
from training.shares.coalitions import Done, Predictions
from training.shares.material import FEWEST_FAMILIES, Material
from training.shares.path import between, effects, long, ordered, sensitivity, sessions
from training.shares.path.effects import Layout
from training.shares.path.results import Arrow, Beginning, Door, Level, Ordered, OrderedShare, Path, SessionPath
from training.shares.path.stages import Stages, columns, stages, standardised
from training.shares.path.table import ACTIVE_ROLE, RESISTANCE, TECHNIQUE
from training.study import Study

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
OUTCOME = "outcome"
THERAPIST = "therapist"
FEWEST_PER_COLUMN = 5
"""Patients for each column of the path; with fewer nothing is estimated."""


def path(design: Design, target: Target) -> Path | None:
    """The path of one outcome, before the shares are ordered by it; None where the study has none."""
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
    fitted = between.fit(values, layout, cluster, draws=draws, seed=seed)
    total, direct, mediated, through, chain, arrows, rho, doors = fitted.parts()
    names = {place: owner[place - 1] for place in range(1, len(owner) + 1)} | {layout.outcome: OUTCOME}
    at_levels = (
        None
        if therapist is None
        else between.levels(values, layout, therapist=therapist, cluster=cluster, draws=draws, seed=seed)
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


def with_shares(
    found: Path, design: Design, predictions: Sequence[Predictions], widened: FloatArray, done: Done
) -> Path:
    """The path with shares in its order, and with those of a linear model without resistance and active role."""
    material = predictions[0].material
    settings, seed = design.study.table.validation, design.study.table.seed
    out = without_mediators(design, material, found)
    shares: dict[str, Figure] = {}
    if out is not None:
        one = partition.partition(
            coalitions.predict(out, "linear", done=done),
            worth.measures(binary=out.binary)[0],
            widened=partition.widening(out, draws=settings.draws // 5, seed=seed),
            draws=settings.draws,
            seed=seed,
        )
        shares = {family: share.share for family, share in one.families.items()} | {"total": one.total}
    return found.model_copy(
        update={
            "ordered": tuple(
                _ordered(found, design, one, widened, draws=settings.draws, seed=seed) for one in predictions
            ),
            "mediators_out": shares,
        }
    )


def has_mediators(study: Study) -> bool:
    """Whether shares without resistance and active role are asked for: a linear model more to be refitted."""
    found = stages(study)
    mediators = () if found is None else _mediators(found.stages)
    kept = tuple(name for name in study.factors if name not in mediators)
    return bool(mediators) and len(study.codebook.families_of(kept)) >= FEWEST_FAMILIES


def _mediators(named: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for stage in (RESISTANCE, ACTIVE_ROLE) for name in named.get(stage, ()))


def without_mediators(design: Design, material: Material, found: Path) -> Material | None:
    """The same game without the factors of resistance and active role; None where too little is left, or all."""
    mediators = _mediators(found.stages)
    kept = tuple(name for name in material.target.task.factors if name not in mediators)
    codebook = design.study.codebook
    families = tuple(codebook.families_of(kept))
    if not mediators or len(families) < FEWEST_FAMILIES:
        return None
    table = design.cohort.table.iloc[material.target.rows]
    target = replace(
        material.target,
        task=replace(material.target.task, factors=kept),
        matrix=features.factor_matrix(table, codebook, kept),
    )
    owner = np.array([families.index(codebook.factors[name].family) for name in kept])
    return replace(material, target=target, families=families, family_of_factor=owner)


def _ordered(
    found: Path, design: Design, predictions: Predictions, widened: FloatArray, *, draws: int, seed: int
) -> Ordered:
    material = predictions.material
    count = len(material.families)
    place = {name: number for number, names in enumerate(found.stages.values()) for name in names}
    stage = [
        min((place[name] for name in names if name in place), default=None)
        for names in design.study.codebook.families_of(design.study.factors).values()
    ]
    plain = partition.Functionals(count).table()[:, :count]
    table = ordered.weights(count, ordered.precedence(stage))
    whole = np.hstack([table, table - plain])
    game = worth.worth(predictions, worth.measures(binary=material.binary)[0])
    each = game.of(worth.draws(game.groups, number=draws, seed=seed)) @ whole
    wider = (
        widened[:count] if predictions.model == "linear" else np.maximum(widened[:count], partition.resampled(material))
    )
    figures = [
        partition.figure(value, own, float(factor), game.groups)
        for value, own, factor in zip(game.value @ whole, each.T, np.tile(wider, 2), strict=True)
    ]
    return Ordered(
        model=predictions.model,
        families={
            family: OrderedShare(ordered=figures[number], difference=figures[count + number])
            for number, family in enumerate(material.families)
        },
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
