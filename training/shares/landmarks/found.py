"""From a study with several landmarks to the shares at each of them."""

from collections.abc import Callable, Iterator, Sequence

from therapport.codebook import Landmark
from therapport.errors import DesignError
from therapport.models import Kind
from therapport.performance import SMALLEST_CELL
from therapport.tracking.shares import Run
from training import design as designs
from training.design import Design, Target
from training.shares import coalitions, partition, progress, refits, worth
from training.shares.landmarks.results import AtLandmark, OverLandmarks
from training.shares.material import material
from training.shares.progress import Done
from training.study import Study

REFITS = 100
Describe = Callable[[Target], str]


def found(
    studies: Sequence[Study], design: Design, *, describe: Describe, done: Done = lambda: None
) -> tuple[OverLandmarks, ...]:
    """Each outcome of the design, at each landmark; empty where the study has one landmark only."""
    if len(studies) < 2:  # noqa: PLR2004 - nothing to set beside each other
        return ()
    each: dict[Kind, tuple[str, list[AtLandmark]]] = {target.kind: (describe(target), []) for target in design.targets}
    for study in studies:
        with progress.block(done, steps_of(study, len(each))):
            for kind, one in _at(study, design, tuple(each)):
                each[kind][1].append(one)
    return tuple(
        OverLandmarks(
            kind=kind,
            definition=definition,
            measure="r2" if kind == "score" else "scaled_brier",
            landmarks=tuple(landmarks),
        )
        for kind, (definition, landmarks) in each.items()
    )


def steps(studies: Sequence[Study], design: Design) -> int:
    """How many times `found` reports progress."""
    return sum(steps_of(study, len(design.targets)) for study in studies) if len(studies) > 1 else 0


def steps_of(study: Study, outcomes: int) -> int:
    """Of one landmark."""
    settings = study.table.validation
    return outcomes * (coalitions.steps(settings.folds * settings.repeats, "linear") + refits.steps(settings.folds))


def runs(found: Sequence[OverLandmarks]) -> Iterator[Run]:
    """One for MLflow, if there is anything to tell."""
    if not found:
        return
    figures = {
        f"{outcome.kind}/{one.landmark}/{name}": figure.value
        for outcome in found
        for one in outcome.landmarks
        for name, figure in [*one.families.items(), *([("total", one.total)] if one.total else [])]
    }
    yield Run(
        name="over landmarks",
        outcome="over landmarks",
        note="Shares of the linear model at each landmark, among those still in treatment.",
        parameters={},
        figures=figures,
    )


def latest(studies: Sequence[Study]) -> Landmark:
    """The last of them in the study's own order."""
    return studies[-1].table.landmark


def _at(study: Study, design: Design, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, AtLandmark]]:
    name = study.table.landmark.value
    try:
        own = design if name == design.study.table.landmark.value else designs.read(study)
    except DesignError as error:
        for kind in kinds:
            yield kind, _nothing(name, error)
        return
    for target in own.targets:
        try:
            yield target.kind, _shares(own, target, name)
        except DesignError as error:
            yield target.kind, _nothing(name, error)


def _shares(design: Design, target: Target, name: str) -> AtLandmark:
    settings, seed = design.study.table.validation, design.study.table.seed
    played = material(design.study, target)
    one = partition.partition(
        coalitions.predict(played, "linear"),
        worth.measures(binary=played.binary)[0],
        widened=partition.widening(played, draws=REFITS, seed=seed),
        draws=settings.draws,
        seed=seed,
    )
    patients = len(target.rows)
    return AtLandmark(
        landmark=name,
        patients=patients - patients % SMALLEST_CELL,
        total=one.total,
        families={family: share.share for family, share in one.families.items()},
    )


def _nothing(name: str, error: DesignError) -> AtLandmark:
    return AtLandmark(landmark=name, patients=0, total=None, families={}, lack=str(error))
