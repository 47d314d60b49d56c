"""The job `compare`: candidates out of fold, tracked, the preferred one registered as challenger."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from therapport import predictor as predictors
from therapport.codebook import Landmark
from therapport.errors import DesignError
from therapport.predictor.evidence import Comparison
from therapport.registry import keep
from therapport.tracking import database, runs
from training import course as courses
from training import evaluation, examined, figures, final, tracked
from training.bars import bar
from training.described import learning
from training.design import Design
from training.evaluation import Evaluation
from training.findings import settled
from training.findings.asked import of_figures
from training.landmarks import designs as landmarks
from training.landmarks import overview, saved
from training.landmarks.overview import Compared

SHOWN: dict[str, dict[str, str]] = {
    "binary": {"auc": "AUC", "brier": "Brier", "calibration_slope": "Slope", "ici": "ICI"},
    "score": {"r2": "R2", "rmse": "RMSE", "mae": "MAE", "calibration_slope": "Slope"},
}


def run(path: Path, *, save: Path | None = None, learning_curve: bool = False, overwrite: bool = False) -> None:
    """Compare, track and register at each landmark; everything is checked before the first model is fitted.

    Raises DesignError at the end for the landmarks at which a figure stopped the study.
    """
    console = Console()
    designs = landmarks.read(path)
    folders = saved.folders(designs, save, overwrite=overwrite)
    database.connect()  # a database that cannot be opened should not cost the user the comparison
    compared: list[Compared] = []
    stopped: list[tuple[Landmark, DesignError]] = []
    for design, folder in zip(designs, folders, strict=True):
        try:
            compared.append(_at_landmark(design, console, save=folder, curve=learning_curve, overwrite=overwrite))
        except DesignError as error:  # by the checks of its figures, which are no reason to drop the other landmarks
            stopped.append((design.study.table.landmark, error))
    if len(compared) > 1:
        overview.show(console, compared)
    if stopped:
        so = "the others were carried out" if compared else "nothing was registered"
        raise landmarks.together(path, stopped, of=len(designs), so=so)


def _at_landmark(design: Design, console: Console, *, save: Path | None, curve: bool, overwrite: bool) -> Compared:
    study = design.study
    if study.is_one_of_several:
        console.rule(f"At {study.table.landmark.value}", align="left")
    console.print(design.at_risk.sentence(study), soft_wrap=True, highlight=False)
    course = courses.expected(design)
    if course is not None:
        console.print(courses.told(course), soft_wrap=True, highlight=False)
    evaluations = _evaluate(design, console)
    if curve or study.table.validation.learning_curve:
        evaluations = _learning_curves(design, evaluations, console)
    for one in evaluations:
        console.print(_table(one.comparison, _what(design, one)))
        console.print(one.comparison.verdict, soft_wrap=True)
        for line in figures.lines(one.comparison):
            console.print(line, soft_wrap=True, highlight=False)
        if one.comparison.learning is not None:
            console.print(one.comparison.learning.sentence, soft_wrap=True, highlight=False)
        console.print()
    told = tuple(settled(of_figures(study, evaluations), study.table.waive))
    for sentence in told:
        console.print(f"[yellow]Note:[/yellow] {sentence}", soft_wrap=True)
    design = replace(design, warnings=(*design.warnings, *told))
    with console.status("Fitting, calibrating and explaining the preferred candidates"):
        made = final.predictor(design, evaluations, course)
        if save is not None:
            predictors.save(made, save, overwrite=overwrite)
        definitions: dict[str, str] = {one.target.kind: _what(design, one) for one in evaluations}
        tags = {
            "simulated": str(study.codebook.simulated).lower(),
            "landmark": study.table.landmark.value,
            "outcome": "; ".join(definitions.values()),
        }
        with database.writing():
            run_id = runs.log_study(
                made.evidence, study.codebook, definitions, tracked.attached(study, evaluations, made.evidence)
            )
            version = keep.register(made, run_id, tags)
    for comparison in made.evidence.comparisons:
        if comparison.abstention is not None:
            console.print(figures.abstained(comparison.abstention), soft_wrap=True, highlight=False)
    console.print(f"Tracked in {database.shown()} and registered as {study.name}, version {version} (challenger).")
    if save is not None:
        console.print(f"Saved in {save}.")
    console.print(f"Next: therapport promote {study.name}")
    return Compared(design, evaluations)


def _evaluate(design: Design, console: Console) -> tuple[Evaluation, ...]:
    with bar(console, transient=True) as progress:
        total = evaluation.steps(design.study) * len(design.targets)
        task = progress.add_task("Fitting candidates out of fold", total=total)
        found = tuple(
            evaluation.evaluate(design.study, target, done=lambda: progress.advance(task)) for target in design.targets
        )
        total = sum(examined.steps(design, one) for one in found)
        further = progress.add_task("Splitting by site and in time, looking into subgroups", total=total)
        return tuple(examined.examine(design, one, done=lambda: progress.advance(further)) for one in found)


def _learning_curves(design: Design, evaluations: tuple[Evaluation, ...], console: Console) -> tuple[Evaluation, ...]:
    with bar(console, transient=True) as progress:
        total = sum(learning.steps(design.study, one) for one in evaluations)
        task = progress.add_task("Fitting candidates to some of the groups", total=total)
        return tuple(learning.with_curve(design.study, one, done=lambda: progress.advance(task)) for one in evaluations)


def _what(design: Design, one: Evaluation) -> str:
    outcome = design.study.outcome
    if one.target.kind == "binary" and outcome is not None:
        return f"{outcome.label} ({outcome.definition})"
    return f"end score ({design.study.codebook.measures[design.study.table.outcome.after or ''].label})"


def _table(comparison: Comparison, what: str) -> Table:
    shown = SHOWN[comparison.kind]
    table = Table("Candidate", *shown.values(), title=f"Out of fold, 95 % intervals: {what}")
    for name, result in comparison.candidates.items():
        style = "bold" if name == comparison.chosen else ""
        table.add_row(result.label, *(figures.cell(result.metrics.get(metric)) for metric in shown), style=style)
    return table
