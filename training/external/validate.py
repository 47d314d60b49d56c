"""The job `validate`: a frozen predictor on another cohort; on request a recalibrated child of it."""

from pathlib import Path

from rich.console import Console

from therapport.predictor import Predictor
from therapport.registry import keep, versions
from therapport.registry.find import find
from therapport.registry.versions import Version
from therapport.tracking import database
from training import figures
from training.external import frozen, recalibration, shown, sites, validated
from training.external.recalibration import How

ADVICE = "Name another with --cohort; --allow-training-cohort validates all the same."


def run(
    reference: str,
    path: Path,
    *,
    cohort: Path | None = None,
    measurements: Path | None = None,
    encoding: str | None = None,
    by: str | None = None,
    recalibrate: How | None = None,
    allow_training_cohort: bool = False,
) -> None:
    """Validate, print, track; with `recalibrate` also register the child. Everything is checked before."""
    console = Console()
    predictor = find(reference)
    version = versions.behind(reference)
    database.connect()
    design = frozen.read(path, cohort=cohort, measurements=measurements, encoding=encoding, landmark=predictor.landmark)
    frozen.require_fit(predictor, design.study)
    if not allow_training_cohort:
        frozen.require_external(predictor, design.cohort, advice=ADVICE)
    level = sites.level_of(design, by)
    with console.status("Asking the frozen model, and drawing groups"):
        answers = frozen.answered(predictor, design)
        found = [validated.of(design, one, level) for one in answers]
    console.print(design.at_risk.sentence(design.study), soft_wrap=True, highlight=False)
    for one in found:
        shown.show(console, predictor, one)
    with database.writing():
        run_ids = [validated.log(predictor, version, design, one) for one in found]
        if version is not None:
            keep.tag(version, {"validated_on": design.cohort.digest(), "validation_runs": " ".join(run_ids)})
    console.print(f"Tracked in {database.shown()}.", soft_wrap=True)
    if recalibrate is None:
        return
    with console.status("Recalibrating"):
        child = recalibration.child(predictor, design, answers, recalibrate)
        tags = {
            "recalibrated_on": design.cohort.digest(),
            "simulated": str(design.study.codebook.simulated).lower(),
            "landmark": predictor.landmark.value,
            "outcome": "; ".join(validated.definition(predictor, one) for one in answers),
        }
        with database.writing():
            number = keep.register(child, run_ids[0], tags | _parent(predictor, version, recalibrate))
    _show(console, child, number)


def _parent(predictor: Predictor, version: Version | None, how: How) -> dict[str, str]:
    of = {} if version is None else {"parent_version": version.number}
    return {"parent_model_version": predictor.version, "recalibration": how, **of}


def _show(console: Console, child: Predictor, number: str) -> None:
    stated = child.evidence.recalibration
    if stated is None:  # cannot be: it has just been made
        return
    for kind, gain in stated.gains.items():
        loss = "Brier score" if kind == "binary" else "squared error"
        console.print(
            f"Recalibrated ({stated.kind}): {loss} {figures.cell(gain)} compared with before, on lines fitted without "
            f"the patient's fold (below zero is better).",
            soft_wrap=True,
        )
    console.print(f"Registered as {child.name}, version {number} (challenger), a child of {stated.parent}.")
    console.print(f"Next: therapport promote {child.name}", soft_wrap=True)
