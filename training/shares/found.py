"""From a design to everything that is found of it: each outcome, with each model, question by question."""

from collections.abc import Callable, Sequence

import numpy as np

from therapport import validation
from training.design import Design, Target
from training.shares import alpha, attenuation, coalitions, interplay, own_matrix, partition, refits, spread, worth
from training.shares.across import found as across
from training.shares.boosted import SETTINGS
from training.shares.coalitions import MODELS, Model
from training.shares.landmarks import found as over_landmarks
from training.shares.material import Material
from training.shares.material import material as as_material
from training.shares.path import found as paths
from training.shares.path import shares as path_shares
from training.shares.policy import found as policy
from training.shares.progress import Done
from training.shares.results import ModelShares, OutcomeShares, Shares
from training.shares.therapists import found as known_therapists
from training.study import Study

REFITS = 200
"""Draws in which a linear model is refitted, to see how much wider intervals become."""
ABOUT: dict[Model, str] = {
    "linear": "ridge regression of the sum of all factors (logistic for an outcome that happens or not), not tuned",
    "xgboost": f"xgboost, {SETTINGS}",
}
Describe = Callable[[Target], str]


def steps(design: Design, studies: Sequence[Study] = ()) -> int:
    """How many times `found` reports progress, for a study at all of its landmarks."""
    settings = design.study.table.validation
    folds = settings.folds * settings.repeats
    fits = sum(coalitions.steps(folds, model) + interplay.steps(folds, model) for model in MODELS)
    outcomes = len(design.targets) * (fits + refits.steps(settings.folds))
    further = across.steps(design) + policy.steps() + over_landmarks.steps(studies, design)
    return outcomes + paths.STEPS + path_shares.steps(design.study) + further


def found(design: Design, *, describe: Describe, studies: Sequence[Study] = (), done: Done = lambda: None) -> Shares:
    """Everything; `describe` says of an outcome what it is, `studies` are the study at each of its landmarks."""
    study, settings = design.study, design.study.table.validation
    played = [as_material(study, target) for target in design.targets]
    alphas = alpha.of_cohort(design)
    definitions = [describe(target) for target in design.targets]
    by_kind = {target.kind: told for target, told in zip(design.targets, definitions, strict=True)}
    families = study.codebook.families_of(study.factors)
    return Shares(
        study=study.name,
        title=study.table.title,
        simulated=study.codebook.simulated,
        landmark=study.table.landmark.value,
        group=settings.group,
        groups=len(np.unique(design.targets[0].cluster)),
        folds=settings.folds,
        repeats=settings.repeats,
        draws=settings.draws,
        straddling=sum(validation.straddling(one.fold, one.cluster) for one in played),
        cohort_digest=design.cohort.digest(),
        codebook_digest=study.codebook.digest(),
        families={family: study.codebook.families[family].label for family in families},
        colours={family: list(study.codebook.families).index(family) for family in families},
        unmeasured=tuple(one.label for family, one in study.codebook.families.items() if family not in families),
        outcomes=_corrected(
            [_outcome(design, one, alphas, told, done) for one, told in zip(played, definitions, strict=True)]
        ),
        landmarks=over_landmarks.found(studies, design, describe=describe, done=done),
        across=across.found(design, played, definitions, done=done),
        policy=policy.found(design, by_kind, done=done),
        warnings=design.warnings,
    )


def _corrected(outcomes: Sequence[OutcomeShares]) -> tuple[OutcomeShares, ...]:
    """What families do together, corrected for having been asked of every outcome with every model."""
    tests = iter(interplay.corrected([model.together for outcome in outcomes for model in outcome.models]))
    return tuple(
        outcome.model_copy(
            update={
                "models": tuple(model.model_copy(update={"together": next(tests)}) for model in outcome.models),
            }
        )
        for outcome in outcomes
    )


def _told_of(design: Design) -> Target:
    """The outcome that path and therapists are about: the end score, where there is one; both are linear."""
    return next((one for one in design.targets if one.kind == "score"), design.targets[0])


def _outcome(
    design: Design, material: Material, alphas: dict[str, float], definition: str, done: Done
) -> OutcomeShares:
    seed = design.study.table.seed
    widened = partition.widening(material, draws=REFITS, seed=seed, done=done)
    models, predicted = [], []
    for model, label in MODELS.items():
        predictions = coalitions.predict(material, model, done=done)
        predicted.append(predictions)
        draws = design.study.table.validation.draws
        models.append(
            ModelShares(
                model=model,
                label=label,
                about=ABOUT[model],
                partitions=tuple(
                    partition.partition(predictions, measure, widened=widened, draws=draws, seed=seed)
                    for measure in worth.measures(binary=material.binary)
                ),
                together=interplay.together(predictions, draws=draws, seed=seed, done=done),
                matrix=own_matrix.own_matrix(design, material) if model == "xgboost" else None,
            )
        )
    told = material.target is _told_of(design)
    path = paths.path(design, material.target, done=done) if told else None
    varied = spread.spread(design, material.target, alphas)
    return OutcomeShares(
        kind=material.target.kind,
        definition=definition,
        patients=len(material.target.rows),
        models=tuple(models),
        spread=varied,
        corrected=None if material.binary else attenuation.corrected(material, varied, seed=seed),
        path=None if path is None else path_shares.with_shares(path, design, predicted, widened, done),
        therapists=known_therapists.therapists(design, material.target) if told else None,
    )
