"""`therapport monitor` and `therapport outcomes`: what each asks for and what it prints."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from serving.monitoring.calibration import By

FILE = click.Path(dir_okay=False, path_type=Path)
PLACE = click.Path(path_type=Path)


@click.command()
@click.argument("model")
@click.argument("scores", type=PLACE)
@click.option("--cohort", type=FILE, help="The file that was scored, so that inputs can be compared too.")
@click.option("--encoding", help="Of that file, if it is CSV and not UTF-8, such as cp1252.")
@click.option("-o", "--output", type=FILE, help="The HTML page to write.")
@click.option("--by", type=click.Choice(["month", "quarter", "year"]), default="quarter", show_default=True)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 2),
    default=0.2,
    show_default=True,
    help="How far log-odds may be off before that counts against the model.",
)
@click.option("--no-track", is_flag=True, help="Write no run into MLflow.")
@click.option("--overwrite", is_flag=True, help="Replace the page if it is there already.")
def monitor(
    model: str,
    scores: Path,
    *,
    cohort: Path | None,
    encoding: str | None,
    output: Path | None,
    by: str,
    tolerance: float,
    no_track: bool,
    overwrite: bool,
) -> None:
    """Compare what a MODEL answered (SCORES, of `therapport score`) with its training cohort, and with outcomes."""
    from serving.monitoring import job, page, tracked
    from therapport import files
    from therapport.registry import find

    if output is not None:
        files.require_free(output, overwrite=overwrite)
    predictor = find.find(model)
    seen = job.monitor(predictor, scores, inputs=cohort, encoding=encoding, by=cast("By", by), tolerance=tolerance)
    html = page.page(predictor, seen)
    for shift in seen.compared.told:
        click.echo(f"{shift.label}: {page.WORDS[shift.verdict]} (index {shift.distance.psi:.2f}).")
    for one in seen.compared.missing:
        if one.moved:
            click.echo(f"{one.label}: missing in {100 * one.now:.0f} %, in the training cohort {100 * one.then:.0f} %.")
    if not seen.compared.told:
        click.echo("Nothing that was compared has moved beyond what chance or custom allows.")
    for alarm in () if seen.over_time is None else seen.over_time.sounded:
        click.echo(f"Alarm in {alarm.day}: {page.DIRECTIONS[alarm.direction]}.")
    if output is not None:
        files.write_file(output, html.encode(), overwrite=overwrite)
        click.echo(f"Page in {output}.")
    if not no_track:
        click.echo(f"Tracked as run {tracked.log(predictor, seen, html)}.")


@click.group()
def outcomes() -> None:
    """What became of patients who were scored."""


@outcomes.command()
@click.argument("scores", type=PLACE)
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Take the new outcome where another one is known already.")
def add(scores: Path, file: Path, *, replace: bool) -> None:
    """Add the outcomes in FILE (id, date, outcome, end_score) to the SCORES of `therapport score`."""
    from serving.batch import belonging
    from serving.monitoring import outcomes as kept

    new, known = kept.add(scores, file, replace=replace)
    click.echo(f"{new:,} outcomes are new; {known:,} are known. They are in {belonging.beside(scores)}.")


COMMANDS = (monitor, outcomes)
