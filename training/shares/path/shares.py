"""Shares in the order of the path, and shares without resistance and active role."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from therapport import features
from therapport.predictor.evidence import Figure
from training.design import Design
from training.shares import coalitions, partition, refits, worth
from training.shares.coalitions import Predictions
from training.shares.material import FEWEST_FAMILIES, Material
from training.shares.path import ordered
from training.shares.path.results import Ordered, OrderedShare, Path
from training.shares.path.stages import stages
from training.shares.path.table import ACTIVE_ROLE, RESISTANCE
from training.shares.progress import Done
from training.study import Study

FloatArray = NDArray[np.float64]


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
            widened=partition.widening(out, draws=settings.draws // 5, seed=seed, done=done),
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


def steps(study: Study) -> int:
    """How many times `with_shares` reports progress: a linear model more, if the path has resistance or active role."""
    settings = study.table.validation
    linear = coalitions.steps(settings.folds * settings.repeats, "linear")
    return linear + refits.steps(settings.folds) if has_mediators(study) else 0


def has_mediators(study: Study) -> bool:
    """Whether there are factors of resistance or active role, and two families beside them."""
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
