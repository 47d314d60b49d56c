"""The job behind docs/results.md: studies carried out anew, their figures as tables.

python -m training.results demo/btheb/study.toml … -o docs/results.md
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from therapport import __version__, files
from therapport.predictor.evidence import Comparison
from training import design as designs
from training import evaluation, examined, figures
from training import study as studies
from training.design import Design

INTRODUCTION = """\
# Results

Out-of-fold figures of the candidates on the example cohorts, with 95 % intervals (cluster bootstrap). Made by
`python -m training.results STUDY … -o docs/results.md` with therapport {version}; nothing here was typed by hand.
Preferred candidates are in bold: the simplest one whose paired difference to the best cannot be told from zero.

How to read them:

- **Whom they are about**: patients who were still in treatment at the landmark and whose end is known. What those who
  were lost could change stands under *Lost*; the worst and the best case are bounds, no guesses.
- **Intervals** draw whole groups (therapists, say) of out-of-fold predictions anew: they allow for other patients, not
  for models fitted anew. *Over models fitted anew* does both. Where there are few groups they are too narrow
  ([how much](validity.md)).
- **Chosen and judged on the same predictions**: where candidates are close, the preferred one's figures are a little
  too good. What is preferred rests on squared error alone.
- **Many comparisons**: p values and intervals of differences are those of one comparison, not corrected for the number
  of candidates, outcomes and landmarks. Those of subgroups are (Holm, for each figure).
- **Sensitivity and specificity** are of following up the share of patients that the study can (20 % unless it says so)
  with the poorest outlook; by lot they would be 0.200 and 0.800.
- **At a further site**: the 95 % prediction interval of random effects. With eight sites that differ little it held a
  further one in 88 to 92 % of simulations: take it for the least to expect.
- **Landmarks** have other patients each: their figures cannot simply be set side by side.
"""
COLUMNS: dict[str, dict[str, str]] = {
    "binary": {
        "auc": "AUC",
        "brier": "Brier",
        "scaled_brier": "Scaled Brier",
        "log_loss": "Log loss",
        "calibration_slope": "Slope",
        "calibration_intercept": "Intercept",
        "ici": "ICI",
        "sensitivity_at_capacity": "Sensitivity",
        "specificity_at_capacity": "Specificity",
    },
    "score": {
        "r2": "R2",
        "rmse": "RMSE",
        "mae": "MAE",
        "within_reliable_change": "Within reliable change",
        "calibration_slope": "Slope",
        "calibration_intercept": "Intercept",
    },
}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def results(paths: Sequence[Path], output: Path) -> None:
    """Carry out each STUDY and write all of them to one Markdown page."""
    with click.progressbar(paths, label="Studies") as bar:
        sections = ["\n".join(_section(designs.read(study))) for path in bar for study in studies.read_all(path)]
    page = "\n".join([INTRODUCTION.format(version=__version__), *sections])
    files.write_file(output, page.encode(), overwrite=True)


def _section(design: Design) -> Iterator[str]:
    study, validation = design.study, design.study.table.validation
    yield f"## {study.title}\n"
    if study.codebook.simulated:
        yield "**Simulated: nobody in this cohort exists.**\n"
    yield f"Source: {' '.join(study.codebook.source.split())}\n"
    yield (
        f"{len(design.cohort.table):,} patients, {len(study.factors)} factors known at {study.table.landmark.value}; "
        f"{validation.folds} folds by {validation.group}, {validation.repeats} times.\n"
    )
    yield f"- {design.at_risk.sentence(study)}"
    for warning in design.warnings:
        yield f"- {warning}"
    yield ""
    for target in design.targets:
        evaluated = evaluation.evaluate(study, target, done=lambda: None)
        comparison = examined.examine(design, evaluated, done=lambda: None).comparison
        if target.kind == "binary" and study.outcome is not None:
            yield f"### {study.outcome.label.capitalize()}\n"
            yield f"{study.outcome.definition}; {target.outcome.mean():.0%} of {len(target.rows):,} patients.\n"
        elif study.instrument is not None:
            yield f"### End score of {study.instrument.label}\n"
            spread = f"mean {target.outcome.mean():.1f}, standard deviation {target.outcome.std(ddof=1):.1f}"
            yield f"{spread}, {len(target.rows):,} patients.\n"
        yield from _table(comparison)
        yield f"\n{comparison.verdict}\n"
        yield from (f"- {line}" for line in figures.lines(comparison))
        yield ""


def _table(comparison: Comparison) -> Iterator[str]:
    columns = COLUMNS[comparison.kind]
    yield f"| Candidate | {' | '.join(columns.values())} |"
    yield f"|---|{'---|' * len(columns)}"
    for name, result in comparison.candidates.items():
        label = f"**{result.label}**" if name == comparison.chosen else result.label
        yield f"| {label} | {' | '.join(figures.cell(result.metrics.get(metric)) for metric in columns)} |"


if __name__ == "__main__":
    results()
